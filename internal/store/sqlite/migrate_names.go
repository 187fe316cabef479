package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"bis/internal/briefing"
)

// firstRequestColumns are requestColumns of a file that has seen migration 2 and no later one.
var firstRequestColumns = strings.Replace(requestColumns, " unchanged,", " 0,", 1)

// fillNameKeys sets name_key of users and requests. An earlier version let a user have several
// active requests, under several spellings of the name. All but the newest end as replaced.
func fillNameKeys(ctx context.Context, tx *sql.Tx, now time.Time) error {
	for _, table := range []string{"users", "requests"} {
		if err := fillTable(ctx, tx, table); err != nil {
			return err
		}
	}
	rows, err := tx.QueryContext(ctx,
		"SELECT "+firstRequestColumns+" FROM requests WHERE active = 1 ORDER BY id DESC")
	if err != nil {
		return err
	}
	active, err := collect(rows, scanRequest)
	if err != nil {
		return err
	}
	// The newest request of a name comes first and stays active.
	seen := make(map[string]bool, len(active))
	for _, r := range active {
		key := briefing.NameKey(r.Username)
		if !seen[key] {
			seen[key] = true
			continue
		}
		r = r.Ended(briefing.End{Reason: briefing.Replaced, At: now})
		if _, err := tx.ExecContext(ctx, endRequest, endArgs(r)...); err != nil {
			return err
		}
	}
	return nil
}

// fillTable sets name_key of a table. It updates all rows of a name at once.
func fillTable(ctx context.Context, tx *sql.Tx, table string) error {
	rows, err := tx.QueryContext(ctx, "SELECT DISTINCT username FROM "+table)
	if err != nil {
		return err
	}
	names, err := collect(rows, func(row scanner) (name string, err error) {
		err = row.Scan(&name)
		return name, err
	})
	if err != nil {
		return err
	}
	fill, err := tx.PrepareContext(ctx, "UPDATE "+table+" SET name_key = ? WHERE username = ?")
	if err != nil {
		return err
	}
	defer fill.Close()
	for _, name := range names {
		if _, err := fill.ExecContext(ctx, briefing.NameKey(name), name); err != nil {
			return err
		}
	}
	return nil
}
