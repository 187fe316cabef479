package feed_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/feed"
)

func TestHub_Subscribe(t *testing.T) {
	t.Run("replays and then goes on live", func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.run(t, feed.PumpConfig{})
		req := h.start("kim")
		h.add(req.ID)
		h.add(req.ID)
		s := h.subscribe(t, req.ID, "")
		if diff := cmp.Diff(numbers(1, 2), next(t, s, 2)); diff != "" {
			t.Errorf("replay (-want +got):\n%s", diff)
		}
		h.add(req.ID)
		if diff := cmp.Diff(numbers(3, 1), next(t, s, 1)); diff != "" {
			t.Errorf("live (-want +got):\n%s", diff)
		}
	})
	t.Run("begins after the cursor", func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.run(t, feed.PumpConfig{})
		req := h.start("kim")
		for range 200 { // more than the ring has room for
			h.add(req.ID)
		}
		first := h.list[req.ID]
		for _, at := range []int{0, 1, 99, 135, 136, 137, 198} {
			s := h.subscribe(t, req.ID, first[at].ID)
			if diff := cmp.Diff(numbers(at+2, 199-at), next(t, s, 199-at)); diff != "" {
				t.Errorf("after the %d-th (-want +got):\n%s", at, diff)
			}
		}
	})
	t.Run("completes after everything was sent", func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.run(t, feed.PumpConfig{})
		req := h.start("kim")
		live := h.subscribe(t, req.ID, "")
		h.add(req.ID)
		h.end(req.ID)
		late := h.subscribe(t, req.ID, "")
		for name, s := range map[string]briefing.Stream{"live": live, "late": late} {
			if diff := cmp.Diff(numbers(1, 1), next(t, s, 1)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if _, err := s.Next(t.Context()); !errors.Is(err, io.EOF) {
				t.Errorf("%s: Next after the end = %v, want io.EOF", name, err)
			}
		}
	})
	t.Run("refuses unknown positions and requests", func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.run(t, feed.PumpConfig{})
		req := h.start("kim")
		b := h.add(req.ID)
		if _, err := h.hub.Subscribe(t.Context(), req.ID, b.ID+"0"); !errors.Is(err, briefing.ErrBadCursor) {
			t.Errorf("beyond the newest: %v, want ErrBadCursor", err)
		}
		if _, err := h.hub.Subscribe(t.Context(), "ffffffffffffffffffffffff", ""); !errors.Is(err, briefing.ErrNotFound) {
			t.Errorf("unknown request: %v, want ErrNotFound", err)
		}
		if st := h.hub.Stats(); st.Subscribers != 0 {
			t.Errorf("after refusals %d subscribers are left", st.Subscribers)
		}
	})
}

func TestHub_a_slow_subscriber_delays_nobody_and_loses_nothing(t *testing.T) {
	h := newFixture(t, feed.HubConfig{RingLen: 8})
	h.run(t, feed.PumpConfig{})
	req := h.start("kim")
	slow, quick := h.subscribe(t, req.ID, ""), h.subscribe(t, req.ID, "")
	for i := range 500 {
		h.add(req.ID)
		next(t, quick, 1)
		if i == 3 {
			next(t, slow, 1)
		}
	}
	if diff := cmp.Diff(numbers(2, 499), next(t, slow, 499)); diff != "" {
		t.Errorf("slow subscriber (-want +got):\n%s", diff)
	}
}

// Subscribers join at every moment while briefings are stored and the feed breaks. Each must
// receive everything once and in order.
func TestHub_has_no_gap_and_no_duplicate_at_the_seam(t *testing.T) {
	h := newFixture(t, feed.HubConfig{RingLen: 16})
	h.run(t, feed.PumpConfig{Pause: time.Millisecond, DeafAfter: time.Millisecond})
	req := h.start("kim")
	const total = 3_000
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range total {
			h.add(req.ID)
			if i%500 == 250 {
				h.breakFeed()
			}
		}
		h.end(req.ID)
	})
	for range 60 {
		wg.Go(func() {
			s, err := h.hub.Subscribe(context.Background(), req.ID, "")
			if err != nil {
				t.Errorf("Subscribe: %v", err)
				return
			}
			defer s.Close()
			if diff := cmp.Diff(numbers(1, total), next(t, s, total)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, err := s.Next(context.Background()); !errors.Is(err, io.EOF) {
				t.Errorf("at the end: %v, want io.EOF", err)
			}
		})
	}
	wg.Wait()
}

