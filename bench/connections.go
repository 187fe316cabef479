package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"bis/bench/load"
)

// The size of the benchmark of connections. It stays below 20,000 open files for each process.
const (
	manyConnections = 19_000
	holderCount     = 4 // client processes, each from an address of its own
	idleTime        = 60 * time.Second
)

// connections opens as many live subscriptions as one process may have sockets, and measures the
// server while only pings pass.
//
// The clients are processes of their own, each with a source address of its own, because one
// address has too few ports and one process too few files. Wanted: 12 KiB per connection, and about
// the memory at rest 10 s after all have left.
func connections(ctx context.Context, o options) error {
	rows, err := compareServers(ctx, o, (*workspace).measureIdle)
	if err != nil {
		return err
	}
	table("server | connections | resident at rest | with them | KiB a connection | goroutines | a connection | processor, idle | last delivery reached | 10 s after they left", rows...)
	fmt.Printf("   idle: over %v with a ping every 25 s; 100 %% is one processor. stock gqlgen has no /metrics\n", min(5*o.stretch, idleTime))
	fmt.Println("   wanted: 12 KiB a connection; 10 s after all have left, about what it was at rest")
	return nil
}

// measureIdle returns one server's row: memory at rest, with the connections and after they left,
// goroutines, and idle processor time. Before the connections close, a last text must reach them,
// which shows that they were all open.
func (y *workspace) measureIdle(ctx context.Context, c contender) (string, error) {
	s, err := c.start(ctx, y)
	if err != nil {
		return "", err
	}
	defer s.close()
	topics, err := s.topics(ctx, 1)
	if err != nil {
		return "", err
	}
	if err := y.warm(ctx, c, s, topics); err != nil {
		return "", err
	}
	rest, err := s.Resident()
	if err != nil {
		return "", err
	}
	each := y.clients(manyConnections) / holderCount // of each client process
	list, err := y.startHolders(ctx, c, s, topics[0], each)
	defer list.end()
	if err != nil {
		return "", err
	}
	if err := load.Pause(ctx, y.settle); err != nil {
		return "", err
	}
	before, err := s.CPU()
	if err != nil {
		return "", err
	}
	idle := min(5*y.stretch, idleTime)
	if err := load.Pause(ctx, idle); err != nil {
		return "", err
	}
	after, err := s.CPU()
	if err != nil {
		return "", err
	}
	resident, err := s.Resident()
	if err != nil {
		return "", err
	}
	goroutines := "- | -"
	if figures, err := s.Metrics(ctx); err == nil && figures["go_goroutines"] > 0 {
		goroutines = fmt.Sprintf("%.0f | %.2f", figures["go_goroutines"], figures["go_goroutines"]/float64(holderCount*each))
	}
	reached, err := list.reached(ctx, s, topics[0])
	if err != nil {
		return "", err
	}
	list.end()
	if err := load.Pause(ctx, 10*time.Second); err != nil {
		return "", err
	}
	left, err := s.Resident()
	return fmt.Sprintf("%s | %d | %d MiB | %d MiB | %.1f | %s | %.1f %% | %d | %d MiB", c.name, holderCount*each, rest>>20, resident>>20,
		float64(resident-rest)/1024/float64(holderCount*each), goroutines, 100*float64(after-before)/float64(idle), reached, left>>20), err
}

// holder is a client process with open subscriptions.
type holder struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// holderList are the client processes of one server.
type holderList []holder

// startHolders starts the client processes and waits until every subscription is live. The list has
// the started processes even if there is an error, and must always be ended.
func (y *workspace) startHolders(ctx context.Context, c contender, s *server, topic *load.Topic, each int) (list holderList, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for i := range holderCount {
		h := holder{cmd: exec.Command(self, "hold", c.name, s.Addr, topic.ID, fmt.Sprint(each), fmt.Sprintf("127.0.0.%d", 2+i))}
		h.cmd.Stderr = os.Stderr
		if h.in, err = h.cmd.StdinPipe(); err != nil {
			return list, err
		}
		out, err := h.cmd.StdoutPipe()
		if err != nil {
			return list, err
		}
		h.out = bufio.NewScanner(out)
		if err := h.cmd.Start(); err != nil {
			return list, err
		}
		list = append(list, h)
		if _, err := h.ask(""); err != nil { // it answers when all are subscribed
			return list, err
		}
	}
	for end := time.Now().Add(60 * time.Second); ; {
		n, err := list.reached(ctx, s, topic)
		if err != nil || n == holderCount*each {
			return list, err
		}
		if time.Now().After(end) {
			return list, fmt.Errorf("only %d of %d subscriptions are live", n, holderCount*each)
		}
	}
}

// ask sends a line to the process and reads its answer, a number.
func (h holder) ask(line string) (int, error) {
	if line != "" {
		if _, err := fmt.Fprintln(h.in, line); err != nil {
			return 0, err
		}
	}
	if !h.out.Scan() {
		return 0, errors.Join(errors.New("a client process ended"), h.out.Err())
	}
	return strconv.Atoi(h.out.Text())
}

// reached publishes a text and returns how many subscriptions received it within a few seconds. The
// caller compares the number with that of all subscriptions.
func (l holderList) reached(ctx context.Context, s *server, topic *load.Topic) (n int, err error) {
	if err := topic.Publish(ctx, s.publish, 0); err != nil {
		return 0, err
	}
	for _, h := range l {
		have, err := h.ask(fmt.Sprint(topic.Newest.Load()))
		if err != nil {
			return n, err
		}
		n += have
	}
	return n, nil
}

// end ends the client processes. It may be called twice.
func (l holderList) end() {
	for _, h := range l {
		h.in.Close()
		_ = h.cmd.Wait() // the process ends with its input
	}
}

// holdConnections is the client process. It prints how many subscriptions it has opened. Then,
// for each number that it reads, it prints how many of them have received that number. The
// connections close when its input ends.
func holdConnections(ctx context.Context, args []string) error {
	const names = 5
	if len(args) != names {
		return errors.New("hold CONTENDER ADDRESS TOPIC NUMBER SOURCE")
	}
	protocol := stock.protocol
	if strings.HasPrefix(args[0], ours.name) { // or the other build of this server
		protocol = ours.protocol
	}
	n, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	topic := &load.Topic{ID: args[2]}
	crowd, err := load.Start(ctx, load.Config{
		Protocol: protocol, Addr: args[1], Topics: []*load.Topic{topic}, Size: n, From: []string{args[4]}, Dials: 16,
	})
	if err != nil {
		return err
	}
	defer crowd.Stop()
	fmt.Println(n)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		number, err := strconv.ParseInt(strings.TrimSpace(lines.Text()), 10, 64)
		if err != nil {
			return err
		}
		topic.Newest.Store(number)
		_ = crowd.AwaitAll(ctx, 5*time.Second) // the missing ones are counted next
		fmt.Println(n - crowd.Behind())
	}
	return crowd.Err()
}
