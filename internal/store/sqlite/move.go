package sqlite

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// MoveEnd implements briefing.RequestStore.
func (s *Store) MoveEnd(ctx context.Context, m briefing.Move) (briefing.Request, error) {
	var moved briefing.Request
	err := s.writer.do(ctx, func(t *tx) error {
		r, err := t.active(m.ID)
		if err != nil {
			return err
		}
		before := r
		at := m.EndsAt.UTC().Truncate(time.Millisecond)
		r.EndsAt, r.EndTime = &at, m.EndTime
		moved = r
		if r.SameEnd(before) && r.EndTime == before.EndTime {
			return nil
		}
		if !r.SameEnd(before) {
			t.publish(briefing.Change{Kind: briefing.RequestMoved, Request: r})
		}
		return t.exec(t.w.moveEnd, toMillis(at), r.EndTime, r.ID)
	})
	if err != nil {
		return briefing.Request{}, err
	}
	return moved, nil
}
