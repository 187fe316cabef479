package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"
)

// migrations are numbered from 1 in the order of their names; a file's user_version
// is the number of the last one it has seen. A released one is never altered.
//
//go:embed migrations/*.sql
var migrations embed.FS

// steps are what SQL cannot do of a migration: they run after its script, in its transaction.
var steps = map[int]func(ctx context.Context, tx *sql.Tx, now time.Time) error{
	2: fillNameKeys,
}

// migrate brings the file up to date, each migration in a transaction of its own.
func migrate(ctx context.Context, db *sql.DB, now time.Time) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if version > len(names) {
		return fmt.Errorf("the data file was written by a newer version of bis (its schema is %d, this program knows %d): "+
			"start that version, or choose another folder with --data", version, len(names))
	}
	for n := version + 1; n <= len(names); n++ {
		if err := migrateTo(ctx, db, n, names[n-1], now); err != nil {
			return fmt.Errorf("migrate %s: %w", names[n-1], err)
		}
	}
	return nil
}

func migrateTo(ctx context.Context, db *sql.DB, n int, name string, now time.Time) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // has no effect after the commit
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if step := steps[n]; step != nil {
		if err := step(ctx, tx, now); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", n)); err != nil {
		return err
	}
	return tx.Commit()
}
