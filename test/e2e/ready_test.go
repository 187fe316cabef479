package e2e

import (
	"database/sql"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// readyz calls /readyz and returns the status and the sentence.
func readyz(t *testing.T, c *child) (int, string) {
	t.Helper()
	res, err := http.Get(c.url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// The server is not ready while another program locks its tables, and ready afterwards.
func TestReady_says_what_fails(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	if code, said := readyz(t, c); code != http.StatusOK || said != "ready\n" {
		t.Fatalf("at the start: %d %s", code, said)
	}
	db, err := sql.Open("sqlite", "file:"+c.cmd.Dir+"/bis.db?_txlock=immediate&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	want := "the store cannot be written: no answer in time; another program may hold the lock of bis.db\n"
	code, said := readyz(t, c)
	// The server reuses the previous answer for a moment.
	for begin := time.Now(); code == http.StatusOK && time.Since(begin) < patience; {
		code, said = readyz(t, c)
	}
	if code != http.StatusServiceUnavailable || said != want {
		t.Errorf("under a lock: %d %s", code, said)
	}
	o := options{args: []string{"--addr", strings.TrimPrefix(c.url, "http://"), "health"}}
	if code, said := exits(t, o); code != 1 || said != "bis: not ready: "+want {
		t.Errorf("bis health: exit code %d, %q", code, said)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); ; {
		if code, said = readyz(t, c); code == http.StatusOK {
			break
		}
		if time.Since(begin) > patience {
			t.Fatalf("after the lock: %d %s", code, said)
		}
	}
	if _, err := db.Exec("CREATE TRIGGER no BEFORE INSERT ON briefings BEGIN SELECT RAISE(FAIL, 'no'); END"); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); code == http.StatusOK && time.Since(begin) < patience; {
		code, said = readyz(t, c)
	}
	if code != http.StatusServiceUnavailable || said != "table briefings cannot be written: see the log\n" {
		t.Errorf("with a table that refuses: %d %s", code, said)
	}
	if !strings.Contains(c.errs.String(), "not ready") || !strings.Contains(c.errs.String(), "ready again") {
		t.Errorf("the log says %s", c.errs)
	}
}

// A damaged file is refused at the start.
func TestStart_refuses_a_damaged_file(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	if err := c.graphql(t.Context(), `mutation { login(username: "kim") { outcome } }`, nil); err != nil {
		t.Fatal(err)
	}
	c.stop(t)
	path := filepath.Join(c.cmd.Dir, "bis.db")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8192; i < 12_288; i++ {
		b[i] ^= 0xff
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	code, said := exits(t, options{data: c.cmd.Dir})
	if code != 1 || !strings.Contains(said, "bis.db is damaged") || strings.Count(said, "\n") != 1 {
		t.Errorf("exit code %d: %s", code, said)
	}
}
