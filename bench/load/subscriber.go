package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Subscriber is one connection with one live subscription.
type Subscriber struct {
	crowd *Crowd
	index int
	topic *Topic
	tally tally

	socket  atomic.Pointer[Socket] // nil while not connected
	stalled atomic.Bool            // it has stopped reading
	away    atomic.Bool            // from CutAll until it has caught up

	once    sync.Once
	ordered chan struct{} // closed when the first attempt to subscribe has ended

	after   []byte // the last cursor; used by run's goroutine only
	attempt int    // attempts since the last delivery; used by run's goroutine only
}

// errRefused is the error of a message that ends the subscription.
var errRefused = errors.New("refused")

// cut breaks the connection if there is one.
func (s *Subscriber) cut() {
	if socket := s.socket.Load(); socket != nil {
		socket.Cut()
	}
}

// run subscribes, again after each break, until ctx ends.
func (s *Subscriber) run(ctx context.Context) {
	defer s.once.Do(func() { close(s.ordered) })
	for first := true; ; first = false {
		if !first {
			s.crowd.Returns.Add(1)
		}
		err := s.session(ctx)
		s.socket.Store(nil)
		switch {
		case ctx.Err() != nil:
			return
		case s.crowd.cfg.Retry == nil || errors.Is(err, errRefused):
			s.crowd.fail(err)
			return
		}
		if Pause(ctx, s.crowd.cfg.Retry(s.attempt)) != nil {
			return
		}
		s.attempt++
	}
}

// session opens a connection, subscribes, and reads until the connection breaks.
func (s *Subscriber) session(ctx context.Context) error {
	socket, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer socket.Cut()
	s.socket.Store(socket)
	s.once.Do(func() { close(s.ordered) })
	if ctx.Err() != nil { // Stop did not see this socket yet
		return ctx.Err()
	}
	for {
		message, err := socket.Next()
		if err != nil {
			return err
		}
		if s.stalled.Load() {
			<-ctx.Done()
			return ctx.Err()
		}
		if err := s.receive(socket, message); err != nil {
			return err
		}
	}
}

// open connects and subscribes.
func (s *Subscriber) open(ctx context.Context) (*Socket, error) {
	c := s.crowd
	select {
	case c.dials <- struct{}{}:
		defer func() { <-c.dials }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	d := Dialing{Addr: c.cfg.Addr, Path: c.cfg.Protocol.Path(s.topic.ID), Subprotocol: c.cfg.Protocol.Subprotocol, Narrow: c.cfg.Narrow}
	if len(c.cfg.From) > 0 {
		d.From = c.cfg.From[s.index%len(c.cfg.From)]
	}
	socket, err := Dial(ctx, d)
	if err != nil {
		return nil, err
	}
	if err := c.cfg.Protocol.greet(socket, s.topic.ID, string(s.after)); err != nil {
		socket.Cut()
		return nil, err
	}
	return socket, nil
}

// greet says hello and subscribes.
func (p *Protocol) greet(socket *Socket, topic, after string) error {
	if p.Hello != "" {
		if err := socket.Send(p.Hello); err != nil {
			return err
		}
		answer, err := socket.within(dialTimeout)
		if err != nil {
			return err
		}
		if !bytes.Contains(answer, []byte(p.Welcome)) {
			return fmt.Errorf("%w: %s", errRefused, answer)
		}
	}
	if p.Subscribe == nil {
		return nil
	}
	return socket.Send(p.Subscribe(topic, after))
}

// receive records the deliveries of a message, or answers it.
func (s *Subscriber) receive(socket *Socket, message []byte) error {
	number, rest, found := sequence(message)
	if !found {
		return s.answer(socket, message)
	}
	now := time.Now()
	for ; found; number, rest, found = sequence(rest) {
		s.tally.record(s.topic, number)
		s.crowd.Deliveries.Add(1)
		if l := s.crowd.latency.Load(); l != nil {
			l.add(now.Sub(s.topic.sentAt(number)))
		}
	}
	if p := &s.crowd.cfg.Protocol; p.hasPing(message) {
		if err := socket.Send(p.Pong); err != nil {
			return err
		}
	}
	s.attempt = 0
	if s.crowd.cfg.Protocol.Resumes {
		s.after = append(s.after[:0], cursor(message)...)
	}
	if s.away.Load() && s.tally.last.Load() >= s.topic.Newest.Load() {
		s.away.Store(false)
		// The last subscriber to return writes last.
		s.crowd.slowest.Store(now.UnixNano() - s.crowd.cutAt.Load())
		s.crowd.back.Add(1)
	}
	return nil
}

// answer handles a message without a delivery.
func (s *Subscriber) answer(socket *Socket, message []byte) error {
	p := &s.crowd.cfg.Protocol
	switch {
	case p.isPing(message):
		return socket.Send(p.Pong)
	case p.isFailure(message):
		return fmt.Errorf("%w: %.300s", errRefused, message)
	}
	return nil
}
