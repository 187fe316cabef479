package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"bis/bench/proc"
)

// The size of the benchmark of silent sockets.
const (
	silentSockets = 5_000
	silentLimit   = 3_500 * time.Millisecond
	initTimeout   = 4408 // the close code
)

// silent opens sockets that say nothing and waits for their close frames. Wanted: 4408 on each
// within 3.5 s of its handshake, and the memory back 10 s later.
func silent(ctx context.Context, o options) error {
	y, err := newWorkspace(o)
	if err != nil {
		return err
	}
	defer y.close()
	path, err := y.build(ctx, y.root, ".")
	if err != nil {
		return err
	}
	data, err := y.folder()
	if err != nil {
		return err
	}
	child, err := proc.Start(ctx, proc.Command{Path: path, Args: []string{"--addr", "127.0.0.1:0", "--data", data, "--log-level", "error"}, Dir: filepath.Dir(data)})
	if err != nil {
		return err
	}
	defer child.Kill()
	t := &target{addr: child.Addr, from: attackers(1)}
	defer t.close()
	rest, err := child.Resident()
	if err != nil {
		return err
	}
	most := watchMemory(child)
	closed, slowest, err := t.silence(ctx, y.clients(silentSockets))
	peak := most()
	if err != nil {
		return err
	}
	t.close()
	time.Sleep(backTime)
	later, err := child.Resident()
	if err != nil {
		return err
	}
	table("silent sockets | closed with 4408 | the slowest after | rest | most | 10 s later",
		fmt.Sprintf("%d | %d | %.2f s | %.0f MiB | %.0f MiB | %.0f MiB", y.clients(silentSockets), closed, slowest.Seconds(), mib(rest), mib(peak), mib(later)))
	fmt.Printf("   wanted: all, at most %.1f s after the handshake\n", silentLimit.Seconds())
	return nil
}

// silence opens n sockets and returns how many are closed with 4408, and the longest time from a
// handshake to the close frame.
func (a *target) silence(ctx context.Context, n int) (closed int, slowest time.Duration, err error) {
	var all sync.WaitGroup
	var mu sync.Mutex // guards what is returned
	places := make(chan struct{}, 16)
	for range n {
		places <- struct{}{}
		all.Go(func() {
			ws, dialErr := a.socket(ctx)
			begun := time.Now()
			<-places
			var readErr error
			if dialErr == nil {
				_ = ws.SetReadDeadline(begun.Add(4 * silentLimit))
				_, _, readErr = ws.ReadMessage()
			}
			took := time.Since(begun)
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, dialErr)
			if websocket.IsCloseError(readErr, initTimeout) {
				closed++
				slowest = max(slowest, took)
			}
		})
	}
	all.Wait()
	return closed, slowest, err
}

// floodList are attacks by what is sent on sockets.
var floodList = []attack{
	{"200 sockets, 20,000 pings each", func(ctx context.Context, a *target) error {
		return a.flood(ctx, 200, strings.Repeat(clientFrame(0x89, "x"), 20_000))
	}},
	{"200 sockets, 20,000 empty fragments each", func(ctx context.Context, a *target) error {
		return a.flood(ctx, 200, clientFrame(0x01, "")+strings.Repeat(clientFrame(0x00, ""), 20_000))
	}},
	{"200 sockets, a frame of 4 GiB declared", func(ctx context.Context, a *target) error {
		return a.flood(ctx, 200, "\x81\xff\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"+strings.Repeat("x", 1<<20))
	}},
	{"5,000 sockets, half a message of 64 KiB", func(ctx context.Context, a *target) error {
		return a.flood(ctx, 5_000, clientFrame(0x81, strings.Repeat("x", 65_535))[:65_000])
	}},
	{"2,000 subscriptions with ids of 60 KB", func(ctx context.Context, a *target) error {
		return a.subscribe(ctx, func(n int) (id, query, rest string) {
			return fmt.Sprint(n, strings.Repeat("x", 60_000)), changesQuery, ""
		})
	}},
	{"2,000 subscriptions with variables of 50 KB", func(ctx context.Context, a *target) error {
		return a.subscribe(ctx, func(n int) (id, query, rest string) {
			query = `subscription ($c: Cursor) { requestChanged(username: "kim") { id briefings(after: $c) { edges { cursor } } } }`
			return fmt.Sprint(n), query, fmt.Sprintf(`,"variables":{"c":"%d%s"}`, n, strings.Repeat("x", 50_000))
		})
	}},
	{"2,000 subscriptions with documents of their own", func(ctx context.Context, a *target) error {
		return a.subscribe(ctx, func(n int) (id, query, rest string) {
			return fmt.Sprint(n), longSubscription(n), ""
		})
	}},
}

