package sqlite

import (
	"context"

	"bis/internal/briefing"
)

// SummaryState implements briefing.RequestStore.
func (s *Store) SummaryState(ctx context.Context, id briefing.RequestID) (briefing.SummaryState, error) {
	var state briefing.SummaryState
	var custom string
	row := longerRow{s.stmts.summaryState.QueryRowContext(ctx, string(id)), []any{&custom, &state.Newest}}
	var err error
	if state.Request, err = scanRequest(row); err == nil {
		state.Custom, err = decodeCustom(custom)
	}
	if err != nil {
		return briefing.SummaryState{}, translate("summary state", err)
	}
	return state, nil
}

// longerRow is a row with more columns than its reader knows of; the rest is scanned into more.
type longerRow struct {
	scanner
	more []any
}

func (r longerRow) Scan(dest ...any) error { return r.scanner.Scan(append(dest, r.more...)...) }
