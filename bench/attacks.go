package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"bis/bench/proc"
	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// The size of the benchmark of attacks.
const (
	attackRows  = 600             // briefings with a caption of the greatest length
	attackTime  = 8 * time.Second // from the first connection to the last reading of memory
	backTime    = 10 * time.Second
	attackLimit = 300 // MiB

	severalAddresses = 8
)

// attackers returns n loopback addresses, which count as callers of their own.
func attackers(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("127.0.0.%d", i+2))
	}
	return all
}

// attack is a way to request large answers and read nothing.
type attack struct {
	name string
	run  func(ctx context.Context, a *target) error
}

// target is the server under attack.
type target struct {
	addr string
	from []string // IP addresses of the attackers, in turn
	id   briefing.RequestID

	mu    sync.Mutex // guards conns and turn
	conns []net.Conn
	turn  int
}

// attackList contains the attacks that the limit of bytes in flight must withstand.
var attackList = []attack{
	{"200 unread answers of 6 MB", func(ctx context.Context, a *target) error {
		return a.many(ctx, 200, func(c net.Conn) error { return a.post(c, "/graphql", "application/json", a.query()) })
	}},
	{"60 answers of 6 MB on one socket", func(ctx context.Context, a *target) error {
		return a.operations(ctx, 60, a.query())
	}},
	{"60 answers of 6 MB on 60 sockets", func(ctx context.Context, a *target) error {
		for range 60 {
			if err := a.operations(ctx, 1, a.query()); err != nil {
				return err
			}
		}
		return nil
	}},
	{"1,000 replays on one socket", func(ctx context.Context, a *target) error {
		return a.operations(ctx, 1_000, a.subscription())
	}},
	{"200 old sockets", func(ctx context.Context, a *target) error {
		return a.many(ctx, 200, func(c net.Conn) error {
			_, err := fmt.Fprintf(c, "GET /reloadBriefing?username=kim HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
			return err
		})
	}},
	{"1,000 SSE streams", func(ctx context.Context, a *target) error {
		return a.many(ctx, 1_000, func(c net.Conn) error {
			return a.post(c, "/graphql", "application/json\r\nAccept: text/event-stream", a.subscription())
		})
	}},
	{"200 old lists", func(ctx context.Context, a *target) error {
		return a.many(ctx, 200, func(c net.Conn) error {
			return a.post(c, "/getBriefing", "application/x-www-form-urlencoded", "request_id="+string(a.id))
		})
	}},
}

// attacks runs seven attacks of callers that read nothing. It prints the server's memory at rest,
// its maximum during the attack, and the memory 10 s after the attackers have left. During the
// attack, another address requests pages. Wanted: at most 300 MiB, and every page served.
func attacks(ctx context.Context, o options) error { return runAttacks(ctx, o, attackList) }

// runAttacks runs attacks from one and from several addresses, each on a fresh server, and prints a
// row for each.
func runAttacks(ctx context.Context, o options, list []attack) error {
	y, err := newWorkspace(o)
	if err != nil {
		return err
	}
	defer y.close()
	path, err := y.build(ctx, y.root, ".")
	if err != nil {
		return err
	}
	servers := [][2]string{{"bis", path}}
	if o.before != "" {
		servers = append(servers, [2]string{"before", o.before})
	}
	var rows []string
	for _, s := range servers {
		data, err := y.folder()
		if err != nil {
			return err
		}
		id, err := seedLong(ctx, data)
		if err != nil {
			return err
		}
		for _, a := range list {
			for _, addresses := range []int{1, severalAddresses} {
				row, err := measureAttack(ctx, s[1], data, &target{id: id, from: attackers(addresses)}, a)
				if err != nil {
					return fmt.Errorf("%s: %w", a.name, err)
				}
				rows = append(rows, fmt.Sprintf("%s | %s | %d | %s", s[0], a.name, addresses, row))
				fmt.Println("   " + rows[len(rows)-1])
			}
		}
	}
	table("server | attack | addresses | rest | most | 10 s later | others served", rows...)
	fmt.Printf("   wanted: at most %d MiB\n", attackLimit)
	return nil
}

// seedLong fills a data folder with an active request, whose captions have the greatest length, and
// returns its id.
func seedLong(ctx context.Context, data string) (briefing.RequestID, error) {
	st, err := sqlite.Open(ctx, sqlite.Config{Dir: data, Instance: "prepare", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return "", err
	}
	began, ends := time.Now().Add(-attackRows*time.Second).Truncate(time.Second), time.Now().Add(12*time.Hour)
	started, err := st.StartRequest(ctx, briefing.Start{Request: briefing.Request{
		Username: "kim", Name: began.Format(briefing.NameLayout), Interval: 3_600, EndTime: "18:30", EndText: "18:30", StartedAt: began, EndsAt: &ends, CameraID: briefing.DefaultCamera,
	}})
	if err != nil {
		return "", errors.Join(err, st.Close())
	}
	caption := strings.Repeat("가", 2_000)
	var page []briefing.Briefing
	for n := range attackRows {
		at := began.Add(time.Duration(n) * time.Second)
		page = append(page, briefing.Briefing{
			RequestID: started.Request.ID, ID: briefing.BriefingID(briefing.NextID(at, "")), At: at, Caption: caption, Text: briefing.Text(at, time.UTC, caption), Source: briefing.SourceOutside,
		})
	}
	return started.Request.ID, errors.Join(st.PutBriefings(ctx, page), st.Close())
}

// measureAttack starts a server on the data folder, attacks it from the addresses of t, and returns
// the cells of its row.
func measureAttack(ctx context.Context, path, data string, t *target, a attack) (string, error) {
	addr, err := proc.FreeAddr()
	if err != nil {
		return "", err
	}
	child, err := proc.Start(ctx, proc.Command{Path: path, Args: []string{"--addr", addr, "--data", data, "--log-level", "error"}, Dir: filepath.Dir(data)})
	if err != nil {
		return "", err
	}
	defer child.Kill()
	t.addr = addr
	defer t.close()
	rest, err := child.Resident()
	if err != nil {
		return "", err
	}
	most := watchMemory(child)
	begin, ended := time.Now(), make(chan error, 1)
	go func() { ended <- a.run(ctx, t) }()
	asked, served := 0, 0
	for running := true; running || time.Since(begin) < attackTime; asked++ {
		select {
		case err := <-ended:
			if running = false; err != nil {
				return "", errors.Join(err, errors.New(child.Log()))
			}
		default:
		}
		if t.page(ctx) == nil {
			served++
		}
		time.Sleep(100 * time.Millisecond)
	}
	peak := most()
	t.close()
	time.Sleep(backTime)
	later, err := child.Resident()
	return fmt.Sprintf("%.0f MiB | %.0f MiB | %.0f MiB | %d of %d", mib(rest), mib(peak), mib(later), served, asked), err
}

// page requests a page of briefings from another address than the attackers'. It fails after 2 s.
func (a *target) page(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	query := fmt.Sprintf(`{ briefings(requestId: %q, first: 20) { edges { node { caption } } } }`, a.id)
	return caller{addr: a.addr, client: http.DefaultClient}.graphql(ctx, query, nil, nil)
}

// query returns the body of a query for one page of 500 briefings, whose answer has 6 MB.
func (a *target) query() string {
	return fmt.Sprintf(`{"query":"{ briefings(requestId: \"%s\", first: 500) { edges { node { caption text } } } }"}`, a.id)
}

// subscription returns the body of a subscription that replays all briefings.
func (a *target) subscription() string {
	return fmt.Sprintf(`{"query":"subscription { briefings(requestId: \"%s\") { caption text cursor } }"}`, a.id)
}

// dial opens a connection from one of the attackers' addresses, with a small receive buffer.
func (a *target) dial(ctx context.Context) (net.Conn, error) {
	a.mu.Lock()
	a.turn++
	from := a.from[a.turn%len(a.from)]
	a.mu.Unlock()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.DialContext(ctx, "tcp", a.addr)
	if err != nil {
		return nil, err
	}
	_ = c.(*net.TCPConn).SetReadBuffer(4 << 10) // an error only means that the kernel buffers more
	a.mu.Lock()
	defer a.mu.Unlock()
	a.conns = append(a.conns, c)
	return c, nil
}

// many opens n connections, at most 20 at the same time, and calls say on each.
func (a *target) many(ctx context.Context, n int, say func(net.Conn) error) error {
	var all sync.WaitGroup
	places, failed := make(chan struct{}, 20), make([]error, n)
	for i := range n {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			c, err := a.dial(ctx)
			if err == nil {
				err = say(c)
			}
			failed[i] = err
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// post sends a call and does not read the answer.
func (a *target) post(c net.Conn, path, kind, body string) error {
	_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, kind, len(body), body)
	return err
}

// operations opens a socket and starts n operations on it. It does not read their messages.
func (a *target) operations(ctx context.Context, n int, payload string) error {
	ws, err := a.socket(ctx)
	if err != nil {
		return err
	}
	if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"connection_init"}`)); err != nil {
		return err
	}
	if _, _, err := ws.ReadMessage(); err != nil {
		return err
	}
	for i := range n {
		m := fmt.Sprintf(`{"id":"%d","type":"subscribe","payload":%s}`, i, payload)
		if err := ws.WriteMessage(websocket.TextMessage, []byte(m)); err != nil {
			return err
		}
	}
	return nil
}

// close closes all connections. It may be called more than once.
func (a *target) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.conns {
		_ = c.Close()
	}
	a.conns = nil
}
