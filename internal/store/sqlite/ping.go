package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"bis/internal/briefing"
)

// Ping implements briefing.Store. It writes before it reads: after a write SQLite reads the pages
// from the file again, so damage is noticed.
func (s *Store) Ping(ctx context.Context) error {
	// SQLite continues to use an open file that was removed, and all its writes would be lost.
	if now, err := os.Stat(filepath.Join(s.cfg.Dir, fileName)); err != nil || !os.SameFile(now, s.file) {
		err = errors.Join(err, briefing.ErrUnavailable)
		return &briefing.NotReadyError{What: "bis.db was removed or replaced while the server runs", Err: err}
	}
	if err := s.probeWrite(ctx); err != nil {
		return err
	}
	return s.readProbe.probe(ctx, s.reads)
}

// probeID is the name and the id of the rows that a probe writes. No real name and no id has this
// character.
const probeID = "\x1fprobe"

// probeText fills two pages of the file, so a disk that is full up to the last page is noticed.
var probeText = strings.Repeat("x", 8_192)

// probeWrite performs each kind of write of the store on rows of its own and undoes it. It then
// commits a count that nothing reads. An append is a settle and a new briefing; the statement touch
// of AddBriefing writes less than settle, so it is left out.
func (s *Store) probeWrite(ctx context.Context) error {
	probe := storedCamera{Camera: briefing.Camera{ID: probeID, Username: probeID}}
	cameraArgs, err := probe.args()
	if err != nil {
		return err
	}
	err = s.writer.do(ctx, func(t *tx) error {
		w := t.w
		for _, step := range []struct {
			what string
			stmt *sql.Stmt
			args []any
		}{
			{"the store", w.probe, nil},
			{"table users", w.addUser, []any{probeID, probeID, "[]", nil, probeID}},
			{"table cameras", w.putCamera, cameraArgs},
			{"table cameras", w.deleteCamera, []any{probeID}},
			{"table requests", w.addRequest, []any{probeID, probeID, "", 1, "", "", "", probeID, 0, nil, "", probeID}},
			{"table users", w.setCustom, []any{`["x"]`, probeID}},
			{"table users", w.markSeen, []any{1, probeID}},
			{"table requests", w.settle, []any{0, 0, 0, 0, 0, probeID, probeID}},
			{"table requests", w.claim, []any{probeID, 2, probeID}},
			{"table requests", w.endRequest, []any{0, probeID, 0, 0, 0, 0, probeID}},
			{"table briefings", w.addBriefing, []any{probeID, probeID, 1, 0, "", probeText, "", "", "", false, "", false, ""}},
			{"table briefings", w.report, []any{true, "x", probeID, probeID}},
			{"the store", w.rollbackProbe, nil},
			{"the store", w.health, nil},
		} {
			// The error rolls the whole transaction back, with the savepoint and the rows in it.
			if _, err := step.stmt.Exec(step.args...); err != nil {
				return errStatement{&probeError{step.what, err}}
			}
		}
		return nil
	})
	var at *probeError
	if errors.As(err, &at) {
		return notReady(at.what, "written", err)
	}
	return notReady("the store", "written", err)
}

// probeError is the error of one step of probeWrite.
type probeError struct {
	what string
	error
}

func (e *probeError) Unwrap() error { return e.error }

// readProbe reads one part of each table, and the next part at the next call, so that repeated
// calls read all of each table.
type readProbe struct {
	mu        sync.Mutex // guards positions; held for one probe
	positions [len(readProbes)]struct{ a, b string }
}

// probeLen is how many rows of a table one probe reads.
const probeLen = 128

