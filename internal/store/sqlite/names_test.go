package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// An earlier version stored the composed form of every name as its key. A name that is too long to
// be composed must still be found in such a file.
func TestOpen_finds_long_names_of_the_version_before(t *testing.T) {
	t.Parallel()
	dir, long := t.TempDir(), strings.Repeat("e\u0301", 2_000)
	st := open(t, sqlite.Config{Dir: dir})
	made, _, err := st.EnsureUser(t.Context(), long, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(time.Hour)
	_, err = st.StartRequest(t.Context(), briefing.Start{User: briefing.KnownUser, Request: briefing.Request{
		Username: long, Interval: 5, StartedAt: time.Now(), EndsAt: &ends, CameraID: briefing.DefaultCamera,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "bis.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"users", "requests"} {
		if _, err := db.Exec("UPDATE "+table+" SET name_key = ?", norm.NFC.String(long)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec("PRAGMA user_version = 3"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	st = open(t, sqlite.Config{Dir: dir})
	if u, err := st.User(t.Context(), long); err != nil || u.ID != made.ID {
		t.Errorf("User: %v, %v, want %v", u.ID, err, made.ID)
	}
	if _, err := st.ActiveRequest(t.Context(), long); err != nil {
		t.Errorf("ActiveRequest: %v", err)
	}
}
