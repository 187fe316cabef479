package load

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Topic is a sequence of published texts, numbered from 1.
type Topic struct {
	// ID is the contender's name of the topic.
	ID string

	// Newest is the last number whose publishing was acknowledged.
	Newest atomic.Int64

	mu      sync.Mutex // guards the fields below
	last    int64      // the last assigned number
	unknown []int64    // numbers that were not acknowledged: stored or not
	sent    []text     // by number, from 1
}

// text records when a text's publishing started, and the first number of its burst. Within a
// burst the server chooses the order.
type text struct {
	at    time.Time
	burst int64
}

// Publish sends a text to a contender and returns when it is acknowledged. After an error the
// contender may or may not have stored the text.
type Publish func(ctx context.Context, topic, text string) error

// Publish sends the topic's next text; size is as for Text. A text that is not acknowledged is
// due to all subscribers or to none. A topic has one publisher at a time.
func (t *Topic) Publish(ctx context.Context, publish Publish, size int) error {
	return t.PublishBurst(ctx, publish, size, 1)
}

// PublishBurst is Publish for n texts at once, each from a caller of its own.
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

// Last returns the last number that was given out.
func (t *Topic) Last() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// sentAt returns when a number's publishing started.
func (t *Topic) sentAt(number int64) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if number < 1 || int(number) > len(t.sent) {
		return time.Time{}
	}
	return t.sent[number-1].at
}

// after reports whether a number was published after another was acknowledged, so that it must
// not arrive before it.
func (t *Topic) after(number, other int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return number > other && t.sent[number-1].burst != t.sent[other-1].burst
}

// isUnknown reports whether a number was not acknowledged; t.mu is held.
func (t *Topic) isUnknown(number int64) bool { return slices.Contains(t.unknown, number) }

// tally records the deliveries to one subscriber.
type tally struct {
	last  atomic.Int64 // the greatest number
	count atomic.Int64

	mu        sync.Mutex // guards the fields below
	seen      []uint64   // one bit for each number
	doubled   int64      // received again
	reordered int64
}

// record records a received number.
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

// has reports whether a number was received; t.mu is held.
func (t *tally) has(number int64) bool {
	word := int(number / 64)
	return word < len(t.seen) && t.seen[word]&(1<<(number%64)) != 0
}

// Verdict counts the wrong deliveries of all subscribers.
type Verdict struct {
	Due       int64 // deliveries that had to come
	Lost      int64
	Doubled   int64
	Reordered int64
}

// Verdict compares the texts that every subscriber received with the acknowledged ones, from a
// number on. A number that was not acknowledged counts as due if any subscriber of its topic
// received it.
func (c *Crowd) Verdict(from int64) Verdict {
	var v Verdict
	half := map[*Topic]map[int64]int64{} // subscribers that have an unacknowledged number
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

// add adds one subscriber. It counts unacknowledged numbers in half.
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

// Latency is a histogram of the times of deliveries, in steps of latencyStep up to 2 s.
type Latency struct{ counts [100_000]atomic.Int64 }

const latencyStep = 20 * time.Microsecond

// add counts one delivery.
func (l *Latency) add(d time.Duration) {
	l.counts[max(0, min(int(d/latencyStep), len(l.counts)-1))].Add(1)
}

// Quantile returns a quantile, and 0 if nothing was counted.
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
