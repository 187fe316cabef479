package sqlite

import (
	"context"
	"encoding/json"

	"bis/internal/briefing"
)

// sheetArgs are the arguments of putSheet.
func sheetArgs(s briefing.StoredSheet) ([]any, error) {
	usage, err := json.Marshal(s.Usage)
	if err != nil {
		return nil, err
	}
	body := s.Body
	if body == nil { // the driver stores nil as NULL
		body = []byte{}
	}
	k := s.Key
	return []any{
		k.Style, k.Provider, k.Model, k.PromptVersion, toMillis(s.MadeAt), string(usage), s.Refused, body,
	}, nil
}

// scanSheet reads a row with sheetColumns.
func scanSheet(row scanner) (briefing.StoredSheet, error) {
	var s briefing.StoredSheet
	var made int64
	var usage string
	err := row.Scan(&s.Key.Style, &s.Key.Provider, &s.Key.Model, &s.Key.PromptVersion,
		&made, &usage, &s.Refused, &s.Body)
	if err != nil {
		return briefing.StoredSheet{}, err
	}
	s.MadeAt = fromMillis(made)
	return s, json.Unmarshal([]byte(usage), &s.Usage)
}

// SaveSheet implements briefing.WordStore.
func (s *Store) SaveSheet(ctx context.Context, sheet briefing.StoredSheet) error {
	if err := sheet.Check(); err != nil {
		return err
	}
	args, err := sheetArgs(sheet.Stored())
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(t *tx) error {
		if err := t.exec(t.w.putSheet, args...); err != nil {
			return err
		}
		return t.exec(t.w.boundSheets, s.maxSheets)
	})
}

// Sheet implements briefing.WordStore.
func (s *Store) Sheet(
	ctx context.Context, k briefing.SheetKey,
) (briefing.StoredSheet, error) {
	sheet, err := scanSheet(s.stmts.sheet.QueryRowContext(ctx, k.Style, k.Provider, k.Model, k.PromptVersion))
	return sheet, translate("sheet", err)
}

// Sheets implements briefing.WordStore. It reads one row more than the limit, to know whether there
// are more.
func (s *Store) Sheets(
	ctx context.Context, after briefing.SheetKey, limit int,
) ([]briefing.StoredSheet, bool, error) {
	rows, err := s.stmts.sheets.QueryContext(ctx,
		after.Style, after.Provider, after.Model, after.PromptVersion, limit+1)
	if err != nil {
		return nil, false, translate("sheets", err)
	}
	list, err := collect(rows, scanSheet)
	if err != nil {
		return nil, false, translate("sheets", err)
	}
	more := len(list) > limit
	return list[:min(len(list), limit)], more, nil
}
