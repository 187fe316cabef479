package sqlite_test

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
	"bis/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folders has the folder of each store, for a takeover.
type located struct {
	*sqlite.Store
	dir string
}

// maxSheets is the bound on the sheets of the checked stores.
const maxSheets = 12

func harness() storetest.Harness {
	open := func(t storetest.T, dir, instance string) briefing.Store {
		t.Helper()
		st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: instance, MaxSheets: maxSheets})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		return located{st, dir}
	}
	return storetest.Harness{
		MaxSheets: maxSheets,
		Open: func(t storetest.T, instance string) briefing.Store {
			t.Helper()
			return open(t, t.TempDir(), instance)
		},
		Takeover: func(t storetest.T, st briefing.Store, instance string) briefing.Store {
			t.Helper()
			if err := st.Close(); err != nil {
				t.Fatalf("close: %v", err)
			}
			return open(t, st.(located).dir, instance)
		},
		Old: func(t storetest.T, instance string, o storetest.Old) briefing.Store {
			t.Helper()
			dir := t.TempDir()
			writeOld(t, dir, o)
			return open(t, dir, instance)
		},
	}
}

// writeOld writes a file as the first version did.
func writeOld(t storetest.T, dir string, o storetest.Old) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "bis.db"))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer db.Close()
	script, err := os.ReadFile("migrations/0001_init.sql")
	if err != nil {
		t.Fatalf("%v", err)
	}
	do := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	do(string(script))
	do("PRAGMA user_version = 1")
	for _, u := range o.Users {
		custom, _ := json.Marshal(u.Custom)
		do("INSERT INTO users (id, username, custom) VALUES (?, ?, ?)", u.ID, u.Username, string(custom))
	}
	for _, r := range o.Requests {
		do(`INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?, NULL, NULL, 1, 0, 0, 0, 0, '', '', ?)`, r.ID, r.Username, r.Name, r.Interval, r.EndTime,
			r.EndText, r.CameraID, r.StartedAt.UnixMilli(), r.EndsAt.UnixMilli(), r.Owner.Term)
	}
}

func TestStore(t *testing.T) { storetest.Run(t, harness()) }
