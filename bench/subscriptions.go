package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bis/bench/load"
)

// plan describes the measurements of one table.
type plan struct {
	subscribers, topics int
	pace                float64 // texts per second, few enough for the slowest contender
	burst               int     // size of bursts in a second measurement; 0: none
	contenders          []contender
}

// inFlightTexts is the most texts that are published and not yet delivered while throughput is
// measured. All contenders can queue that many without disconnecting a subscriber.
const inFlightTexts = 32

// subscriptions measures 1,000 subscribers of one topic, the most flattering case: one execution
// serves all of them. It measures single texts and bursts of 8.
func subscriptions(ctx context.Context, o options) error {
	return compare(ctx, o, plan{
		subscribers: o.clients(1000), topics: 1, pace: 20, burst: 8,
		contenders: o.withBefore(ours, bareWrite, bareHub, engine, stock, onNode, python),
	})
}

// crowd measures 10,000 subscribers of one topic. FastAPI + motor is left out, because it serves
// too few.
func crowd(ctx context.Context, o options) error {
	return compare(ctx, o, plan{
		subscribers: o.clients(10_000), topics: 1, pace: 2,
		contenders: o.withBefore(ours, bareWrite, bareHub, engine, stock, onNode),
	})
}

// topics measures 10,000 topics with one subscriber each, the least flattering case: no delivery
// shares work with another. So it measures differences instead of costs.
func topics(ctx context.Context, o options) error {
	n := o.clients(10_000)
	return compare(ctx, o, plan{
		subscribers: n, topics: n, pace: 1_000,
		contenders: o.withBefore(ours, bareWrite, bareHub, engine, stock),
	})
}

// result has the figures of one contender.
type result struct {
	name        string
	subscribers int
	delivery    time.Duration    // processor time of a delivery, without the publishing
	inBursts    time.Duration    // the same for bursts; 0: not measured
	publishing  time.Duration    // processor time of a text without subscribers
	connection  float64          // resident KiB per connection
	perSecond   float64          // deliveries per second; 0: not measured
	spread      [2]time.Duration // quartiles of delivery; 0: not measured
	verdict     load.Verdict
}

// compare measures all contenders of a plan one after the other and prints the table.
//
// A contender runs in a process of its own, and only its processor time counts. The cost of
// publishing is subtracted, because it differs between contenders. The crowd runs in this process.
// If it competes with the server for processors, the run is longer, but the figures stay.
func compare(ctx context.Context, o options, p plan) error {
	y, err := newWorkspace(o)
	if err != nil {
		return err
	}
	defer y.close()
	var results []result
	for _, c := range p.contenders {
		if !o.wants(c.name) {
			continue
		}
		fmt.Printf("   %s\n", c.name)
		r, err := y.measure(ctx, c, p)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		results = append(results, r)
	}
	printResults(results)
	for _, r := range results {
		if r.spread[1] != 0 {
			fmt.Printf("   %s: half of the %d differences lie between %.1f and %.1f µs\n", r.name, burstPairs, micro(r.spread[0]), micro(r.spread[1]))
		}
	}
	fmt.Println("   processor time is the server's alone, less what the same texts cost without subscribers (its own column; at a pace, idle time is in it);")
	fmt.Println("   memory is resident with idle live subscriptions less resident at rest, over their number")
	if slices.ContainsFunc(results, func(r result) bool { return r.name == python.name }) {
		fmt.Println("   FastAPI + motor has a twentieth of the subscribers; its database is not counted")
	}
	fmt.Println("   wanted: single texts at most 1.45 of the bare write and not above centrifuge; bursts of 8 at most 0.6 of the bare write, half of")
	fmt.Println("   centrifuge and a sixth of gqlgen; 12 KiB; with many topics less than gqlgen's and centrifuge's")
	return nil
}

// printResults prints a row for each contender, with ratios to the bare write and to gqlgen.
func printResults(results []result) {
	find := func(name string) (r result) {
		if i := slices.IndexFunc(results, func(r result) bool { return r.name == name }); i >= 0 {
			r = results[i]
		}
		return r
	}
	floor, gqlgen := find(bareWrite.name), find(stock.name)
	var rows []string
	for _, r := range results {
		rows = append(rows, fmt.Sprintf("%s | %d | %.1f | %s | %s | %s | %s | %s | %.1f | %s | %.1f | %d, %d, %d", r.name, r.subscribers,
			micro(r.delivery), ratio(float64(r.delivery), float64(floor.delivery)), ratio(float64(r.delivery), float64(gqlgen.delivery)),
			figure(micro(r.inBursts), 1), ratio(float64(r.inBursts), float64(floor.inBursts)), ratio(float64(r.inBursts), float64(gqlgen.inBursts)),
			r.connection, figure(r.perSecond, 0), micro(r.publishing), r.verdict.Lost, r.verdict.Doubled, r.verdict.Reordered))
	}
	table("server | subscribers | µs a delivery | to bare write | to gqlgen | µs in bursts | to bare write | to gqlgen"+
		" | KiB a connection | deliveries/s | µs a publish | lost, doubled, reordered", rows...)
}

