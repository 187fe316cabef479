package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A backup is made while the server runs. A server that starts on it has all stored data.
func TestBackup_while_the_server_runs_and_its_restore(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	if err := c.graphql(t.Context(), `mutation { login(username: "kim") { outcome } }`, nil); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "shop.backup")
	if code, said := exits(t, options{data: c.cmd.Dir, args: []string{"backup", file}}); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	if code, said := exits(t, options{data: c.cmd.Dir, args: []string{"backup", file}}); code != 1 || !strings.Contains(said, "exists already") {
		t.Errorf("onto the same file: exit code %d: %s", code, said)
	}
	c.kill()

	data := t.TempDir()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "bis.db"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	hasUser(t, startChild(t, options{data: data}), "kim")
}

// After a clean stop, a copy of bis.db alone is also a backup.
func TestStop_leaves_everything_in_one_file(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	if err := c.graphql(t.Context(), `mutation { login(username: "kim") { outcome } }`, nil); err != nil {
		t.Fatal(err)
	}
	c.stop(t)
	data := t.TempDir()
	b, err := os.ReadFile(filepath.Join(c.cmd.Dir, "bis.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "bis.db"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	hasUser(t, startChild(t, options{data: data}), "kim")
}

func TestBackup_of_MongoDB_says_what_to_use(t *testing.T) {
	t.Parallel()
	code, said := exits(t, options{args: []string{"backup", "x"}, env: []string{"DATABASE_URI=mongodb://127.0.0.1:9/"}})
	if code != 2 || !strings.Contains(said, "mongodump") || !strings.Contains(said, "bis export") || strings.Count(said, "\n") != 1 {
		t.Errorf("exit code %d: %s", code, said)
	}
	if code, said := exits(t, options{args: []string{"backup"}}); code != 2 || !strings.Contains(said, "<file>") {
		t.Errorf("without a file: exit code %d: %s", code, said)
	}
}

// hasUser checks that a server has a user.
func hasUser(t *testing.T, c *child, username string) {
	t.Helper()
	var data struct{ User *struct{ ID string } }
	if err := c.graphql(t.Context(), `{ user(username: "`+username+`") { id } }`, &data); err != nil || data.User == nil {
		t.Errorf("user %s: %+v, %v", username, data.User, err)
	}
}