// readProbes read rows after a key. Their columns are the two parts of the key and a length. To
// compute the length, SQLite must read the other columns.
var readProbes = [...]struct{ table, query string }{
	{"sqlite_schema", `SELECT name, '', length(sql) FROM sqlite_schema
		WHERE name > ?1 ORDER BY name LIMIT ?3`},
	{"users", `SELECT username, '', length(id) + length(custom) FROM users
		WHERE username > ?1 ORDER BY username LIMIT ?3`},
	{"users", `SELECT name_key, id, 0 FROM users INDEXED BY users_name_key
		WHERE (name_key, id) > (?1, ?2) ORDER BY name_key, id LIMIT ?3`},
	{"cameras", `SELECT id, '', length(name) + length(zones) + length(masks) FROM cameras
		WHERE id > ?1 ORDER BY id LIMIT ?3`},
	{"cameras", `SELECT name_key, id, 0 FROM cameras INDEXED BY cameras_user
		WHERE (name_key, id) > (?1, ?2) ORDER BY name_key, id LIMIT ?3`},
	{"requests", `SELECT id, '', length(username) + length(name) + length(end_text) FROM requests
		WHERE id > ?1 ORDER BY id LIMIT ?3`},
	{"requests", `SELECT name_key, id, 0 FROM requests INDEXED BY requests_user
		WHERE (name_key, id) > (?1, ?2) ORDER BY name_key, id LIMIT ?3`},
	{"requests", `SELECT name_key, camera, 0 FROM requests INDEXED BY requests_active
		WHERE active = 1 AND (name_key, camera) > (?1, ?2) ORDER BY name_key, camera LIMIT ?3`},
	{"requests", `SELECT name_key, key, 0 FROM requests INDEXED BY requests_key
		WHERE key <> '' AND (name_key, key) > (?1, ?2) ORDER BY name_key, key LIMIT ?3`},
	{"briefings", `SELECT request_id, id, length(caption) + length(facts) + length(words) FROM briefings
		WHERE (request_id, id) > (?1, ?2) ORDER BY request_id, id LIMIT ?3`},
	{"briefings", `SELECT id, request_id, 0 FROM briefings INDEXED BY briefings_id
		WHERE (id, request_id) > (?1, ?2) ORDER BY id, request_id LIMIT ?3`},
	{"briefings", `SELECT request_id, at, 0 FROM briefings INDEXED BY briefings_at
		WHERE (request_id, at) > (?1, cast(?2 AS INTEGER)) ORDER BY request_id, at LIMIT ?3`},
	{"sheets", `SELECT style, provider, made_at FROM sheets
		WHERE (style, provider) > (?1, ?2) ORDER BY style, provider LIMIT ?3`},
	{"sheets", `SELECT made_at, style, 0 FROM sheets INDEXED BY sheets_made
		WHERE (made_at, style) > (cast(?1 AS INTEGER), ?2) ORDER BY made_at, style LIMIT ?3`},
	{"refused", `SELECT ref, '', until FROM refused WHERE ref > ?1 ORDER BY ref LIMIT ?3`},
	{"refused", `SELECT name_key, ref, 0 FROM refused INDEXED BY refused_user
		WHERE (name_key, ref) > (?1, ?2) ORDER BY name_key, ref LIMIT ?3`},
	{"refused", `SELECT until, ref, 0 FROM refused INDEXED BY refused_until
		WHERE (until, ref) > (cast(?1 AS INTEGER), ?2) ORDER BY until, ref LIMIT ?3`},
	{"usage_days", `SELECT name_key, date, attempts FROM usage_days
		WHERE (name_key, date) > (?1, ?2) ORDER BY name_key, date LIMIT ?3`},
}

// probe reads the next part of each table. After the last part it starts again with the first.
func (p *readProbe) probe(ctx context.Context, db *sql.DB) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, r := range readProbes {
		at, n := p.positions[i], 0
		rows, err := db.QueryContext(ctx, r.query, at.a, at.b, probeLen)
		if err == nil {
			for ; rows.Next() && err == nil; n++ {
				err = rows.Scan(&at.a, &at.b, new(int64))
			}
			err = errors.Join(err, rows.Err(), rows.Close())
		}
		if err != nil {
			return notReady("table "+r.table, "read", err)
		}
		if n < probeLen { // the end of the table
			at.a, at.b = "", ""
		}
		p.positions[i] = at
	}
	return nil
}

// notReady is the error of a probe: it states in plain words which action fails, and why. It is nil
// if err is nil.
func notReady(what, operation string, err error) error {
	if err == nil {
		return nil
	}
	why := cmp.Or(reason(err), "see the log")
	return &briefing.NotReadyError{
		What: fmt.Sprintf("%s cannot be %s: %s", what, operation, why),
		Err:  translate("ping", err),
	}
}
