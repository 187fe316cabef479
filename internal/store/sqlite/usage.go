package sqlite

import (
	"context"

	"bis/internal/briefing"
)

// scanUsage reads a row with usageColumns.
func scanUsage(row scanner) (briefing.UserUsage, error) {
	var d briefing.UserUsage
	u := &d.Day.Usage
	err := row.Scan(&d.User, &d.Day.Date, &u.Attempts, &u.InputTokens, &u.OutputTokens, &u.Estimated)
	return d, err
}

// AddUsage implements briefing.WordStore.
func (s *Store) AddUsage(ctx context.Context, username, date string, u briefing.Usage) error {
	if err := briefing.CheckUsage(username, date); err != nil || u == (briefing.Usage{}) {
		return err
	}
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec(t.w.addUsage, briefing.NameKey(username), date,
			u.Attempts, u.InputTokens, u.OutputTokens, u.Estimated)
	})
}

// UsageDays implements briefing.WordStore.
func (s *Store) UsageDays(
	ctx context.Context, username, from, to string,
) ([]briefing.UsageDay, error) {
	rows, err := s.stmts.usage.QueryContext(ctx, briefing.NameKey(username), from, to)
	if err != nil {
		return nil, translate("usage", err)
	}
	list, err := collect(rows, func(row scanner) (briefing.UsageDay, error) {
		d, err := scanUsage(row)
		return d.Day, err
	})
	return list, translate("usage", err)
}
