package transfer

import (
	"context"
	"errors"
	"fmt"

	"bis/internal/briefing"
)

// sheetsLen is how many sheets are read at a time. One may have briefing.MaxSheetBytes.
const sheetsLen = 20

// copySheets copies all sheets, page by page. A sheet of the target that is as new or newer stays.
func (t *transfer) copySheets(ctx context.Context) error {
	for after := (briefing.SheetKey{}); ; {
		list, more, err := t.from.Sheets(ctx, after, sheetsLen)
		if err != nil {
			return err
		}
		for _, s := range list {
			if err := t.copySheet(ctx, s); err != nil {
				return fmt.Errorf("sheet of style %s: %w", s.Key.Style, err)
			}
			after = s.Key
		}
		if !more {
			return nil
		}
	}
}

// copySheet copies a sheet. Its refused texts stay behind, so its reference leads to none.
func (t *transfer) copySheet(ctx context.Context, s briefing.StoredSheet) error {
	existing, err := t.to.Sheet(ctx, s.Key)
	switch {
	case err == nil && !existing.MadeAt.Before(s.MadeAt):
		return nil
	case err != nil && !errors.Is(err, briefing.ErrNotFound):
		return err
	}
	if err := t.to.SaveSheet(ctx, s); err != nil {
		return err
	}
	t.report.Sheets++
	return nil
}

// copyUsage copies all usage days, page by page.
func (t *transfer) copyUsage(ctx context.Context) error {
	for after := (briefing.UserUsage{}); ; {
		list, err := t.from.UsageAfter(ctx, after, pageLen)
		if err != nil || len(list) == 0 {
			return err
		}
		changed, err := t.to.PutUsage(ctx, list)
		if err != nil {
			return err
		}
		t.report.UsageDays += changed
		after = list[len(list)-1]
	}
}
