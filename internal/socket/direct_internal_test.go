//go:build unix

package socket

import (
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// closes is a connection that notes when it is closed.
type closes struct {
	net.Conn
	closed chan struct{}
}

func (c *closes) Close() error { close(c.closed); return nil }

func (c *closes) SetWriteDeadline(time.Time) error { return net.ErrClosed }

func (c *closes) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

// A descriptor that is closed while it is written to may be another connection's by then: its peer would get the bytes. What
// closes it comes from elsewhere, so the moment is made here.
func TestConn_stays_open_while_it_sends(t *testing.T) {
	t.Parallel()
	for name, goOn := range map[string]func(*Conn){
		"until the kernel has taken all":    func(c *Conn) { c.gather(nil) },
		"until a goroutine writes the rest": func(c *Conn) { c.writeOn([]byte("rest")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			under := &closes{closed: make(chan struct{})}
			cfg := Config{}.withDefaults()
			c := &Conn{net: under, cfg: &cfg, closing: make(chan struct{}), room: make(chan struct{}, 1)}
			c.writing, c.sending = true, true // as Try leaves it before it calls the kernel
			c.sever()
			if under.isClosed() {
				t.Fatal("closed under the writer's hands")
			}
			goOn(c)
			c.writers.Wait()
			if !under.isClosed() {
				t.Error("never closed")
			}
			if sent, err := c.Try([]byte("x")); sent || err != ErrClosed {
				t.Errorf("Try = %v, %v after that", sent, err)
			}
		})
	}
}

// Connections that break while they are written to make room for others at once, mostly with the same descriptor.
func TestConn_writes_to_its_own_peer(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var talking sync.WaitGroup
	seen := map[int32]int{}
	for round := range byte(100) {
		peer, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		under, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		cfg := Config{}.withDefaults()
		c := &Conn{net: under, cfg: &cfg, closing: make(chan struct{}), room: make(chan struct{}, 1)}
		c.direct.open(under)
		seen[c.direct.fd]++
		talking.Go(func() {
			for err := error(nil); err == nil; _, err = c.Try([]byte{round}) {
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
		t.Errorf("%d descriptors in 100 rounds: none came back, so nothing was shown", len(seen))
	}
}
