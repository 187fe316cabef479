package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// openIn opens a store in a folder. The end of the test closes it.
func openIn(t *testing.T, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: "a", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// fill stores a user with a request and its briefings, and returns the request.
func fill(t *testing.T, s *sqlite.Store, user string, briefings int) briefing.RequestID {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	done, err := s.StartRequest(t.Context(), briefing.Start{
		User: briefing.EnsuredUser, Request: briefing.Request{Username: user, Interval: 1, StartedAt: now},
	})
	if err != nil {
		t.Fatal(err)
	}
	for range briefings {
		text := "caption of " + user + strings.Repeat("x", 500)
		b := briefing.Briefing{RequestID: done.Request.ID, At: now, Caption: text, Text: briefing.Text(now, time.UTC, text)}
		if _, err := s.AddBriefing(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	return done.Request.ID
}

// erase deletes a user.
func erase(t *testing.T, s *sqlite.Store, user string) {
	t.Helper()
	if _, err := s.DeleteUser(t.Context(), briefing.DeleteUser{Username: user, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
}

// inFiles counts a text in the files of a folder.
func inFiles(t *testing.T, dir, text string) (n int) {
	t.Helper()
	for _, file := range []string{"bis.db", "bis.db-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(content, []byte(text))
	}
	return n
}

// A deletion empties the log also while many callers read and write.
func TestDeleteUser_empties_the_log_under_load(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openIn(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	var load sync.WaitGroup
	defer load.Wait()
	defer cancel()
	busy := fill(t, s, "busy-lee", 200)
	for range 4 {
		load.Go(func() {
			for ctx.Err() == nil {
				_, _ = s.AddBriefing(ctx, briefing.Briefing{RequestID: busy, Text: strings.Repeat("y", 500)})
			}
		})
		load.Go(func() {
			for ctx.Err() == nil {
				_, _, _ = s.Briefings(ctx, busy, briefing.Slice{Limit: 200})
			}
		})
	}
	for range 3 {
		fill(t, s, "gone-kim", 20)
		erase(t, s, "gone-kim")
		if n := inFiles(t, dir, "gone-kim"); n != 0 {
			t.Errorf("deleted texts are in the files %d times", n)
		}
	}
}

// Another program reads the file during a deletion, so the log stays. It is emptied soon after that
// program has finished, and at the start after a crash.
func TestDeleteUser_empties_the_log_later(t *testing.T) {
	t.Parallel()
	dir, crashed := t.TempDir(), t.TempDir()
	s := openIn(t, dir)
	fill(t, s, "gone-kim", 50)
	other, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "bis.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	reading, err := other.Query("SELECT id FROM briefings")
	if err != nil || !reading.Next() {
		t.Fatal(err, reading)
	}
	defer reading.Close()
	erase(t, s, "gone-kim")
	for _, file := range []string{"bis.db", "bis.db-wal"} { // as kill -9 leaves them
		content, err := os.ReadFile(filepath.Join(dir, file))
		if err == nil {
			err = os.WriteFile(filepath.Join(crashed, file), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := inFiles(t, crashed, "gone-kim"); n < 50 {
		t.Fatalf("the test finds its texts %d times", n)
	}
	openIn(t, crashed)
	if n := inFiles(t, crashed, "gone-kim"); n != 0 {
		t.Errorf("after a crash and a start, deleted texts are in the files %d times", n)
	}
	if err := reading.Close(); err != nil {
		t.Fatal(err)
	}
	await.True(t, "the log is empty", func() bool { return inFiles(t, dir, "gone-kim") == 0 })
}
