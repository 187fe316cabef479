package sqlite

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"bis/internal/briefing"
)

// scanBriefing reads a row with briefingColumns.
func scanBriefing(row scanner) (briefing.Briefing, error) {
	var b briefing.Briefing
	var at int64
	var head, facts, words string
	err := row.Scan(&b.RequestID, &b.ID, &b.Tick, &at, &head, &b.Caption, &facts, &b.Degraded, &b.Source,
		&b.ReportedWrong, &b.ReportNote, &b.Unchanged, &words)
	if err != nil {
		return briefing.Briefing{}, err
	}
	b.At, b.Text = fromMillis(at), head+b.Caption
	b.Caption = b.Text[len(head):] // shares the bytes of Text
	b.Cursor = briefing.MakeCursor(b.RequestID, b.ID)
	if err := readWords(words, &b); err != nil {
		return briefing.Briefing{}, err
	}
	return b, json.Unmarshal([]byte(facts), &b.Facts)
}

// Append implements briefing.BriefingStore. One transaction checks the request, stores the briefing
// and settles the ticks.
func (s *Store) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	b := a.Briefing
	parts, err := marshalParts(&b)
	if err != nil {
		return briefing.Briefing{}, err
	}
	err = s.writer.do(ctx, func(t *tx) error {
		r, err := t.active(a.RequestID)
		switch {
		case err != nil:
			return err
		case r.Owner != a.Owner:
			return briefing.ErrNotOwner
		case a.Tick <= r.LastTick, r.PastEnd(a.Tick):
			return briefing.ErrConflict
		}
		b.Tick = a.Tick
		if err := t.addBriefing(r, &b, parts); err != nil {
			return err
		}
		n := r.Stored(a.Tick, a.Skipped, b.Unchanged)
		return t.exec(t.w.settle, n.Done, n.Skipped, n.Missed, n.Unchanged, a.Tick, b.ID, r.ID)
	})
	if err != nil {
		return briefing.Briefing{}, err
	}
	return b, nil
}

// AddBriefing implements briefing.BriefingStore.
func (s *Store) AddBriefing(ctx context.Context, b briefing.Briefing) (briefing.Briefing, error) {
	parts, err := marshalParts(&b)
	if err != nil {
		return briefing.Briefing{}, err
	}
	b.Tick = 0
	err = s.writer.do(ctx, func(t *tx) error {
		r, err := t.active(b.RequestID)
		if err != nil {
			return err
		}
		if err := t.addBriefing(r, &b, parts); err != nil {
			return err
		}
		return t.exec(t.w.touch, b.ID, r.ID)
	})
	if err != nil {
		return briefing.Briefing{}, err
	}
	return b, nil
}

// addBriefing stores b with an id after the request's last one, and fills in the fields of b that
// the store sets.
//
// The row id is a safe cursor only because SQLite has one writer: a lower id cannot commit after a
// higher one.
func (t *tx) addBriefing(r briefing.Request, b *briefing.Briefing, parts jsonParts) error {
	b.RequestID = r.ID
	id, err := t.newBriefingID(r)
	if err != nil {
		return err
	}
	b.ID = id
	b.Cursor = briefing.MakeCursor(b.RequestID, b.ID)
	b.At = b.At.UTC().Truncate(time.Millisecond)
	// A text ends in its caption. If it does not, the caption is appended to it, so that head and
	// caption can be joined again.
	head, ends := strings.CutSuffix(b.Text, b.Caption)
	if !ends {
		b.Text = head + b.Caption
	}
	b.Caption = b.Text[len(head):] // shares the bytes of Text, because subscribers retain briefings
	err = t.exec(t.w.addBriefing, b.RequestID, b.ID, b.Tick, toMillis(b.At), head, b.Caption,
		parts.facts, string(b.Degraded), b.Source, false, "", b.Unchanged, parts.words)
	b.ReportedWrong, b.ReportNote = false, ""
	t.publish(briefing.Change{Kind: briefing.BriefingStored, Briefing: *b})
	return err
}

// newBriefingID returns an id after the request's last one that no briefing of another request has.
// Ids could meet after the clock went back.
func (t *tx) newBriefingID(r briefing.Request) (briefing.BriefingID, error) {
	for last := string(r.LastID); ; {
		id := briefing.NextID(t.w.cfg.Clock(), last)
		var taken int
		if err := t.w.idTaken.QueryRow(id).Scan(&taken); err != nil {
			return "", errStatement{err}
		}
		if taken == 0 {
			return briefing.BriefingID(id), nil
		}
		last = id
	}
}

// Briefings implements briefing.BriefingStore. It reads one row more than the limit, to know
// whether there are more.
func (s *Store) Briefings(
	ctx context.Context, id briefing.RequestID, p briefing.Slice,
) ([]briefing.Briefing, bool, error) {
	stmt, before := s.stmts.forward, string(p.Before)
	if p.Backward {
		stmt = s.stmts.backward
	}
	if before == "" {
		before = afterAllIDs
	}
	rows, err := stmt.QueryContext(ctx, string(id), string(p.After), before, p.Limit+1)
	if err != nil {
		return nil, false, translate("briefings", err)
	}
	list, err := collect(rows, scanBriefing)
	if err != nil {
		return nil, false, translate("briefings", err)
	}
	more := len(list) > p.Limit
	list = list[:min(len(list), p.Limit)]
	if p.Backward { // read newest first, returned oldest first
		slices.Reverse(list)
	}
	return list, more, nil
}

// CatchUp implements briefing.BriefingStore. A query here costs microseconds, so each position gets
// its own.
func (s *Store) CatchUp(
	ctx context.Context, at []briefing.Position, limit int,
) (map[briefing.RequestID][]briefing.Briefing, error) {
	found := make(map[briefing.RequestID][]briefing.Briefing)
	for _, p := range at {
		list, _, err := s.Briefings(ctx, p.RequestID, briefing.Slice{After: p.After, Limit: limit})
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			found[p.RequestID] = list
		}
	}
	return found, nil
}
