package load

import (
	"context"
	"math/rand/v2"
	"time"
)

// visitTime is how long a visitor waits for a message.
const visitTime = 10 * time.Second

// Visit connects, subscribes to a topic that has texts, receives one and leaves. It imitates one of
// the usual ways in which clients leave, chosen at random. An error means that an expected answer
// did not come.
func Visit(ctx context.Context, p Protocol, addr string, topic *Topic) error {
	socket, err := Dial(ctx, Dialing{Addr: addr, Path: p.Path(topic.ID), Subprotocol: p.Subprotocol})
	if err != nil {
		return err
	}
	defer socket.Cut()
	if rand.N(10) == 0 { // leaves before it has sent anything
		return nil
	}
	if err := p.greet(socket, topic.ID, ""); err != nil {
		return err
	}
	if rand.N(10) == 0 { // leaves before it has received anything
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

// delivery reads until a delivery arrives.
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
