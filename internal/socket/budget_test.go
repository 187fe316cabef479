package socket_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/await"
	"bis/internal/socket"
)

// purse is a Budget of max bytes.
type purse struct {
	max     int64
	booked  atomic.Int64
	most    atomic.Int64
	calls   atomic.Int64
	mu      sync.Mutex // guards waiting
	waiting map[int]func()
	next    int
}

func (p *purse) Acquire(n int) bool {
	p.calls.Add(1)
	if p.booked.Load()+int64(n) > p.max {
		return false
	}
	p.Add(n)
	return true
}

func (p *purse) Add(n int) {
	p.calls.Add(1)
	now := p.booked.Add(int64(n))
	p.most.Store(max(p.most.Load(), now))
	if n < 0 {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, wake := range p.waiting {
			go wake()
		}
		p.waiting = nil
	}
}

func (p *purse) Release(n int) { p.Add(-n) }

func (p *purse) Wait(_ int, wake func()) (stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		p.waiting = map[int]func(){}
	}
	p.next++
	id := p.next
	p.waiting[id] = wake
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.waiting, id)
	}
}

// openSockets serves sockets with a budget. It returns their address, and a channel of each
// accepted socket with its peer.
func openSockets(t *testing.T, p *purse) (address string, conns chan *socket.Conn, again roomPeer) {
	t.Helper()
	again, conns = roomPeer{make(chan struct{}, 1)}, make(chan *socket.Conn, 1)
	cfg := socket.Config{QueueBytes: 1 << 20, QueueLen: 1_000, WriteTimeout: time.Minute, Budget: func(*http.Request) socket.Budget { return p }}
	address = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := socket.Accept(w, r, cfg)
		if err != nil {
			t.Error(err)
			return
		}
		conns <- conn
		conn.Serve(again)
	}))
	return address, conns, again
}

// TestBudget_holds_and_loses_nothing sends to a peer that reads late. The queue never exceeds the
// budget, and every message arrives once and in order.
func TestBudget_holds_and_loses_nothing(t *testing.T) {
	t.Parallel()
	p := &purse{max: 64 << 10}
	address, conns, again := openSockets(t, p)
	client, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn := <-conns
	const total, size, burst = 6_000, 2_000, 8
	done, full := make(chan error, 1), make(chan struct{})
	go func() {
		refused := false
		for at := 0; at < total; {
			n, err := conn.Try(socket.Batch{Bodies: numbered(at, min(at+burst, total), size)})
			if err != nil {
				done <- err
				return
			}
			if at += n; n == burst || at == total {
				continue
			}
			if !refused {
				refused = true
				close(full)
			}
			<-again.again
		}
		done <- nil
	}()
	<-full
	for want := range total {
		_, got, err := client.ReadMessage()
		if err != nil || string(got[:8]) != fmt.Sprintf("%08d", want) {
			t.Fatalf("message %d: %.8s, %v", want, got, err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	await.True(t, "no byte is booked", func() bool { return p.booked.Load() == 0 })
	if most := p.most.Load(); most > p.max+32<<10 { // the writing goroutine is booked, too
		t.Errorf("%d bytes were booked, of %d", most, p.max)
	}
}

// TestBudget_of_others_is_waited_for sends a batch while other sockets have booked all bytes. Room
// is called after their release, although the socket itself writes nothing in the meantime.
func TestBudget_of_others_is_waited_for(t *testing.T) {
	t.Parallel()
	p := &purse{max: 64 << 10}
	address, conns, again := openSockets(t, p)
	client, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn := <-conns
	p.Add(64 << 10)
	if n, err := conn.Queue(socket.Batch{Bodies: numbered(0, 1, 10)}); n != 0 || err != nil {
		t.Fatalf("%d messages were queued without room, %v", n, err)
	}
	conn.Post([]byte("control"))
	if _, got, err := client.ReadMessage(); err != nil || string(got) != "control" {
		t.Fatalf("%q, %v; want the message that cannot be refused", got, err)
	}
	select { // the control message may have caused an early call of Room
	case <-again.again:
		if n, _ := conn.Queue(socket.Batch{Bodies: numbered(0, 1, 10)}); n != 0 {
			t.Fatal("queued without room")
		}
	default:
	}
	p.Release(64 << 10)
	<-again.again
	if n, err := conn.Queue(socket.Batch{Bodies: numbered(0, 1, 10)}); n != 1 || err != nil {
		t.Fatalf("%d messages were queued, %v", n, err)
	}
	client.Close()
	<-conn.Done()
	if left := p.booked.Load(); left != 0 {
		t.Errorf("%d bytes are booked after the end", left)
	}
}

// TestBudget_bounds_long_answers lets a peer cause long messages and read none, as by pings with a
// payload. Without room the connection closes with 1013.
func TestBudget_bounds_long_answers(t *testing.T) {
	t.Parallel()
	p := &purse{max: 64 << 10}
	address, conns, _ := openSockets(t, p)
	client, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn := <-conns
	p.Add(64 << 10)
	long := make([]byte, 60_000)
	for at := range long {
		long[at] = 'x'
	}
	for range 1_000 { // more than the kernel accepts
		conn.Post(long)
	}
	_ = client.SetReadDeadline(time.Now().Add(time.Minute))
	for err == nil {
		_, _, err = client.ReadMessage()
	}
	if !websocket.IsCloseError(err, socket.CodeTryAgainLater) {
		t.Errorf("the connection ends with %v, want 1013", err)
	}
	if most := p.most.Load(); most > p.max+128<<10 {
		t.Errorf("%d bytes were booked, of %d", most, p.max)
	}
}

// TestBudget_is_not_asked_while_nothing_waits sends to a peer that reads at once.
func TestBudget_is_not_asked_while_nothing_waits(t *testing.T) {
	t.Parallel()
	p := &purse{}
	address, conns, _ := openSockets(t, p)
	client, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn := <-conns
	for i := range 100 {
		if n, err := conn.Try(socket.Batch{Bodies: numbered(i, i+1, 100)}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if _, _, err := client.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	if calls := p.calls.Load(); calls != 0 {
		t.Errorf("the budget was asked %d times", calls)
	}
}