// micro converts d to microseconds.
func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// ratio formats a to b, or "-" if either was not measured.
func ratio(a, b float64) string {
	if a == 0 || b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}

// figure formats a measured figure, or "-" for zero, which was not measured.
func figure(v float64, digits int) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf("%.*f", digits, v)
}

// measure returns the result of one contender, on a fresh server: memory at rest and with idle
// subscriptions, costs, throughput, and the verdict on all deliveries.
func (y *workspace) measure(ctx context.Context, c contender, p plan) (r result, err error) {
	s, err := c.start(ctx, y)
	if err != nil {
		return r, err
	}
	defer s.close()
	many := p.topics > 1
	fewer := max(c.fewer, 1)
	r = result{name: c.name, subscribers: max(1, p.subscribers/fewer)}
	list, err := s.topics(ctx, 2*p.topics)
	if err != nil {
		return r, err
	}
	// The spare topics get no subscribers: publishing to them costs publishing alone.
	topics, spare := list[:p.topics], list[p.topics:]
	if err := y.warm(ctx, c, s, spare); err != nil {
		return r, err
	}
	rest, err := s.Resident()
	if err != nil {
		return r, err
	}
	// If a text wakes every subscriber, publishing to a spare topic is cheap only before there are
	// subscribers.
	var known cost
	if c.wakesAll {
		if known.text, _, err = stretch(ctx, s, nil, spare, oneByOne(p.pace), y.stretch/4); err != nil {
			return r, err
		}
	}
	crowd, err := load.Start(ctx, load.Config{Protocol: c.protocol, Addr: s.Addr, Topics: topics, Size: r.subscribers})
	if err != nil {
		return r, err
	}
	defer crowd.Stop()
	if err := crowd.AwaitLive(ctx, s.publish, 90*time.Second); err != nil {
		return r, err
	}
	if err := load.Pause(ctx, y.settle); err != nil {
		return r, err
	}
	resident, err := s.Resident()
	if err != nil {
		return r, err
	}
	r.connection = float64(resident-rest) / 1024 / float64(r.subscribers)
	// Texts before this one only brought the subscriptions to life.
	from := topics[0].Last() + 1
	if many {
		err = r.differences(ctx, s, crowd, topics, spare)
	} else {
		err = r.costs(ctx, y, s, crowd, [2][]*load.Topic{topics, spare}, p, known)
	}
	if err == nil && !many {
		r.perSecond, err = throughput(ctx, y, s, crowd, topics[0])
	}
	r.verdict = crowd.Verdict(from)
	return r, errors.Join(err, crowd.Err())
}

// warm gives a fresh server some traffic, so that its memory at rest is realistic. It also
// publishes to every spare topic once, because the first text of a topic costs more.
func (y *workspace) warm(ctx context.Context, c contender, s *server, spare []*load.Topic) error {
	crowd, err := load.Start(ctx, load.Config{Protocol: c.protocol, Addr: s.Addr, Topics: spare[:1], Size: 4})
	if err != nil {
		return err
	}
	err = crowd.AwaitLive(ctx, s.publish, 30*time.Second)
	for i := range max(50, len(spare)) {
		err = errors.Join(err, spare[i%len(spare)].Publish(ctx, s.publish, 0))
	}
	crowd.Stop()
	return errors.Join(err, load.Pause(ctx, y.settle))
}

// cost is the processor time of a text without subscribers, and of a delivery.
type cost struct{ text, delivery time.Duration }

// costs measures single texts and, if the plan has them, bursts. topics are those with
// subscribers and those without.
func (r *result) costs(ctx context.Context, y *workspace, s *server, crowd *load.Crowd, topics [2][]*load.Topic, p plan, known cost) error {
	single, err := measureCost(ctx, y, s, crowd, topics, oneByOne(p.pace), known)
	if err != nil {
		return err
	}
	r.publishing, r.delivery = single.text, single.delivery
	if p.burst == 0 {
		return nil
	}
	bursts, err := measureCost(ctx, y, s, crowd, topics, pacing{p.pace, p.burst}, known)
	r.inBursts = bursts.delivery
	return err
}

