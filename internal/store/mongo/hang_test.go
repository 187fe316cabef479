package mongo

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// hangingProxy passes connections on to a database until it is shut. Then they stay open and
// nothing passes any more.
type hangingProxy struct {
	addr string
	shut chan struct{}
}

func newValve(t *testing.T, database string) *hangingProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	v := &hangingProxy{addr: l.Addr().String(), shut: make(chan struct{})}
	over := make(chan struct{})
	var all sync.WaitGroup
	pass := func(to, from net.Conn) {
		defer to.Close()
		part := make([]byte, 32<<10)
		for {
			n, err := from.Read(part)
			select {
			case <-v.shut:
				<-over
				return
			default:
			}
			if _, writeErr := to.Write(part[:n]); err != nil || writeErr != nil {
				return
			}
		}
	}
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", database)
			if err != nil {
				in.Close()
				continue
			}
			all.Go(func() { pass(out, in) })
			all.Go(func() { pass(in, out) })
		}
	})
	t.Cleanup(func() { close(over); l.Close(); all.Wait() })
	return v
}

// Close does not wait for a database that has stopped answering, during any kind of call.
func TestStore_Close_while_the_database_hangs(t *testing.T) {
	t.Parallel()
	v := newValve(t, mongotest.Shared(t).Addr())
	s := openWith(t, mongotest.URI(v.addr), func(c *Config) { c.Instance = "me" })
	f := feedOf(t, s)
	req := (&pair{T: t}).start(s, "kim")
	close(v.shut)
	var all sync.WaitGroup
	for tick := range int64(20) {
		all.Go(func() {
			_, err := s.Append(context.WithoutCancel(t.Context()), briefing.Append{RequestID: req.ID, Owner: req.Owner, Tick: tick + 1, Briefing: briefing.Briefing{Caption: "x", Text: "x"}})
			if !errors.Is(err, briefing.ErrUnavailable) {
				t.Errorf("append: %v", err)
			}
		})
	}
	all.Go(func() {
		var err error
		for err == nil {
			_, err = f.Next(t.Context())
		}
		if !errors.Is(err, briefing.ErrFeedLost) {
			t.Errorf("the feed ends with %v", err)
		}
	})
	all.Add(1)
	time.AfterFunc(100*time.Millisecond, func() {
		defer all.Done()
		begin := time.Now()
		if err := s.Close(); err != nil || time.Since(begin) > 2*time.Second {
			t.Errorf("Close: %v after %v, want it within 2 s", err, time.Since(begin))
		}
	})
	all.Wait()
}

// A start that is interrupted while the database hangs says so and nothing else.
func TestOpen_that_is_broken_off_says_so(t *testing.T) {
	t.Parallel()
	v := newValve(t, mongotest.Shared(t).Addr())
	close(v.shut)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	time.AfterFunc(200*time.Millisecond, cancel)
	begin := time.Now()
	s, err := Open(ctx, Config{URI: mongotest.URI(v.addr), Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "the start was broken off") || strings.Contains(err.Error(), "context") {
		t.Errorf("Open: %v", err)
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("Open took %v", took)
	}
}
