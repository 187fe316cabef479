package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"bis/internal/briefing"
)

// refusedText is the stored form of a briefing.RefusedText. The names stay.
type refusedText struct {
	Key  string `json:"key"`
	Text string `json:"text"`
	Rule string `json:"rule"`
}

// SaveRefused implements briefing.WordStore. It also deletes the texts that have expired.
func (s *Store) SaveRefused(ctx context.Context, r briefing.Refused) error {
	if err := r.Check(); err != nil {
		return err
	}
	r = r.Stored()
	texts := make([]refusedText, len(r.Texts))
	for i, t := range r.Texts {
		texts[i] = refusedText(t)
	}
	body, err := json.Marshal(texts)
	if err != nil {
		return err
	}
	var expired int64
	err = s.writer.do(ctx, func(t *tx) error {
		err := t.exec(t.w.putRefused, r.Ref, briefing.NameKey(r.Username), toMillis(r.Until()), string(body))
		if err != nil {
			return err
		}
		expired, err = t.deleteExpired()
		return err
	})
	if err == nil && expired > 0 {
		s.emptyLog(ctx)
	}
	return err
}

// deleteExpired deletes the refused texts that have expired, and returns of how many references.
func (t *tx) deleteExpired() (int64, error) {
	return t.count(t.w.deleteExpired, toMillis(t.w.cfg.Clock()))
}

// Refused implements briefing.WordStore. A query here costs microseconds, so each reference gets
// its own.
func (s *Store) Refused(
	ctx context.Context, refs []string,
) (map[string][]briefing.RefusedText, error) {
	all := map[string][]briefing.RefusedText{}
	now := toMillis(s.cfg.Clock())
	for _, ref := range refs {
		if _, read := all[ref]; read {
			continue
		}
		var body string
		err := s.stmts.refused.QueryRowContext(ctx, ref, now).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		var texts []refusedText
		if err == nil {
			err = json.Unmarshal([]byte(body), &texts)
		}
		if err != nil {
			return nil, translate("refused texts", err)
		}
		for _, t := range texts {
			all[ref] = append(all[ref], briefing.RefusedText(t))
		}
	}
	return all, nil
}

// expireEvery is how often expired texts are deleted if no others are saved.
const expireEvery = time.Hour

// expireRefused deletes expired texts now and then, until the store is closed.
func (s *Store) expireRefused() {
	ticks := time.NewTicker(expireEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			s.deleteExpired(s.emptying.ctx)
		case <-s.emptying.ctx.Done():
			return
		}
	}
}

// deleteExpired deletes the refused texts that have expired. After a failure the next call does.
func (s *Store) deleteExpired(ctx context.Context) {
	var expired int64
	err := s.writer.do(ctx, func(t *tx) (err error) {
		expired, err = t.deleteExpired()
		return err
	})
	switch {
	case err == nil && expired > 0:
		s.emptyLog(ctx)
	case err != nil && ctx.Err() == nil:
		s.cfg.Log.Warn("refused texts that have expired stay for now", "err", err)
	}
}
