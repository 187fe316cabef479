package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// requestColumns and briefingColumns are in the order in which scanRequest and scanBriefing read
// them.
const (
	requestColumns = `id, username, name, interval, end_time, end_text, camera, key, started_at, ends_at,
		ended_at, end_reason, active, done, skipped, missed, last_tick, last_id, owner, term`
	briefingColumns = `request_id, id, tick, at, head, caption, facts, degraded, source`
)

// Statements that several places use. Names are looked up by their key: the first of several users
// with one key, by id, is the user.
const (
	userByKey  = "SELECT id, username, custom FROM users WHERE name_key = ? ORDER BY id LIMIT 1"
	endRequest = `UPDATE requests SET active = 0, ended_at = ?, end_reason = ?,
		done = ?, skipped = ?, missed = ?, last_tick = ? WHERE id = ?`
)

// statement is a statement to prepare, and where to store it.
type statement struct {
	stmt **sql.Stmt
	sql  string
}

// statements are the writer's. It also reads within its transactions.
func (w *writer) statements() []statement {
	from := "SELECT " + requestColumns + " FROM requests "
	return []statement{
		{&w.beginTx, "BEGIN IMMEDIATE"},
		{&w.commitTx, "COMMIT"},
		// Writing a count that nothing reads shows that a commit works.
		{&w.health, "UPDATE health SET checks = checks + 1 WHERE id = 1"},
		// Users.
		{&w.user, userByKey},
		{&w.addUser, "INSERT INTO users (id, username, custom, name_key) VALUES (?, ?, ?, ?)"},
		{&w.setCustom, `UPDATE users SET custom = ?
			WHERE username = (SELECT username FROM users WHERE name_key = ? ORDER BY id LIMIT 1)
			RETURNING id, username, custom`},
		// Requests. The unique index requests_active prevents a second active request of a user.
		{&w.request, from + "WHERE id = ?"},
		{&w.activeRequest, from + "WHERE name_key = ? AND active = 1"},
		{&w.keyRequest, from + "WHERE name_key = ? AND key = ? AND key <> '' ORDER BY id DESC LIMIT 1"},
		{&w.newestOf, "SELECT coalesce(max(id), '') FROM requests WHERE name_key = ?"},
		{&w.addRequest, "INSERT INTO requests (" + requestColumns + `, name_key)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, 1, 0, 0, 0, 0, '', ?, 1, ?)`},
		{&w.endRequest, endRequest},
		{&w.moveEnd, "UPDATE requests SET ends_at = ?, end_time = ? WHERE id = ?"},
		{&w.settle, `UPDATE requests SET done = ?, skipped = ?, missed = ?, last_tick = ?, last_id = ?
			WHERE id = ?`},
		{&w.claimable, from + "WHERE active = 1 AND owner <> ? ORDER BY id LIMIT ?"},
		{&w.claim, "UPDATE requests SET owner = ?, term = ? WHERE id = ?"},
		// Briefings. settle above belongs to an append, touch to a briefing from outside.
		{&w.addBriefing, "INSERT INTO briefings (" + briefingColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
		{&w.touch, "UPDATE requests SET last_id = ? WHERE id = ?"},
		// A probe writes within a savepoint and rolls back to it.
		{&w.probe, "SAVEPOINT probe"},
		{&w.rollbackProbe, "ROLLBACK TO probe"},
	}
}

// readStmts are the statements of the reading connections. prepareReads has their text.
type readStmts struct {
	user, request, activeRequest, latestRequest, requests *sql.Stmt
	forward, backward, runState, summaryState             *sql.Stmt
}

// prepareReads prepares the statements of the reading connections. The ends of a stretch are ids:
// the empty string is before every id, and afterAllIDs is after every id.
func prepareReads(ctx context.Context, db *sql.DB) (readStmts, error) {
	var r readStmts
	requests := "SELECT " + requestColumns + " FROM requests "
	briefings := "SELECT " + briefingColumns +
		" FROM briefings WHERE request_id = ? AND id > ? AND id < ? ORDER BY id "
	for _, s := range []statement{
		{&r.user, userByKey},
		{&r.request, requests + "WHERE id = ?"},
		{&r.activeRequest, requests + "WHERE name_key = ? AND active = 1"},
		{&r.latestRequest, requests + "WHERE name_key = ? ORDER BY id DESC LIMIT 1"},
		{&r.requests, requests + "WHERE name_key = ? AND id < ? ORDER BY id DESC LIMIT ?"},
		{&r.forward, briefings + "LIMIT ?"},
		{&r.backward, briefings + "DESC LIMIT ?"},
		{&r.runState, `SELECT active, owner, term,
			coalesce((SELECT custom FROM users u WHERE u.name_key = r.name_key ORDER BY u.id LIMIT 1), '[]')
			FROM requests r WHERE id = ?`},
		{&r.summaryState, "SELECT " + requestColumns + `,
			coalesce((SELECT custom FROM users u WHERE u.name_key = r.name_key ORDER BY u.id LIMIT 1), '[]'),
			coalesce((SELECT max(b.id) FROM briefings b WHERE b.request_id = r.id), '')
			FROM requests r WHERE id = ?`},
	} {
		stmt, err := db.PrepareContext(ctx, s.sql)
		if err != nil {
			return r, fmt.Errorf("prepare %q: %w", s.sql, err)
		}
		*s.stmt = stmt
	}
	return r, nil
}

// afterAllIDs is after every id in the order of texts.
const afterAllIDs = "~"