// measureCost measures the cost of publishing and of a delivery. It returns medians over several
// stretches, because some of them have the pings of all sockets. It measures publishing in turn
// with delivering, on the second topics, unless the cost is known.
func measureCost(ctx context.Context, y *workspace, s *server, crowd *load.Crowd, topics [2][]*load.Topic, how pacing, known cost) (cost, error) {
	const stretches = 5
	var publishing, delivering []time.Duration
	var deliveries float64
	for range stretches {
		if known.text == 0 {
			text, _, err := stretch(ctx, s, nil, topics[1], how, y.stretch/stretches/2)
			if err != nil {
				return known, err
			}
			publishing = append(publishing, text)
		}
		text, to, err := stretch(ctx, s, crowd, topics[0], how, y.stretch/stretches)
		if err != nil {
			return known, err
		}
		delivering, deliveries = append(delivering, text), to
	}
	if known.text == 0 {
		known.text = median(publishing)
	}
	known.delivery = time.Duration(float64(median(delivering)-known.text) / deliveries)
	return known, nil
}

// median sorts list, which must not be empty, and returns its median.
func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// pacing is the rhythm of publishing: texts per second, in bursts of one size.
type pacing struct {
	pace  float64
	burst int
}

// oneByOne is a pacing of single texts.
func oneByOne(pace float64) pacing { return pacing{pace, 1} }

// stretch publishes for d, to topics in turn. It returns the server's processor time per text,
// delivery included, and the number of subscribers of a text. Without a crowd it does not wait for
// deliveries.
func stretch(ctx context.Context, s *server, crowd *load.Crowd, topics []*load.Topic, how pacing, d time.Duration) (text time.Duration, deliveries float64, err error) {
	before, err := s.CPU()
	if err != nil {
		return 0, 0, err
	}
	var had int64
	if crowd != nil {
		had = crowd.Deliveries.Load()
	}
	texts, err := publishAt(ctx, s, crowd, topics, how, d)
	if err != nil {
		return 0, 0, err
	}
	if crowd != nil {
		if err := crowd.AwaitAll(ctx, 30*time.Second); err != nil {
			return 0, 0, err
		}
		deliveries = float64(crowd.Deliveries.Load()-had) / float64(texts)
	}
	after, err := s.CPU()
	return (after - before) / time.Duration(texts), deliveries, err
}

// publishAt publishes bursts one after the other for d. A burst starts when every subscriber has
// received the previous one. Late bursts follow as fast as the server acknowledges them.
func publishAt(ctx context.Context, s *server, crowd *load.Crowd, topics []*load.Topic, how pacing, d time.Duration) (texts int, err error) {
	begin := time.Now()
	for texts == 0 || time.Since(begin) < d {
		topic := topics[texts/how.burst%len(topics)]
		if err := topic.PublishBurst(ctx, s.publish, s.size, how.burst); err != nil {
			return texts, err
		}
		texts += how.burst
		if how.burst > 1 && crowd != nil {
			if err := crowd.AwaitAll(ctx, 30*time.Second); err != nil {
				return texts, err
			}
		}
		if err := load.Pause(ctx, time.Until(begin.Add(time.Duration(float64(texts)/how.pace*float64(time.Second))))); err != nil {
			return texts, err
		}
	}
	return texts, nil
}

// throughput publishes as fast as texts are acknowledged and delivered, with at most inFlightTexts
// on their way, and returns the deliveries per second.
func throughput(ctx context.Context, y *workspace, s *server, crowd *load.Crowd, topic *load.Topic) (float64, error) {
	had := crowd.Deliveries.Load()
	begin := time.Now()
	for texts := int64(0); time.Since(begin) < y.stretch/2; texts++ {
		for texts-(crowd.Deliveries.Load()-had)/int64(crowd.Size()) >= inFlightTexts && time.Since(begin) < y.stretch {
			if err := load.Pause(ctx, 100*time.Microsecond); err != nil {
				return 0, err
			}
		}
		if err := topic.Publish(ctx, s.publish, 0); err != nil {
			return 0, err
		}
	}
	if err := crowd.AwaitAll(ctx, 60*time.Second); err != nil {
		return 0, err
	}
	return float64(crowd.Deliveries.Load()-had) / time.Since(begin).Seconds(), nil
}
