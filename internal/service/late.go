package service

import (
	"context"
	"errors"
	"fmt"

	"bis/internal/briefing"
)

// late returns err as ErrUnavailable if a deadline of this package caused it: own has ended, and
// the caller still waits. Own is a context under the caller's.
func late(caller, own context.Context, err error) error {
	if caller.Err() == nil && own.Err() != nil && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", briefing.ErrUnavailable, err)
	}
	return err
}
