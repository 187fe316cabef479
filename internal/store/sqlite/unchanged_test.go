package sqlite_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// Rows of earlier versions are no repetitions, and their facts read as before. A request of an
// earlier version counts its unchanged ticks from now on.
func TestOpen_reads_rows_of_before_unchanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, now := writeVersion(t, dir, 9), time.Now().Truncate(time.Millisecond).UTC()
	id, run := briefing.NewID(now), briefing.NewID(now.Add(time.Second))
	for _, row := range [][]any{
		{"INSERT INTO users (id, username, custom, name_key) VALUES (?, 'kim', '[]', 'kim')", briefing.NewID(now)},
		{`INSERT INTO requests (id, username, name, interval, end_time, end_text, camera, key, started_at, ends_at,
			active, done, skipped, missed, last_tick, last_id, owner, term, name_key)
			VALUES (?, 'kim', 'x', 5, '18:00', '18:00', 'default', '', ?, ?, 1, 2, 1, 0, 3, ?, '', 0, 'kim')`,
			id, now.UnixMilli(), now.Add(time.Hour).UnixMilli(), run},
		{`INSERT INTO briefings (request_id, id, tick, at, head, caption, facts, degraded, source)
			VALUES (?, ?, 3, ?, 'h_', 'c', ?, '', 'template')`, id, run, now.UnixMilli(),
			`{"counts":[{"name":"person","count":3}],"counted":true,"detector":"motion"}`},
	} {
		if _, err := db.Exec(row[0].(string), row[1:]...); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	st := open(t, sqlite.Config{Dir: dir})
	list, err := st.Claim(t.Context(), 9)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d requests, %v", len(list), err)
	}
	req := list[0]
	if want := (briefing.TickCounts{Done: 2, Skipped: 1}); req.Ticks != want {
		t.Errorf("counts %+v, want %+v", req.Ticks, want)
	}
	b, _, err := st.Briefing(t.Context(), briefing.BriefingID(run))
	want := briefing.Facts{
		Counted: true, Detector: briefing.DetectorMotion,
		Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 3}},
	}
	if diff := cmp.Diff(want, b.Facts); err != nil || b.Unchanged || diff != "" {
		t.Errorf("unchanged %v, %v, facts (-want +got):\n%s", b.Unchanged, err, diff)
	}
	_, err = st.Append(t.Context(), briefing.Append{
		RequestID: req.ID, Owner: req.Owner, Tick: 4, Briefing: briefing.Briefing{At: req.TickAt(4), Unchanged: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	req, err = st.Request(t.Context(), req.ID)
	if want := (briefing.TickCounts{Done: 3, Skipped: 1, Unchanged: 1}); err != nil || req.Ticks != want {
		t.Errorf("counts %+v, %v; want %+v", req.Ticks, err, want)
	}
}
