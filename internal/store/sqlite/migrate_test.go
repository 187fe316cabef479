package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bis/internal/store/sqlite"
)

// writeVersion makes the data file of an earlier version from the first scripts, without rows, and
// returns it open. Without rows the Go steps of the migrations have nothing to do.
func writeVersion(t *testing.T, dir string, version int) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "bis.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, name := range scripts(t)[:version] {
		script, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(string(script)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if _, err := db.Exec(fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		t.Fatal(err)
	}
	return db
}

// scripts returns the paths of all migrations in their order.
func scripts(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	return names
}

// The number of a migration is its place, so a number that is used twice or left out would shift
// those after it. The files of the released versions keep their numbers.
func TestMigrations_have_one_number_each(t *testing.T) {
	t.Parallel()
	names := scripts(t)
	for i, name := range names {
		var n int
		if _, err := fmt.Sscanf(filepath.Base(name), "%04d_", &n); err != nil || n != i+1 {
			t.Errorf("%s is migration %d", name, i+1)
		}
	}
	for i, want := range []string{
		"0001_init.sql", "0002_name_key.sql", "0003_name_index.sql", "0004_long_names.sql",
	} {
		if got := filepath.Base(names[i]); got != want {
			t.Errorf("migration %d is %s, want %s", i+1, got, want)
		}
	}
}

// A file of each earlier version gets the tables and indexes of a new file.
func TestOpen_brings_a_file_of_each_version_up_to_date(t *testing.T) {
	t.Parallel()
	want := schemaOf(t, t.TempDir())
	for version := 1; version < len(scripts(t)); version++ {
		dir := t.TempDir()
		if err := writeVersion(t, dir, version).Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, schemaOf(t, dir)); diff != "" {
			t.Errorf("a file of version %d: -want +got\n%s", version, diff)
		}
	}
}

// schemaOf opens the store in dir, which must be ready, and returns the SQL of its tables and
// indexes by name.
func schemaOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	st := open(t, sqlite.Config{Dir: dir})
	if err := st.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "bis.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT name, coalesce(sql, '') FROM sqlite_schema")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	schema := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		schema[name] = text
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return schema
}
