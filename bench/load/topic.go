package load

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Topic is what is published to and subscribed to. Its texts are numbered from 1.
type Topic struct {
	// ID is the contender's name for it.
	ID string

	// Newest is the last number whose publishing was acknowledged.
	Newest atomic.Int64

	mu      sync.Mutex // guards what follows
	last    int64
	unknown []int64 // numbers whose publishing was not acknowledged: they may have been stored or not
	sent    []text  // by number, from 1
}

// text is when a text's publishing began, and the first number of its burst: within a burst the
// server chooses the order.
type text struct {
	at    time.Time
	burst int64
}

// Publish gives a text to a contender and returns when it has acknowledged it. After an error
// nobody knows whether it took the text.
type Publish func(ctx context.Context, topic, text string) error

// Publish sends the topic's next text; size as for Text. What was not acknowledged is due to all
// subscribers or to none. A topic has one publisher at a time.
func (t *Topic) Publish(ctx context.Context, publish Publish, size int) error {
	return t.PublishBurst(ctx, publish, size, 1)
}

// PublishBurst is Publish for n texts at once, each by a caller of its own.
func (t *Topic) PublishBurst(ctx context.Context, publish Publish, size, n int) error {
	t.mu.Lock()
	first, now := t.last+1, time.Now()
	t.last += int64(n)
	for range n {
		t.sent = append(t.sent, text{now, first})
	}
	t.mu.Unlock()
	errs := make([]error, n)
	var callers sync.WaitGroup
	for i := 1; i < n; i++ {
		callers.Go(func() { errs[i] = publish(ctx, t.ID, Text(first+int64(i), size)) })
	}
	errs[0] = publish(ctx, t.ID, Text(first, size))
	callers.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, err := range errs {
		if number := first + int64(i); err == nil {
			t.Newest.Store(number)
		} else {
			t.unknown = append(t.unknown, number)
		}
	}
	return errors.Join(errs...)
}

// Last is the last number that was given out.
func (t *Topic) Last() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// sentAt tells when a number's publishing began.
func (t *Topic) sentAt(number int64) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if number < 1 || int(number) > len(t.sent) {
		return time.Time{}
	}
	return t.sent[number-1].at
}

// after reports whether a number was published after another was acknowledged, so that it may not
// come before it.
func (t *Topic) after(number, other int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return number > other && t.sent[number-1].burst != t.sent[other-1].burst
}

func (t *Topic) isUnknown(number int64) bool { return slices.Contains(t.unknown, number) }

// tally is what one subscriber got.
type tally struct {
	last  atomic.Int64 // the greatest number
	count atomic.Int64

	mu        sync.Mutex // guards what follows
	seen      []uint64   // a bit a number
	doubled   int64
	reordered int64
}

// note books a number of a topic.
func (t *tally) record(topic *Topic, number int64) {
	t.count.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	word, bit := int(number/64), uint64(1)<<(number%64)
	for word >= len(t.seen) {
		t.seen = append(t.seen, 0)
	}
	switch {
	case t.seen[word]&bit != 0:
		t.doubled++
	case topic.after(t.last.Load(), number):
		t.reordered++
	}
	t.seen[word] |= bit
	if number > t.last.Load() {
		t.last.Store(number)
	}
}

func (t *tally) has(number int64) bool {
	word := int(number / 64)
	return word < len(t.seen) && t.seen[word]&(1<<(number%64)) != 0
}

// Verdict is what went wrong over all subscribers.
type Verdict struct {
	Due       int64 // deliveries that had to come
	Lost      int64
	Doubled   int64
	Reordered int64
}

// Verdict compares what every subscriber got with what was acknowledged, from a number on.
func (c *Crowd) Verdict(from int64) Verdict {
	var v Verdict
	half := map[*Topic]map[int64]int64{} // how many have a number that was not acknowledged
	size := map[*Topic]int64{}
	for _, s := range c.list {
		size[s.topic]++
		if half[s.topic] == nil {
			half[s.topic] = map[int64]int64{}
		}
		v.add(s, from, half[s.topic])
	}
	for topic, numbers := range half {
		for _, have := range numbers {
			if have > 0 {
				v.Due += size[topic]
				v.Lost += size[topic] - have
			}
		}
	}
	return v
}

func (v *Verdict) add(s *Subscriber, from int64, half map[int64]int64) {
	s.topic.mu.Lock()
	defer s.topic.mu.Unlock()
	s.tally.mu.Lock()
	defer s.tally.mu.Unlock()
	for number := from; number <= s.topic.last; number++ {
		has := s.tally.has(number)
		switch {
		case s.topic.isUnknown(number):
			if has {
				half[number]++
			}
		case has:
			v.Due++
		default:
			v.Due++
			v.Lost++
		}
	}
	v.Doubled += s.tally.doubled
	v.Reordered += s.tally.reordered
}

// Latency counts how long deliveries took, to a fiftieth of a millisecond.
type Latency struct{ counts [100_000]atomic.Int64 }

const latencyStep = 20 * time.Microsecond

func (l *Latency) add(d time.Duration) {
	l.counts[max(0, min(int(d/latencyStep), len(l.counts)-1))].Add(1)
}

// Quantile of what was counted; 0 when nothing was.
func (l *Latency) Quantile(q float64) time.Duration {
	var all int64
	for i := range l.counts {
		all += l.counts[i].Load()
	}
	rank := int64(q * float64(all))
	for i := range l.counts {
		if rank -= l.counts[i].Load(); rank < 0 {
			return time.Duration(i) * latencyStep
		}
	}
	return 0
}
