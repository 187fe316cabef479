package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// requestColumns and briefingColumns are in the order in which scanRequest and scanBriefing read
// them.
const (
	requestColumns = `id, username, name, interval, end_time, end_text, camera, key, started_at, ends_at,
		ended_at, end_reason, active, done, skipped, missed, unchanged, last_tick, last_id, owner, term`
	briefingColumns = `request_id, id, tick, at, head, caption, facts, degraded, source, wrong, note, unchanged, words`
	userColumns     = "id, username, custom, seen_at"
	cameraColumns   = `id, username, name, source, credentials, certificate, token_hash, zones, masks, egress,
		keep_frames, keep_days, version, revision, source_version, view_version, state,
		since, reason, words,
		frame_id, frame_width, frame_height, frame_at, report_request, report_term,
		report_tick`
	sheetColumns = "style, provider, model, prompt, made_at, usage, refused, body"
	usageColumns = "name_key, date, attempts, input_tokens, output_tokens, estimated"
)

// Statements that several places use. Names are looked up by their key: the first of several users
// with one key, by id, is the user.
const (
	userByKey    = "SELECT " + userColumns + " FROM users WHERE name_key = ? ORDER BY id LIMIT 1"
	cameraByID   = "SELECT " + cameraColumns + " FROM cameras WHERE id = ?"
	camerasOf    = "SELECT " + cameraColumns + " FROM cameras WHERE name_key = ? ORDER BY id"
	addBriefings = " INTO briefings (" + briefingColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	// Of two briefings with one id, which old files may have, this is always the same one.
	briefingByID = `FROM briefings b JOIN requests r ON r.id = b.request_id
		WHERE b.id = ? ORDER BY b.request_id LIMIT 1`
	// The active request of the camera of the settings, or else the newest active one.
	activeOfUser = "WHERE name_key = ? AND active = 1 ORDER BY camera <> 'default', id DESC LIMIT 1"
	endRequest   = `UPDATE requests SET active = 0, ended_at = ?, end_reason = ?,
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
		{&w.addUser, "INSERT INTO users (" + userColumns + ", name_key) VALUES (?, ?, ?, ?, ?)"},
		{&w.setCustom, `UPDATE users SET custom = ?
			WHERE username = (SELECT username FROM users WHERE name_key = ? ORDER BY id LIMIT 1)
			RETURNING ` + userColumns},
		{&w.markSeen, `UPDATE users SET seen_at = max(coalesce(seen_at, ?1), ?1)
			WHERE username = (SELECT username FROM users WHERE name_key = ?2 ORDER BY id LIMIT 1)
			RETURNING ` + userColumns},
		// Cameras. The last argument of putCamera is name_key.
		{&w.camera, cameraByID},
		{&w.cameras, camerasOf},
		{&w.countCameras, "SELECT count(*) FROM cameras WHERE name_key = ?"},
		{&w.putCamera, "REPLACE INTO cameras (" + cameraColumns + ", name_key) VALUES (" +
			strings.Repeat("?, ", 27) + "?)"},
		{&w.deleteCamera, "DELETE FROM cameras WHERE id = ?"},
		// Requests. The unique index requests_active prevents a second active request of a user and
		// camera.
		{&w.request, from + "WHERE id = ?"},
		{&w.activeRequest, from + "WHERE name_key = ? AND camera = ? AND active = 1"},
		{&w.activeOfUser, from + activeOfUser},
		{&w.keyRequest, from + "WHERE name_key = ? AND key = ? AND key <> '' ORDER BY id DESC LIMIT 1"},
		{&w.newestOf, "SELECT coalesce(max(id), '') FROM requests WHERE name_key = ?"},
		{&w.addRequest, "INSERT INTO requests (" + requestColumns + `, name_key)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, 1, 0, 0, 0, 0, 0, '', ?, 1, ?)`},
		{&w.endRequest, endRequest},
		{&w.moveEnd, "UPDATE requests SET ends_at = ?, end_time = ? WHERE id = ?"},
		{&w.settle, `UPDATE requests SET done = ?, skipped = ?, missed = ?, unchanged = ?, last_tick = ?,
			last_id = ? WHERE id = ?`},
		{&w.claimable, from + "WHERE active = 1 AND owner <> ? ORDER BY id LIMIT ?"},
		{&w.claim, "UPDATE requests SET owner = ?, term = ? WHERE id = ?"},
		// Briefings. settle above belongs to an append, touch to a briefing from outside.
		{&w.addBriefing, "INSERT" + addBriefings},
		{&w.briefing, "SELECT " + qualified("b.", briefingColumns) + " " + briefingByID},
		{&w.report, "UPDATE briefings SET wrong = ?, note = ? WHERE request_id = ? AND id = ?"},
		{&w.idTaken, "SELECT count(*) FROM briefings WHERE id = ?"},
		{&w.touch, "UPDATE requests SET last_id = ? WHERE id = ?"},
		// The parts of a deletion.
		{&w.requestOf, from + "WHERE name_key = ? ORDER BY id LIMIT 1"},
		{&w.deleteBriefings, `DELETE FROM briefings WHERE request_id = ?1 AND id IN
			(SELECT id FROM briefings WHERE request_id = ?1 ORDER BY id LIMIT ?2)`},
		{&w.deleteRequest, "DELETE FROM requests WHERE id = ?"},
		{&w.deleteUsers, "DELETE FROM users WHERE name_key = ?"},
		// What models wrote.
		{&w.putSheet, "REPLACE INTO sheets (" + sheetColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
		{&w.boundSheets, `DELETE FROM sheets WHERE (style, provider, model, prompt) IN (
			SELECT style, provider, model, prompt FROM sheets
			ORDER BY made_at, style, provider, model, prompt
			LIMIT max(0, (SELECT count(*) FROM sheets) - ?))`},
		{&w.putRefused, "REPLACE INTO refused (ref, name_key, until, texts) VALUES (?, ?, ?, ?)"},
		{&w.deleteExpired, "DELETE FROM refused WHERE until <= ?"},
		{&w.deleteRefused, "DELETE FROM refused WHERE name_key = ?"},
		{&w.addUsage, "INSERT INTO usage_days (" + usageColumns + `) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts,
			input_tokens = input_tokens + excluded.input_tokens,
			output_tokens = output_tokens + excluded.output_tokens,
			estimated = max(estimated, excluded.estimated)`},
		{&w.deleteUsage, "DELETE FROM usage_days WHERE name_key = ?"},
		// A probe writes within a savepoint and rolls back to it.
		{&w.probe, "SAVEPOINT probe"},
		{&w.rollbackProbe, "ROLLBACK TO probe"},
	}
}

// readStmts are the statements of the reading connections. prepareReads has their text.
type readStmts struct {
	user, request, activeRequest, latestRequest, requests *sql.Stmt
	activeRequests, latestOfCamera, camera, cameras       *sql.Stmt
	forward, backward, runState, summaryState             *sql.Stmt
	briefing, dayRequests, dayAfter, dayBefore, occupancy *sql.Stmt
	sheet, sheets, refused, usage                         *sql.Stmt
}

// prepareReads prepares the statements of the reading connections. The ends of a stretch are ids:
// the empty string is before every id, and afterAllIDs is after every id.
func prepareReads(ctx context.Context, db *sql.DB) (readStmts, error) {
	var r readStmts
	requests := "SELECT " + requestColumns + " FROM requests "
	briefings := "SELECT " + briefingColumns +
		" FROM briefings WHERE request_id = ? AND id > ? AND id < ? ORDER BY id "
	day := "SELECT " + briefingColumns + " FROM briefings INDEXED BY briefings_at "
	for _, s := range []statement{
		{&r.user, userByKey},
		{&r.request, requests + "WHERE id = ?"},
		{&r.activeRequest, requests + activeOfUser},
		{&r.activeRequests, requests + "WHERE name_key = ? AND active = 1 ORDER BY id DESC"},
		{&r.latestRequest, requests + "WHERE name_key = ? ORDER BY id DESC LIMIT 1"},
		{&r.latestOfCamera, requests + "WHERE name_key = ? AND camera = ? ORDER BY id DESC LIMIT 1"},
		{&r.camera, cameraByID},
		{&r.cameras, camerasOf},
		{&r.requests, requests + "WHERE name_key = ? AND id < ? ORDER BY id DESC LIMIT ?"},
		{&r.briefing, "SELECT " + qualified("b.", briefingColumns) + ", r.username " + briefingByID},
		{&r.forward, briefings + "LIMIT ?"},
		{&r.backward, briefings + "DESC LIMIT ?"},
		{&r.dayRequests, `SELECT r.id FROM requests r WHERE r.name_key = ?1 AND ?2 IN ('', r.camera)
			AND EXISTS (SELECT 1 FROM briefings b INDEXED BY briefings_at
				WHERE b.request_id = r.id AND b.at >= ?3 AND b.at < ?4)`},
		{&r.dayAfter, day + `WHERE request_id = ?1 AND at < ?2 AND (at, id) > (?3, ?4)
			ORDER BY at, id LIMIT ?5`},
		{&r.dayBefore, day + `WHERE request_id = ?1 AND (at, id) <= (?2, ?3)
			ORDER BY at DESC, id DESC LIMIT 1`},
		// The number follows personCount in the stored facts. A cast stops after the digits. Only
		// facts with several zones have personCount twice, and only they are read as JSON.
		{&r.occupancy, `SELECT (b.at - ?3) / ?5, count(*),
			sum(CASE WHEN instr(substr(b.facts, instr(b.facts, ?6) + 1), ?6) = 0
				THEN CAST(substr(b.facts, instr(b.facts, ?6) + length(?6), 10) AS INTEGER)
				ELSE (SELECT sum(c.value ->> 'count') FROM json_each(b.facts, '$.counts') c
					WHERE c.value ->> 'name' = ?8) END)
			FROM requests r CROSS JOIN briefings b INDEXED BY briefings_at ON b.request_id = r.id
			WHERE r.name_key = ?1 AND ?2 IN ('', r.camera) AND b.at >= ?3 AND b.at < ?4
				AND instr(b.facts, ?6) > 0 AND instr(b.facts, ?7) > 0
			GROUP BY 1`},
		{&r.sheet, "SELECT " + sheetColumns + ` FROM sheets
			WHERE style = ? AND provider = ? AND model = ? AND prompt = ?`},
		{&r.sheets, "SELECT " + sheetColumns + ` FROM sheets
			WHERE (style, provider, model, prompt) > (?, ?, ?, ?)
			ORDER BY style, provider, model, prompt LIMIT ?`},
		{&r.refused, "SELECT texts FROM refused WHERE ref = ? AND until > ?"},
		{&r.usage, "SELECT " + usageColumns + ` FROM usage_days
			WHERE name_key = ? AND date BETWEEN ? AND ? ORDER BY date`},
		{&r.runState, `SELECT active, owner, term, ends_at, camera,
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

// qualified returns a list of columns with the name of their table before each.
func qualified(table, columns string) string {
	return table + strings.ReplaceAll(columns, ", ", ", "+table)
}

// afterAllIDs is after every id in the order of texts.
const afterAllIDs = "~"
