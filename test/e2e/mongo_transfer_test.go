package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/mongo"
	"bis/internal/store/mongo/mongotest"
	"bis/internal/store/sqlite"
)

// transfers runs a command of the program to its end.
func transfers(t *testing.T, o options) (code int, out, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := command(t, ctx, o)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// TestTransfer follows one request from the embedded store into MongoDB and back. A client that
// watches it resumes everywhere with the same cursor.
func TestTransfer(t *testing.T) {
	t.Parallel()
	mongotest.Need(t)
	env := []string{"DATABASE_URI=" + mongotest.Own(t).URI()}
	home, back := t.TempDir(), t.TempDir()

	c := startChild(t, options{data: home})
	_, next := overSocket(t, c, startDocument("kim"))
	first, second := next(), next()
	if code, _, said := transfers(t, options{data: home, args: []string{"import"}, env: env}); code != 1 || !strings.Contains(said, "in use by another bis process") {
		t.Errorf("import from a folder in use: exit code %d, %s", code, said)
	}
	c.stop(t)

	code, out, said := transfers(t, options{data: home, args: []string{"import"}, env: env})
	if code != 0 || !strings.HasPrefix(out, "copied 1 users, 1 requests, ") || !strings.Contains(said, "copying") || !strings.Contains(said, "100%") {
		t.Fatalf("import: exit code %d, %q, %q", code, out, said)
	}
	c = startChild(t, options{data: t.TempDir(), env: env})
	goesOnAfter(t, c, first, second)
	code, _, said = transfers(t, options{data: back, args: []string{"export"}, env: env})
	if code != 1 || !strings.HasPrefix(said, "bis: another bis process (") || !strings.HasSuffix(said, ") works on this database: stop it first\n") {
		t.Errorf("export beside a running server: exit code %d, %q", code, said)
	}
	c.stop(t)

	code, out, said = transfers(t, options{data: back, args: []string{"export"}, env: env})
	if code != 0 || !strings.HasPrefix(out, "copied 1 users, 1 requests, ") || !strings.Contains(said, "100%") {
		t.Fatalf("export: exit code %d, %q, %q", code, out, said)
	}
	goesOnAfter(t, startChild(t, options{data: back}), first, second)
}

// goesOnAfter resumes with the first briefing's cursor: the second follows, and then new ones.
func goesOnAfter(t *testing.T, c *child, first, second seen) {
	t.Helper()
	_, next := overSocket(t, c, fmt.Sprintf(`subscription { reloadBriefing(username: "kim", after: %q) { cursor caption } }`, first.Cursor))
	if b := next(); b.Cursor != second.Cursor || b.Caption != second.Caption {
		t.Errorf("after the first comes %+v, want %+v", b, second)
	}
	var stored struct {
		User struct {
			ActiveRequest struct {
				Briefings struct{ Edges []struct{ Cursor string } }
			}
		}
	}
	query := `{ user(username: "kim") { activeRequest { briefings(last: 1) { edges { cursor } } } } }`
	if err := c.graphql(t.Context(), query, &stored); err != nil || len(stored.User.ActiveRequest.Briefings.Edges) == 0 {
		t.Fatalf("%+v, %v", stored, err)
	}
	newest := stored.User.ActiveRequest.Briefings.Edges[0].Cursor
	if newest != second.Cursor {
		for next().Cursor != newest { // the stored briefings
		}
	}
	if b := next(); b.Caption == "" { // the new briefings
		t.Errorf("%+v", b)
	}
}

// TestTransfer_broken_off kills an import, and the database during another. The same command
// continues, and in the end everything is there once.
func TestTransfer_broken_off(t *testing.T) {
	t.Parallel()
	mongotest.Need(t)
	const requests, each = 8, 600
	home, database := t.TempDir(), mongotest.Own(t, "--sync-on-commit")
	fill(t, home, requests, each)
	o := options{data: home, args: []string{"import"}, env: []string{"DATABASE_URI=" + database.URI()}}
	if code, said := breakDuring(t, o, func(p *os.Process) { _ = p.Kill() }); code != -1 {
		t.Errorf("the import was over before it was killed: exit code %d, %s", code, said)
	}
	code, said := breakDuring(t, o, func(*os.Process) { database.Kill() })
	if lines := strings.Split(strings.TrimSpace(said), "\n"); code != 1 || !strings.HasPrefix(lines[len(lines)-1], "bis: ") ||
		!strings.HasSuffix(lines[len(lines)-1], "the same command goes on where it stopped") {
		t.Errorf("an import whose database went away: exit code %d, %q", code, said)
	}
	if err := database.Restart(); err != nil {
		t.Fatal(err)
	}
	code, out, said := transfers(t, o)
	if code != 0 || !strings.Contains(out, fmt.Sprintf("copied %d users, %d requests, ", requests, requests)) {
		t.Fatalf("exit code %d, %q, %q", code, out, said)
	}
	st, err := mongo.Open(t.Context(), mongo.Config{URI: database.URI(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if u, r, b, err := st.Size(t.Context()); err != nil || u != requests || r != requests || b != requests*each {
		t.Errorf("%d users, %d requests, %d briefings, %v; want %d, %d, %d", u, r, b, err, requests, requests, requests*each)
	}
}

// fill creates a data folder with a number of requests that have a number of briefings each.
func fill(t *testing.T, dir string, requests, each int) {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: "fill", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	start := time.Now().Add(-time.Hour).UTC().Truncate(time.Millisecond)
	end := start.Add(24 * time.Hour)
	for i := range requests {
		name := fmt.Sprint("user", i)
		if _, _, err := st.EnsureUser(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
		r := briefing.Request{
			ID: briefing.RequestID(briefing.NewID(start)), Username: name, Name: start.Format(briefing.NameLayout), Interval: 1, EndTime: "22:00",
			CameraID: briefing.DefaultCamera, StartedAt: start, EndsAt: &end, Active: true, Ticks: briefing.TickCounts{Done: each}, LastTick: int64(each),
		}
		list := make([]briefing.Briefing, each)
		for n := range list {
			at := r.TickAt(int64(n + 1))
			r.LastID = briefing.BriefingID(briefing.NextID(at, string(r.LastID)))
			list[n] = briefing.Briefing{ID: r.LastID, RequestID: r.ID, Tick: int64(n + 1), At: at, Caption: "x", Text: briefing.Text(at, time.UTC, "x")}
		}
		if err := st.PutRequest(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if err := st.PutBriefings(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
}

// breakDuring starts a copy and calls a function that breaks something, once the progress shows
// that it copies. It returns how the copy ended.
func breakDuring(t *testing.T, o options, something func(*os.Process)) (code int, said string) {
	t.Helper()
	cmd := command(t, t.Context(), o)
	progress, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	part := make([]byte, 256)
	for strings.Count(said, "copying") < 3 {
		n, err := progress.Read(part)
		if err != nil {
			t.Fatalf("the copy ended too soon: %q", said)
		}
		said += string(part[:n])
	}
	something(cmd.Process)
	rest, _ := io.ReadAll(progress) // a killed process breaks it off
	_ = cmd.Wait()                  // the caller checks how it ended
	return cmd.ProcessState.ExitCode(), said + string(rest)
}
