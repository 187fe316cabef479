package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// mongoIdleTime is how long commands are counted for each row.
const mongoIdleTime = 20 * time.Second

// mongoIdle counts the commands that the real server sends to its database while nothing happens,
// with 10 to 10,000 subscribers.
//
// A proxy between the two reads the header of each message, so no command escapes the count. A
// server that polled for each subscriber would send more commands with more subscribers. Wanted:
// the same number in each row.
func mongoIdle(ctx context.Context, o options) error {
	counted := &commandCounter{names: map[string]int{}}
	defer counted.close()
	m, err := startOnMongo(ctx, o, counted.listen)
	if err != nil {
		return err
	}
	defer m.stop()
	ids, err := m.start(ctx, 10)
	if err != nil {
		return err
	}
	var rows []string
	var sockets []*websocket.Conn
	defer func() {
		for _, conn := range sockets {
			conn.Close()
		}
	}()
	var few float64 // commands per second of the first row
	for open, n := 0, 10; n <= 10_000; n = max(n*10, 1_000) {
		for ; open < n; open += len(ids) { // ten subscriptions per socket
			conn, err := m.subscribe(ctx, ids)
			if err != nil {
				return fmt.Errorf("subscriber %d: %w", open, err)
			}
			sockets = append(sockets, conn)
			go answerPings(conn)
		}
		time.Sleep(8 * time.Second) // joins read the store; an opened feed is checked after 5 s
		subscribers, err := m.gauge("bis_subscribers")
		if err != nil || subscribers != n {
			return fmt.Errorf("%d of %d subscribers are there: %w", subscribers, n, err)
		}
		counted.reset()
		time.Sleep(mongoIdleTime)
		per, what := counted.perSecond(mongoIdleTime)
		if few == 0 {
			few = per
		}
		rows = append(rows, fmt.Sprintf("%d | %.1f | %.2f | %s", n, per, per/few, what))
	}
	table("idle subscribers | database commands/s | ratio | of these", rows...)
	fmt.Println("   wanted: the same in each row")
	return nil
}

// answerPings reads an idle socket, and so answers its pings, until it breaks.
func answerPings(conn *websocket.Conn) {
	for {
		var frame struct{ Type string }
		if conn.ReadJSON(&frame) != nil {
			return
		}
		if frame.Type == "ping" && conn.WriteJSON(map[string]string{"type": "pong"}) != nil {
			return
		}
	}
}

// commandCounter is a proxy that counts MongoDB's commands by name.
type commandCounter struct {
	listener net.Listener
	mu       sync.Mutex // guards names
	names    map[string]int
}

// listen starts the proxy for the database at addr, and returns the proxy's address.
func (c *commandCounter) listen(addr string) (string, error) {
	var err error
	if c.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return "", err
	}
	go func() {
		for {
			from, err := c.listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", addr)
			if err != nil {
				from.Close()
				continue
			}
			go func() { _, _ = io.Copy(from, to); from.Close() }()
			go func() { _ = c.forward(from, to); to.Close() }()
		}
	}()
	return c.listener.Addr().String(), nil
}

// close stops accepting connections.
func (c *commandCounter) close() {
	if c.listener != nil {
		c.listener.Close()
	}
}

// forward copies message by message and counts each.
func (c *commandCounter) forward(from io.Reader, to io.Writer) error {
	head := make([]byte, 16)
	for {
		if _, err := io.ReadFull(from, head); err != nil {
			return err
		}
		size := binary.LittleEndian.Uint32(head)
		if size < 16 || size > 64<<20 {
			return errors.New("not a message")
		}
		message := make([]byte, size)
		copy(message, head)
		if _, err := io.ReadFull(from, message[16:]); err != nil {
			return err
		}
		c.count(commandName(message))
		if _, err := to.Write(message); err != nil {
			return err
		}
	}
}

// commandName returns the name of a command, which is the name of its document's first field.
// Before it are the header of 16 bytes, the flags, the kind of section, the document's length and
// the field's type.
func commandName(message []byte) string {
	const opMsg, name = 2013, 16 + 4 + 1 + 4 + 1
	if binary.LittleEndian.Uint32(message[12:]) != opMsg || len(message) <= name {
		return "hello" // the first message of a connection has the old form
	}
	end := slices.Index(message[name:], 0)
	if end < 0 {
		return "unknown"
	}
	return string(message[name : name+end])
}

func (c *commandCounter) count(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names[name]++
}

func (c *commandCounter) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.names)
}

// perSecond returns the sum of all counts per second, and its parts as text.
func (c *commandCounter) perSecond(d time.Duration) (float64, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum, parts := 0, []string{}
	for _, name := range slices.Sorted(maps.Keys(c.names)) {
		sum += c.names[name]
		parts = append(parts, fmt.Sprintf("%s %.1f", name, float64(c.names[name])/d.Seconds()))
	}
	return float64(sum) / d.Seconds(), strings.Join(parts, ", ")
}
