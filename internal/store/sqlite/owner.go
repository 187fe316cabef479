package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"bis/internal/briefing"
)

// Claim implements briefing.OwnerStore. The lock on the folder is the lease, so this process may
// claim every request at once.
func (s *Store) Claim(ctx context.Context, limit int) ([]briefing.Request, error) {
	// The schedule calls Claim regularly, and only the first calls of a process find anything.
	if s.ownsAll.Load() {
		return nil, nil // this process already owns the requests that were started since
	}
	instance := s.cfg.Instance
	var claimed []briefing.Request
	err := s.writer.do(ctx, func(t *tx) error {
		rows, err := t.w.claimable.Query(instance, limit)
		if err != nil {
			return errStatement{err}
		}
		if claimed, err = collect(rows, scanRequest); err != nil {
			return errStatement{err}
		}
		for i := range claimed {
			r := &claimed[i]
			r.Owner = briefing.Owner{Instance: instance, Term: r.Owner.Term + 1}
			if err := t.exec(t.w.claim, instance, r.Owner.Term, r.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.ownsAll.Store(len(claimed) == 0) // PutRequest clears it again
	return claimed, nil
}

// Release implements briefing.OwnerStore. It only waits for the writes that are queued already.
// Other processes can claim once Close has released the lock.
func (s *Store) Release(ctx context.Context) error {
	return s.writer.do(ctx, func(*tx) error { return nil })
}

// Due implements briefing.OwnerStore. No other process can move an end.
func (s *Store) Due(ctx context.Context) ([]briefing.RequestID, error) {
	if s.writer.isClosed() {
		return nil, fmt.Errorf("store is closed: %w", briefing.ErrUnavailable)
	}
	return nil, ctx.Err()
}

// RunState implements briefing.OwnerStore.
func (s *Store) RunState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error) {
	var state briefing.RunState
	var ends sql.NullInt64
	var custom string
	var camera briefing.CameraID
	err := s.stmts.runState.QueryRowContext(ctx, string(id)).
		Scan(&state.Active, &state.Owner.Instance, &state.Owner.Term, &ends, &camera, &custom)
	if err == nil {
		state.EndsAt = optionalTime(ends)
		state.Custom, err = decodeCustom(custom)
	}
	if err == nil {
		state.Camera, err = s.runCamera(ctx, camera, state.Active)
	}
	if err != nil {
		return briefing.RunState{}, translate("run state", err)
	}
	return state, nil
}
