package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// fuse is a context that ends after its error was read a number of times.
type fuse struct {
	context.Context
	left int
}

func (f *fuse) Err() error {
	if f.left--; f.left < 0 {
		return context.Canceled
	}
	return nil
}

// A deletion that is broken off after any of its transactions continues in another process, and
// then nothing is left.
func TestDeleteUser_can_be_repeated_after_a_crash(t *testing.T) {
	t.Parallel()
	for after := range 6 {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			reopen := func() *sqlite.Store {
				t.Helper()
				s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: "a"})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { s.Close() })
				return s
			}
			s := reopen()
			var ids []briefing.RequestID
			now := time.Now().UTC().Truncate(time.Millisecond)
			for _, n := range []int{2_500, 1_000, 3} {
				ends := now.Add(time.Hour)
				started, err := s.StartRequest(t.Context(), briefing.Start{User: briefing.EnsuredUser, Request: briefing.Request{
					Username: "kim", Interval: 1, StartedAt: now, EndsAt: &ends,
				}})
				if err != nil {
					t.Fatal(err)
				}
				list := make([]briefing.Briefing, n)
				for i := range list {
					list[i] = briefing.Briefing{ID: briefing.BriefingID(fmt.Sprintf("%012x%012x", n, i+1)), RequestID: started.Request.ID, At: now, Text: "x"}
				}
				if err := s.PutBriefings(t.Context(), list); err != nil {
					t.Fatal(err)
				}
				ids = append(ids, started.Request.ID)
			}
			order := briefing.DeleteUser{Username: "kim", At: now}
			first, err := s.DeleteUser(&fuse{Context: t.Context(), left: after}, order)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("the deletion that is broken off: %v", err)
			}
			if _, err := s.ActiveRequest(t.Context(), "kim"); !errors.Is(err, briefing.ErrNotFound) {
				t.Errorf("a request is active: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = reopen()
			second, err := s.DeleteUser(t.Context(), order)
			if err != nil {
				t.Fatal(err)
			}
			if n := first.Briefings + second.Briefings; n != 3_503 || len(first.Requests)+len(second.Requests) != 3 {
				t.Errorf("deleted %d briefings, %d and %d requests", n, len(first.Requests), len(second.Requests))
			}
			if _, err := s.User(t.Context(), "kim"); !errors.Is(err, briefing.ErrNotFound) {
				t.Errorf("User: %v", err)
			}
			users, requests, briefings, err := s.Size(t.Context())
			if err != nil || users+requests+briefings != 0 {
				t.Errorf("left are %d users, %d requests of %v, %d briefings, %v", users, requests, ids, briefings, err)
			}
		})
	}
}

// What was deleted is in none of the files while the server goes on, and what was not deleted stays.
func TestDeleteUser_leaves_no_text_in_the_files(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: "a"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	now := time.Now().UTC().Truncate(time.Millisecond)
	for _, user := range []string{"gone-kim", "stays-lee"} {
		if _, _, err := s.EnsureUser(t.Context(), user, []string{"style of " + user}); err != nil {
			t.Fatal(err)
		}
		for range 3 { // each start replaces the request before
			req, err := s.StartRequest(t.Context(), briefing.Start{User: briefing.KnownUser, Request: briefing.Request{
				Username: user, Interval: 1, StartedAt: now,
			}})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 400 {
				text := fmt.Sprintf("caption %d of %s %s", i, user, strings.Repeat("x", i*10))
				b := briefing.Briefing{RequestID: req.Request.ID, At: now, Caption: text, Text: briefing.Text(now, time.UTC, text)}
				if _, err := s.AddBriefing(t.Context(), b); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	found := func(text string) int { return inFiles(t, dir, text) }
	if found("gone-kim") < 1_200 {
		t.Fatalf("the test finds its texts %d times", found("gone-kim"))
	}
	if _, err := s.DeleteUser(t.Context(), briefing.DeleteUser{Username: "gone-kim", At: now}); err != nil {
		t.Fatal(err)
	}
	if n := found("gone-kim"); n != 0 {
		t.Errorf("deleted texts are in the files %d times", n)
	}
	if n := found("of stays-lee"); n < 1_200 {
		t.Errorf("the other user's texts are in the files %d times", n)
	}
}
