package load

import (
	"context"
	"math/rand/v2"
	"time"
)

// visitTime is how long a visitor waits for something.
const visitTime = 10 * time.Second

// Visit comes, subscribes to a topic that has texts, gets one and goes, each time in one of the ways in which clients do. Chance
// decides. An error means that a server that should have answered did not.
func Visit(ctx context.Context, p Protocol, addr string, topic *Topic) error {
	socket, err := Dial(ctx, Dialing{Addr: addr, Path: p.Path(topic.ID), Subprotocol: p.Subprotocol})
	if err != nil {
		return err
	}
	defer socket.Cut()
	if rand.N(10) == 0 { // gone before a word was said
		return nil
	}
	if err := p.greet(socket, topic.ID, ""); err != nil {
		return err
	}
	if rand.N(10) == 0 { // gone before anything came
		return nil
	}
	for range 1 + rand.N(3) {
		if err := socket.delivery(); err != nil {
			return err
		}
		if p.Unsubscribe == "" {
			break
		}
		if err := socket.Send(p.Unsubscribe); err != nil {
			return err
		}
		if err := socket.Send(p.Subscribe(topic.ID, "")); err != nil {
			return err
		}
	}
	if rand.N(2) == 0 {
		socket.Goodbye()
	}
	return nil
}

// delivery reads until one comes.
func (s *Socket) delivery() error {
	for {
		message, err := s.within(visitTime)
		if err != nil {
			return err
		}
		if _, _, found := sequence(message); found {
			return nil
		}
	}
}