// changesQuery is a subscription that brings little.
const changesQuery = `subscription { requestChanged(username: "kim") { id } }`

// longSubscription is a document of about 1,700 tokens that no other number has.
func longSubscription(n int) string {
	var b strings.Builder
	for page := range 9 {
		fmt.Fprintf(&b, "b%d: briefings(first: 1) { edges { node { %s } } } ", page, strings.Repeat("id at cursor caption text ", 35))
	}
	return fmt.Sprintf(`subscription { requestChanged(username: "kim") { a%d: id %s } }`, n, b.String())
}

// floods sends floods of frames and subscriptions over sockets and prints the server's memory.
// Every page that another address asks for meanwhile must be served.
func floods(ctx context.Context, o options) error {
	return runAttacks(ctx, o, append(floodList, halfList...))
}

// clientFrame is a frame of at most 64 KiB under a mask of zeros. first is the first byte of its
// header.
func clientFrame(first byte, payload string) string {
	head := []byte{first, 0x80 | byte(min(len(payload), 126))}
	if len(payload) >= 126 {
		head = binary.BigEndian.AppendUint16(head, uint16(len(payload)))
	}
	return string(head) + "\x00\x00\x00\x00" + payload
}

// socket opens a socket from the attackers' address.
func (a *target) socket(ctx context.Context) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return a.dial(ctx) }}
	ws, _, err := dialer.DialContext(ctx, "ws://"+a.addr+"/graphql", nil)
	return ws, err
}

// flood opens n sockets, 20 at once, initializes them, and sends bytes over each. The server may
// cut a socket meanwhile.
func (a *target) flood(ctx context.Context, n int, bytes string) error {
	var all sync.WaitGroup
	places, failed := make(chan struct{}, 20), make([]error, n)
	for i := range n {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			ws, err := a.socket(ctx)
			if failed[i] = err; err != nil {
				return
			}
			conn := ws.NetConn()
			_ = conn.SetWriteDeadline(time.Now().Add(attackTime / 4))
			_, _ = conn.Write([]byte(clientFrame(0x81, `{"type":"connection_init"}`)))
			_, _ = conn.Write([]byte(bytes))
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// subscribe starts 1,000 operations on each of 2 sockets, as given by id, document and the rest of
// the payload. It ends early if the attack takes too long.
func (a *target) subscribe(ctx context.Context, operation func(n int) (id, query, rest string)) error {
	end := time.Now().Add(2 * attackTime)
	for s := range 2 {
		ws, err := a.socket(ctx)
		if err != nil {
			return err
		}
		conn := ws.NetConn()
		_ = conn.SetWriteDeadline(end)
		_, _ = conn.Write([]byte(clientFrame(0x81, `{"type":"connection_init"}`)))
		for i := range 1_000 {
			id, query, rest := operation(1_000*s + i)
			quoted, err := json.Marshal(query)
			if err != nil {
				return err
			}
			message := fmt.Sprintf(`{"id":%q,"type":"subscribe","payload":{"query":%s%s}}`, id, quoted, rest)
			if _, err := conn.Write([]byte(clientFrame(0x81, message))); err != nil {
				break // the server has closed the socket
			}
		}
	}
	return nil
}
