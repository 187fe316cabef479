package sqlite

import (
	"context"

	"bis/internal/briefing"
)

// Briefing implements briefing.BriefingStore, in one query.
func (s *Store) Briefing(
	ctx context.Context, id briefing.BriefingID,
) (briefing.Briefing, string, error) {
	var username string
	b, err := scanBriefing(extendedRow{
		s.stmts.briefing.QueryRowContext(ctx, string(id)), []any{&username},
	})
	if err != nil {
		return briefing.Briefing{}, "", translate("briefing", err)
	}
	return b, username, nil
}

// ReportBriefing implements briefing.BriefingStore.
func (s *Store) ReportBriefing(
	ctx context.Context, id briefing.BriefingID, m briefing.Mark,
) (b briefing.Briefing, changed bool, err error) {
	var stored briefing.Briefing
	err = s.writer.do(ctx, func(t *tx) (err error) {
		stored, err = scanBriefing(t.w.briefing.QueryRow(string(id)))
		if err = t.refusal("briefing", err); err != nil {
			return err
		}
		return t.exec(t.w.report, m.Wrong, m.Note, stored.RequestID, stored.ID)
	})
	if err != nil {
		return briefing.Briefing{}, false, err
	}
	b = stored
	b.ReportedWrong, b.ReportNote = m.Wrong, m.Note
	return b, stored.ReportedWrong != m.Wrong, nil
}
