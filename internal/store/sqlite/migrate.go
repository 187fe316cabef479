package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"
)

// migrations are numbered from 1 in the order of their names. user_version of a file is the number
// of the last migration it has seen. A released migration is never altered.
//
//go:embed migrations/*.sql
var migrations embed.FS

// steps are the parts of migrations that SQL cannot express, by number. A step runs after the
// script of its migration, in the same transaction.
var steps = map[int]func(ctx context.Context, tx *sql.Tx, now time.Time) error{
	2: fillNameKeys,
}

// migrate applies the migrations that a file lacks, each in a transaction of its own. It refuses a
// file of a newer version. now is the store's clock.
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
		return fmt.Errorf("the data file was written by a newer version of bis "+
			"(its schema is %d, this program knows %d): "+
			"start that version, or choose another folder with --data", version, len(names))
	}
	for n := version + 1; n <= len(names); n++ {
		if err := migrateTo(ctx, db, n, names[n-1], now); err != nil {
			return fmt.Errorf("migrate %s: %w", names[n-1], err)
		}
	}
	return nil
}

// migrateTo applies migration n, which is the file called name.
func migrateTo(ctx context.Context, db *sql.DB, n int, name string, now time.Time) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if step := steps[n]; step != nil {
		if err := step(ctx, tx, now); err != nil {
			return err
		}
	}
	// The version is also in the transaction, so a migration and its number appear together.
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", n)); err != nil {
		return err
	}
	return tx.Commit()
}