func TestHub_after_a_lost_feed(t *testing.T) {
	t.Run("briefings that it passed over come first", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newFixture(t, feed.HubConfig{})
			h.runInBubble(t, feed.PumpConfig{})
			req := h.start("kim")
			s := h.subscribe(t, req.ID, "")
			h.mu.Lock()
			h.mute = true
			h.mu.Unlock()
			h.add(req.ID)
			h.add(req.ID)
			h.breakFeed()
			h.mu.Lock()
			h.mute = false
			h.mu.Unlock()
			h.untilOpened(2)
			h.add(req.ID)
			if diff := cmp.Diff(numbers(1, 3), next(t, s, 3)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	})
	t.Run("an end that it passed over completes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newFixture(t, feed.HubConfig{})
			h.runInBubble(t, feed.PumpConfig{})
			req := h.start("kim")
			s := h.subscribe(t, req.ID, "")
			h.mu.Lock()
			h.mute = true
			h.mu.Unlock()
			h.add(req.ID)
			h.end(req.ID)
			h.breakFeed()
			next(t, s, 1)
			if _, err := s.Next(t.Context()); !errors.Is(err, io.EOF) {
				t.Errorf("Next = %v, want io.EOF", err)
			}
		})
	})
	t.Run("a burst beyond the pending buffer is read from the store", func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.run(t, feed.PumpConfig{Pause: time.Millisecond})
		req := h.start("kim")
		s := h.subscribe(t, req.ID, "")
		var once sync.Once
		reached, resume := make(chan struct{}), make(chan struct{})
		h.mu.Lock()
		h.onRead = func() { once.Do(func() { close(reached); <-resume }) }
		h.mu.Unlock()
		h.breakFeed()
		<-reached // the topic is behind and being read
		const total = 5_000
		for range total {
			h.add(req.ID)
		}
		close(resume)
		if diff := cmp.Diff(numbers(1, total), next(t, s, total)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("a deaf feed is opened without its position", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newFixture(t, feed.HubConfig{})
			h.runInBubble(t, feed.PumpConfig{})
			req := h.start("kim")
			s := h.subscribe(t, req.ID, "")
			h.mu.Lock()
			h.mute = true
			h.mu.Unlock()
			h.add(req.ID)
			if diff := cmp.Diff(numbers(1, 1), next(t, s, 1)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			if diff := cmp.Diff([]bool{false, true}, h.fresh); diff != "" {
				t.Errorf("openings, fresh (-want +got):\n%s", diff)
			}
		})
	})
}

func TestHub_waits_while_the_store_is_unreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{RingLen: 4})
		h.runInBubble(t, feed.PumpConfig{})
		req := h.start("kim")
		s := h.subscribe(t, req.ID, "")
		for range 20 {
			h.add(req.ID)
		}
		h.setAway(briefing.ErrUnavailable)
		time.AfterFunc(30*time.Second, func() { h.setAway(nil) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for want := range 20 {
			if _, err := s.Next(ctx); err != nil {
				t.Fatalf("Next %d: %v", want, err)
			}
		}
	})
}

func TestHub_tells_latecomers_from_redeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.runInBubble(t, feed.PumpConfig{})
		req := h.start("kim")
		s := h.subscribe(t, req.ID, "")
		h.mu.Lock()
		last := h.insert(req.ID, 10)
		h.emit(briefing.Change{Kind: briefing.BriefingStored, Briefing: last}) // redelivered
		late := h.insert(req.ID, 5)
		h.emit(briefing.Change{Kind: briefing.BriefingStored, Briefing: late})
		h.insert(req.ID, 20)
		h.mu.Unlock()
		var got []string
		for range 3 {
			b, err := s.Next(t.Context())
			if err != nil {
				t.Fatalf("Next: %v", err)
			}
			if b.Caption == "5" && b.Cursor != last.Cursor {
				t.Errorf("cursor of the latecomer = %q, want that of the last, %q", b.Cursor, last.Cursor)
			}
			got = append(got, b.Caption)
		}
		if diff := cmp.Diff([]string{"10", "5", "20"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if b, err := s.Next(ctx); err == nil {
			t.Errorf("a duplicate came: %s", b.Caption)
		}
	})
}

func TestHub_reads_the_store_once_for_simultaneous_joins(t *testing.T) {
	h := newFixture(t, feed.HubConfig{})
	h.run(t, feed.PumpConfig{})
	req := h.start("kim")
	for range 30 {
		h.add(req.ID)
	}
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			s, err := h.hub.Subscribe(context.Background(), req.ID, "")
			if err != nil {
				t.Errorf("Subscribe: %v", err)
				return
			}
			defer s.Close()
			next(t, s, 30)
		})
	}
	wg.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	// The store is read once for the joins, and once more if the feed was opened at the same time.
	if h.reads > 2 {
		t.Errorf("200 joins read the store %d times, want once", h.reads)
	}
}

func TestHub_evicts_a_topic_after_its_last_subscriber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{Linger: time.Minute})
		h.runInBubble(t, feed.PumpConfig{})
		req := h.start("kim")
		s := h.subscribe(t, req.ID, "")
		h.add(req.ID)
		next(t, s, 1)
		s.Close()
		s.Close()
		if st := h.hub.Stats(); st.Topics != 1 || st.RingBytes == 0 {
			t.Errorf("at once: %+v, want a lingering topic", st)
		}
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		if st := h.hub.Stats(); st != (feed.Stats{}) {
			t.Errorf("after lingering: %+v, want nothing", st)
		}
	})
}

