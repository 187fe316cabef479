package sqlite

import (
	"context"

	"bis/internal/briefing"
)

// SummaryState implements briefing.RequestStore. One query reads everything at one moment.
func (s *Store) SummaryState(
	ctx context.Context, id briefing.RequestID,
) (briefing.SummaryState, error) {
	var state briefing.SummaryState
	var custom string
	row := extendedRow{s.stmts.summaryState.QueryRowContext(ctx, string(id)), []any{&custom, &state.Newest}}
	var err error
	if state.Request, err = scanRequest(row); err == nil {
		state.Custom, err = decodeCustom(custom)
	}
	if err != nil {
		return briefing.SummaryState{}, translate("summary state", err)
	}
	return state, nil
}

// extendedRow is a row with more columns than its reader scans. The further columns are scanned
// into more.
type extendedRow struct {
	scanner
	more []any
}

// Scan scans the reader's columns into dest and the further ones into more.
func (r extendedRow) Scan(dest ...any) error { return r.scanner.Scan(append(dest, r.more...)...) }
