//go:build unix

package socket

import (
	"net"
	"slices"
	"sync"
	"syscall"
	"testing"
)

// pair returns both ends of a TCP connection.
func pair(t *testing.T, ln net.Listener) (near, far net.Conn) {
	t.Helper()
	far, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	near, err = ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return near, far
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// bare returns a connection without a reader.
func bare(under net.Conn, cfg Config) *Conn {
	cfg = cfg.withDefaults()
	c := &Conn{net: under, cfg: &cfg, closing: make(chan struct{}), room: make(chan struct{}, 1)}
	c.nowait.open(under)
	return c
}

// descriptor returns the file descriptor of a connection.
func descriptor(t *testing.T, conn net.Conn) (fd int) {
	t.Helper()
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err == nil {
		err = raw.Control(func(n uintptr) { fd = int(n) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

// The kernel reuses the descriptor of a connection that breaks during a write. The peer of the next
// connection must not receive bytes of the broken connection.
func TestConn_writes_to_its_own_peer(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	var talking sync.WaitGroup
	seen := map[int]int{}
	for round := range byte(100) {
		under, peer := pair(t, ln)
		seen[descriptor(t, under)]++
		c := bare(under, Config{})
		talking.Go(func() {
			for err := error(nil); err == nil; _, err = c.Try(Batch{Bodies: [][]byte{{round}}}) {
			}
		})
		got := make([]byte, 300)
		n, err := peer.Read(got)
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
		c.sever() // while the other goroutine writes
		if foreign := slices.IndexFunc(got[:n], func(b byte) bool { return b != round && b != 0x81 && b != 1 }); foreign >= 0 {
			t.Fatalf("round %d: got %x", round, got[:n])
		}
		peer.Close()
	}
	talking.Wait()
	if len(seen) > 90 {
		t.Errorf("%d descriptors in 100 rounds: none was reused, so nothing was shown", len(seen))
	}
}

// A direct write allocates nothing.
func TestConn_Try_does_not_allocate(t *testing.T) {
	under, peer := pair(t, listen(t))
	defer peer.Close()
	c := bare(under, Config{})
	defer c.sever()
	b := Batch{Head: []byte(`{"id":"1","payload":`), Bodies: [][]byte{[]byte(`{}`), []byte(`{}`)}, Tail: []byte(`}`)}
	got := make([]byte, 1<<12)
	if n := testing.AllocsPerRun(200, func() {
		if taken, err := c.Try(b); taken != 2 || err != nil {
			t.Fatal(taken, err)
		}
		if _, err := peer.Read(got); err != nil {
			t.Fatal(err)
		}
	}); n >= 1 { // a garbage collection may empty the pool once
		t.Errorf("%v allocations a write", n)
	}
}