func TestHub_rings_keep_within_their_bytes(t *testing.T) {
	h := newFixture(t, feed.HubConfig{RingBytes: 2_000})
	h.run(t, feed.PumpConfig{})
	for range 10 {
		req := h.start("kim")
		s := h.subscribe(t, req.ID, "")
		for range 20 {
			h.add(req.ID)
		}
		if diff := cmp.Diff(numbers(1, 20), next(t, s, 20)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	// Each topic retains its newest entry, even beyond the bound.
	if st := h.hub.Stats(); st.RingBytes > 2_000+10*300 {
		t.Errorf("rings hold %d bytes", st.RingBytes)
	}
}

func TestHub_SubscribeRequests(t *testing.T) {
	t.Run("sends the current state, then starts and ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newFixture(t, feed.HubConfig{})
			h.runInBubble(t, feed.PumpConfig{})
			first := h.start("kim")
			h.start("lee")
			s := h.watch(t, "kim")
			expectRequest(t, s, first.ID, true)
			h.end(first.ID)
			expectRequest(t, s, first.ID, false)
			second := h.start("kim")
			expectRequest(t, s, second.ID, true)
		})
	})
	t.Run("a slow reader gets the newest", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newFixture(t, feed.HubConfig{})
			h.runInBubble(t, feed.PumpConfig{})
			s := h.watch(t, "kim")
			var last briefing.Request
			for range 10 {
				last = h.start("kim")
				h.end(last.ID)
			}
			synctest.Wait()
			expectRequest(t, s, last.ID, false)
		})
	})
	t.Run("learns after a lost feed what it missed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newFixture(t, feed.HubConfig{})
			h.runInBubble(t, feed.PumpConfig{})
			req := h.start("kim")
			s := h.watch(t, "kim")
			expectRequest(t, s, req.ID, true)
			h.mu.Lock()
			h.mute = true
			h.mu.Unlock()
			h.end(req.ID)
			h.breakFeed()
			expectRequest(t, s, req.ID, false)
		})
	})
}

// hooked calls hook after it has read the active requests and before it returns.
type hooked struct {
	feed.Replay
	hook func()
}

func (r *hooked) ActiveRequests(ctx context.Context, username string) ([]briefing.Request, error) {
	list, err := r.Replay.ActiveRequests(ctx, username)
	r.hook()
	return list, err
}

func TestHub_does_not_notify_a_closed_request_stream(t *testing.T) {
	store := newStore()
	store.start("kim")
	replay := &hooked{Replay: store, hook: func() {}}
	hub, err := feed.NewHub(feed.HubConfig{Replay: replay})
	if err != nil {
		t.Fatal(err)
	}
	s, err := hub.SubscribeRequests(t.Context(), "kim")
	if err != nil {
		t.Fatal(err)
	}
	s.Poll()
	closed := false
	s.Notify(func() {
		if closed {
			t.Error("notified after it was closed")
		}
	})
	store.start("kim")
	replay.hook = func() { s.Close(); closed = true }
	if err := hub.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (h *fixture) watch(t *testing.T, username string) briefing.RequestStream {
	t.Helper()
	s, err := h.hub.SubscribeRequests(t.Context(), username)
	if err != nil {
		t.Fatalf("SubscribeRequests: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

func expectRequest(t *testing.T, s briefing.RequestStream, id briefing.RequestID, active bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := s.Next(ctx)
	if err != nil || req.ID != id || req.Active != active {
		t.Fatalf("Next = %s active %v, %v; want %s active %v", req.ID, req.Active, err, id, active)
	}
}

// An evicted topic has no watchers, so nothing would free its ring again.
func TestHub_fills_no_ring_of_an_evicted_topic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{Linger: time.Second})
		h.run(t, feed.PumpConfig{})
		req := h.start("kim")
		s := h.subscribe(t, req.ID, "")
		h.add(req.ID)
		next(t, s, 1)
		reached, resume := make(chan struct{}), make(chan struct{})
		var once sync.Once
		h.mu.Lock()
		h.onRead = func() { once.Do(func() { close(reached); <-resume }) }
		h.mute = true
		h.mu.Unlock()
		h.add(req.ID)
		h.breakFeed()
		<-reached // the catch-up reads the store
		s.Close()
		time.Sleep(time.Minute) // longer than the topic lingers
		synctest.Wait()
		close(resume)
		synctest.Wait()
		if st := h.hub.Stats(); st.Topics != 0 || st.RingBytes != 0 {
			t.Errorf("after the catch-up: %+v, want no topic and no bytes", st)
		}
	})
}
