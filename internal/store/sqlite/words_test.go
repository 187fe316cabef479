package sqlite_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// Briefings of earlier versions have no words, and later ones of the same request do.
func TestOpen_reads_rows_of_before_words(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, now := writeVersion(t, dir, 10), time.Now().Truncate(time.Millisecond).UTC()
	id, run := briefing.NewID(now), briefing.NewID(now.Add(time.Second))
	for _, row := range [][]any{
		{`INSERT INTO requests (id, username, name, interval, end_time, end_text, camera, key, started_at, ends_at,
			active, done, skipped, missed, last_tick, last_id, owner, term, name_key)
			VALUES (?, 'kim', 'x', 5, '18:00', '18:00', 'default', '', ?, ?, 1, 1, 0, 0, 1, ?, '', 0, 'kim')`,
			id, now.UnixMilli(), now.Add(time.Hour).UnixMilli(), run},
		{`INSERT INTO briefings (request_id, id, tick, at, head, caption, facts, degraded, source)
			VALUES (?, ?, 1, ?, 'h_', 'c', '{"counted":true}', '', 'template')`, id, run, now.UnixMilli()},
	} {
		if _, err := db.Exec(row[0].(string), row[1:]...); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	st := open(t, sqlite.Config{Dir: dir})
	reqs, err := st.Claim(t.Context(), 9)
	if err != nil || len(reqs) != 1 {
		t.Fatalf("%d requests, %v", len(reqs), err)
	}
	next, err := st.Append(t.Context(), briefing.Append{
		RequestID: reqs[0].ID, Owner: reqs[0].Owner, Tick: 2, Briefing: briefing.Briefing{
			At: reqs[0].TickAt(2), Caption: "d", Text: "h_d", Headline: "한 줄",
			Made: &briefing.Made{Verdict: briefing.VerdictPending},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := st.Briefings(t.Context(), reqs[0].ID, briefing.Slice{Limit: 9})
	want := []briefing.Briefing{{
		ID: briefing.BriefingID(run), RequestID: reqs[0].ID, Tick: 1, At: now, Text: "h_c", Caption: "c",
		Cursor: briefing.MakeCursor(reqs[0].ID, briefing.BriefingID(run)), Source: "template",
		Facts: briefing.Facts{Counted: true},
	}, next}
	if diff := cmp.Diff(want, list); err != nil || diff != "" {
		t.Errorf("%v, (-want +got):\n%s", err, diff)
	}
}

// clock is a clock that a test sets.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// Refused texts that have expired are in none of the files after other texts are saved, and after
// the next start.
func TestSaveRefused_expired_texts_are_in_no_file(t *testing.T) {
	t.Parallel()
	for _, restart := range []bool{false, true} {
		dir, c := t.TempDir(), &clock{}
		cfg := sqlite.Config{Dir: dir, Clock: c.now}
		st := open(t, cfg)
		save := func(ref, text string) {
			t.Helper()
			err := st.SaveRefused(t.Context(), briefing.Refused{
				Ref: ref, Username: "kim", At: st.Now(), Texts: []briefing.RefusedText{{Key: "some", Text: text}},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		save("a", "first-refused-text")
		c.advance(briefing.RefusedTime / 2)
		save("b", "second-refused-text")
		c.advance(briefing.RefusedTime/2 + time.Second)
		if restart {
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
			st = open(t, cfg)
		} else {
			save("c", "third-refused-text")
		}
		if n := inFiles(t, dir, "first-refused-text"); n != 0 {
			t.Errorf("restart %v: the expired text is in the files %d times", restart, n)
		}
		if n := inFiles(t, dir, "second-refused-text"); n == 0 {
			t.Errorf("restart %v: the text that has not expired is in no file", restart)
		}
	}
}

// The refused texts of a deleted name are in none of the files, also if nothing else of it was
// there.
func TestDeleteUser_leaves_no_refused_text_in_the_files(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st := open(t, sqlite.Config{Dir: dir})
	err := st.SaveRefused(t.Context(), briefing.Refused{
		Ref: "a", Username: "gone-kim", At: st.Now(), Texts: []briefing.RefusedText{{Text: "a-refused-text"}},
	})
	if err != nil || inFiles(t, dir, "a-refused-text") == 0 {
		t.Fatalf("the text is in no file: %v", err)
	}
	if _, err := st.DeleteUser(t.Context(), briefing.DeleteUser{Username: "gone-kim", At: st.Now()}); err != nil {
		t.Fatal(err)
	}
	if n := inFiles(t, dir, "a-refused-text") + inFiles(t, dir, "gone-kim"); n != 0 {
		t.Errorf("the text and the name are in the files %d times", n)
	}
}
