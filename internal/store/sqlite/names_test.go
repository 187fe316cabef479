package sqlite_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"bis/internal/store/sqlite"
)

// An earlier version stored the composed form of every name as its key. A name that is too long to
// be composed must still be found in such a file.
func TestOpen_finds_long_names_of_the_version_before(t *testing.T) {
	t.Parallel()
	dir, long := t.TempDir(), strings.Repeat("e\u0301", 2_000)
	const id = "0123456789abcdef01234567"
	db, key := writeVersion(t, dir, 3), norm.NFC.String(long)
	_, err := db.Exec("INSERT INTO users (username, id, custom, name_key) VALUES (?, ?, '[]', ?)", long, id, key)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	_, err = db.Exec(`INSERT INTO requests VALUES
		(?, ?, 'x', 5, '18:00', '18:00', 'cam1', '', ?, ?, NULL, NULL, 1, 0, 0, 0, 0, '', '', 0, ?)`,
		id, long, now.UnixMilli(), now.Add(time.Hour).UnixMilli(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	st := open(t, sqlite.Config{Dir: dir})
	if u, err := st.User(t.Context(), long); err != nil || u.ID != id {
		t.Errorf("User: %v, %v, want %v", u.ID, err, id)
	}
	if _, err := st.ActiveRequest(t.Context(), long); err != nil {
		t.Errorf("ActiveRequest: %v", err)
	}
}
