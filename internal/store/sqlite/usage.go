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

// UsageAfter implements transfer.Source.
func (s *Store) UsageAfter(
	ctx context.Context, after briefing.UserUsage, limit int,
) ([]briefing.UserUsage, error) {
	rows, err := s.reads.QueryContext(ctx, "SELECT "+usageColumns+` FROM usage_days
		WHERE (name_key, date) > (?, ?) ORDER BY name_key, date LIMIT ?`, after.User, after.Day.Date, limit)
	if err != nil {
		return nil, translate("usage", err)
	}
	list, err := collect(rows, scanUsage)
	return list, translate("usage", err)
}

// PutUsage implements transfer.Target, in one transaction.
func (s *Store) PutUsage(
	ctx context.Context, list []briefing.UserUsage,
) (changed int64, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		changed = 0 // the writer may run this again
		for _, d := range list {
			u := d.Day.Usage
			n, err := t.count(t.w.putUsage, briefing.NameKey(d.User), d.Day.Date,
				u.Attempts, u.InputTokens, u.OutputTokens, u.Estimated)
			if err != nil {
				return err
			}
			changed += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}
