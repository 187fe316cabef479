package socket_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
)

var restart = socket.Farewell{Code: socket.CodeServiceRestart, Reason: "service restart", Over: 2 * time.Second}

func TestDrain_closes_all_spread_over_the_time(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		registry := &socket.Registry{}
		w := newPipeServer(t, socket.Config{Registry: registry})
		defer w.stop()
		const n = 80
		started := time.Now()
		at := make(chan time.Duration, n)
		for range n {
			client, _ := w.dial()
			go func() {
				if _, closed := farewell(t, client); closed.Code != 1012 || closed.Text != "service restart" {
					t.Errorf("closed with %v, want 1012", closed)
				}
				at <- time.Since(started)
			}()
		}
		if registry.Len() != n || registry.Draining() {
			t.Errorf("%d registered, draining %v; want %d, false", registry.Len(), registry.Draining(), n)
		}
		if err := registry.Drain(t.Context(), restart); err != nil {
			t.Errorf("Drain: %v", err)
		}
		synctest.Wait()
		perSecond := [2]int{}
		for range n {
			perSecond[int((<-at).Seconds())]++
		}
		if perSecond != [2]int{n / 2, n / 2} || registry.Len() != 0 {
			t.Errorf("closed per second: %v, left: %d; want half and half, 0", perSecond, registry.Len())
		}
	})
}

func TestDrain_cuts_the_rest_when_its_time_is_up(t *testing.T) {
	t.Parallel()
	for _, limit := range []time.Duration{time.Second, 3 * time.Second} { // closing, waiting
		synctest.Test(t, func(t *testing.T) {
			registry := &socket.Registry{}
			w := newPipeServer(t, socket.Config{Registry: registry, CloseWait: time.Hour})
			defer w.stop()
			var clients []*websocket.Conn
			for range 10 { // these clients do not read
				client, _ := w.dial()
				clients = append(clients, client)
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			started := time.Now()
			err := registry.Drain(ctx, restart)
			if took := time.Since(started); !errors.Is(err, context.DeadlineExceeded) || took != limit {
				t.Errorf("Drain: %v after %v, want the deadline after %v", err, took, limit)
			}
			synctest.Wait()
			if registry.Len() != 0 {
				t.Errorf("%d are left", registry.Len())
			}
			for _, client := range clients {
				client.Close()
			}
		})
	}
}

func TestDrain_closes_those_that_come_later_at_once(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		registry := &socket.Registry{}
		w := newPipeServer(t, socket.Config{Registry: registry})
		defer w.stop()
		started := time.Now()
		if err := registry.Drain(t.Context(), restart); err != nil {
			t.Errorf("Drain of nothing: %v", err)
		}
		client, conn := w.dial()
		_, closed := farewell(t, client)
		<-conn.Done()
		if closed.Code != 1012 || time.Since(started) != 0 || !registry.Draining() {
			t.Errorf("closed with %v after %v", closed, time.Since(started))
		}
	})
}
