package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/store/mongo"
	"bis/internal/store/mongo/mongotest"
	"bis/internal/store/sqlite"
	"bis/internal/transfer"
)

// testStore is a store that can be either side of a transfer, and that a server can run on.
type testStore interface {
	briefing.Store
	transfer.Source
	transfer.Target
}

func folder(t *testing.T) testStore {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Instance: "server", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func database(t *testing.T, name string) testStore {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	st, err := mongo.Open(t.Context(), mongo.Config{URI: mongotest.Shared(t).URI(), Database: name, Zone: zone, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// installation is the whole content of a store, except the owners of requests.
type installation struct {
	Users     []briefing.User
	Requests  []briefing.Request
	Briefings map[briefing.RequestID][]briefing.Briefing
}

func read(t *testing.T, p transfer.Source) installation {
	t.Helper()
	w := installation{Briefings: map[briefing.RequestID][]briefing.Briefing{}}
	var err error
	if w.Users, err = p.UsersAfter(t.Context(), "", 10_000); err != nil {
		t.Fatal(err)
	}
	if w.Requests, err = p.RequestsAfter(t.Context(), "", 10_000); err != nil {
		t.Fatal(err)
	}
	for i := range w.Requests {
		r := &w.Requests[i]
		r.Owner.Instance = ""
		list, more, err := p.Briefings(t.Context(), r.ID, briefing.Slice{Limit: 10_000})
		if err != nil || more {
			t.Fatalf("%v, more: %v", err, more)
		}
		if len(list) > 0 {
			w.Briefings[r.ID] = list
		}
	}
	return w
}

// transferAll transfers everything and returns the report. It checks that the progress is complete.
func transferAll(t *testing.T, from, to testStore) transfer.Report {
	t.Helper()
	users, requests, briefings, err := from.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var told int64
	report, err := transfer.Run(t.Context(), from, to, keys, func(n int64) { told += n })
	if err != nil {
		t.Fatal(err)
	}
	// For requests that are ahead, the progress counts the target's briefings.
	if all := users + requests + briefings; told != all && report.Ahead == 0 {
		t.Errorf("the progress tells %d of %d", told, all)
	}
	return report
}

// fillStore fills a store as a server does: users with and without custom lines, requests with
// every end, and all kinds of briefings.
func fillStore(t *testing.T, st briefing.Store) {
	t.Helper()
	now := st.Now().UTC().Truncate(time.Millisecond)
	for i, name := range []string{"kim", "lee", "박 사장", "nobody"} {
		if _, _, err := st.EnsureUser(t.Context(), name, briefing.DefaultCustom()); err != nil {
			t.Fatal(err)
		}
		if i > 1 {
			if _, err := st.MarkSeen(t.Context(), name, now.Add(time.Duration(-i)*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		if i%2 == 0 {
			if _, err := st.SetCustom(t.Context(), name, []string{"in English", "짧게"}[:i/2]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		user string
		ends time.Duration
		why  briefing.EndReason // empty: still active
		runs int
	}{
		{"kim", time.Minute, briefing.EndedByTime, 3}, {"kim", time.Hour, briefing.EndedByUser, 0}, {"kim", time.Hour, briefing.Replaced, 5},
		{"kim", time.Hour, "", 1_200}, {"lee", time.Hour, "", 0}, {"박 사장", time.Hour, briefing.EndedByUser, 700},
	} {
		end := now.Add(c.ends)
		r, err := st.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
			Username: c.user, Name: now.Format(briefing.NameLayout), Interval: 1, EndTime: "18:30", EndText: "6:30 PM", Key: fmt.Sprint(c.user, c.why),
			CameraID: briefing.DefaultCamera, StartedAt: now, EndsAt: &end,
		}})
		if err != nil {
			t.Fatal(err)
		}
		addBriefings(t, st, r.Request, c.runs)
		if c.why == "" || c.why == briefing.Replaced {
			continue
		}
		if _, err := st.EndRequest(t.Context(), briefing.End{ID: r.Request.ID, Reason: c.why, At: now.Add(45 * time.Second)}); err != nil {
			t.Fatal(err)
		}
	}
}

// addBriefings stores the run of every second tick, and some briefings from outside.
func addBriefings(t *testing.T, st briefing.Store, r briefing.Request, runs int) {
	t.Helper()
	facts := []briefing.Facts{
		{}, {Estimate: true}, {Change: 0.25, Scene: briefing.SceneDark},
		{Counts: []briefing.ObjectCount{{Name: "person", Count: 0}, {Name: "bottle", Count: 5}}, Counted: true, Brightness: 120.5, Detector: "motion"},
		{
			Counts:  []briefing.ObjectCount{{Name: "person", Count: 1, Zone: "z1"}, {Name: "person", Count: 2, Zone: "z2"}},
			Counted: true, Detector: "yolox", Method: briefing.MethodModel, FrameID: "0123456789abcdef0123456789abcdef",
			Boxes:  []briefing.Box{{X0: 0.1, Y0: 0.2, X1: 0.3333, Y1: 1, Name: "person", Score: 0.5, Zone: "z1"}, {Name: "cat"}},
			Health: &briefing.CameraHealth{State: briefing.CameraOK, Since: r.StartedAt},
		},
	}
	for i := range runs {
		caption := fmt.Sprintf("손님 %d명_입니다.", i)
		b := briefing.Briefing{At: r.TickAt(int64(2 * i)), Caption: caption, Text: briefing.Text(r.TickAt(int64(2*i)), time.UTC, caption), Facts: facts[i%len(facts)], Source: "template"}
		b.Unchanged = i%4 == 1
		if i%2 == 0 {
			b.Headline, b.Description, b.Question = fmt.Sprint("손님 ", i), "d", "q"
			b.Made = &briefing.Made{
				Verdict: briefing.VerdictStyleSheet, Model: "gpt", Refused: []string{"a reference"},
				Said: []briefing.SaidLine{{Key: "some", Line: "{people}", Slots: []briefing.SaidSlot{{Name: "people", Text: "1"}}}},
			}
			b.Usage = &briefing.Usage{Attempts: i}
		}
		if i%3 == 0 {
			b.Degraded, b.Source = briefing.ModelUnavailable, "gpt"
		}
		_, err := st.Append(t.Context(), briefing.Append{RequestID: r.ID, Owner: r.Owner, Tick: int64(2*i + 1), Briefing: b})
		if err == nil && i%100 == 50 {
			b.RequestID, b.Source = r.ID, "outside"
			_, err = st.AddBriefing(t.Context(), b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	list, _, err := st.Briefings(t.Context(), r.ID, briefing.Slice{Limit: 2})
	for i, b := range list {
		note := []string{"문 옆에 한 명", ""}[i]
		if err == nil {
			_, _, err = st.ReportBriefing(t.Context(), b.ID, briefing.Mark{Wrong: true, Note: note})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestRun_there_and_back_loses_nothing(t *testing.T) {
	t.Parallel()
	home, away, back := folder(t), database(t, mongotest.Database()), folder(t)
	fillStore(t, home)
	want := read(t, home)
	for _, step := range []struct {
		name     string
		from, to testStore
	}{{"from SQLite to MongoDB", home, away}, {"from MongoDB to SQLite", away, back}} {
		report := transferAll(t, step.from, step.to)
		if diff := cmp.Diff(want, read(t, step.to)); diff != "" {
			t.Errorf("%s (-want +got):\n%.3000s", step.name, diff)
		}
		if n, stored := unchanged(read(t, step.to)); n == 0 || n != stored {
			t.Errorf("%s: %d unchanged ticks, and %d of them are stored", step.name, n, stored)
		}
		if report.Users != 4 || report.Requests != 6 || report.Briefings != int64(briefings(want)) || report.SameName+report.Ended+report.Ahead != 0 {
			t.Errorf("%s: %+v", step.name, report)
		}
	}
	goesOn(t, away, want)
	goesOn(t, back, want)
}

func briefings(w installation) (n int) {
	for _, list := range w.Briefings {
		n += len(list)
	}
	return n
}

// unchanged returns the unchanged ticks that the requests count, and those whose briefings say it.
func unchanged(w installation) (counted, stored int) {
	for _, r := range w.Requests {
		counted += r.Ticks.Unchanged
	}
	for _, list := range w.Briefings {
		for _, b := range list {
			if b.Unchanged && b.Tick > 0 {
				stored++
			}
		}
	}
	return counted, stored
}

// goesOn runs a server on the transferred data: it claims the active requests in a later term,
// appends further ticks, and reads what follows old cursors.
func goesOn(t *testing.T, st briefing.Store, was installation) {
	t.Helper()
	claimed := map[briefing.RequestID]briefing.Request{}
	for {
		list, err := st.Claim(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, r := range list {
			claimed[r.ID] = r
		}
	}
	for _, old := range was.Requests {
		r, ok := claimed[old.ID]
		if ok != old.Active {
			t.Errorf("request of %s: claimed %v, want %v", old.Username, ok, old.Active)
		}
		if !ok {
			continue
		}
		b, err := st.Append(t.Context(), briefing.Append{RequestID: r.ID, Owner: r.Owner, Tick: r.LastTick + 1, Briefing: briefing.Briefing{At: r.TickAt(r.LastTick + 1), Text: "2026-03-01 12:00_x"}})
		if err != nil || r.Owner.Term <= old.Owner.Term {
			t.Errorf("request of %s: %+v, %v", old.Username, r.Owner, err)
		}
		list := was.Briefings[old.ID]
		if len(list) == 0 {
			continue
		}
		_, id, err := briefing.ParseCursor(list[len(list)-2].Cursor)
		if err != nil {
			t.Fatal(err)
		}
		rest, more, err := st.Briefings(t.Context(), old.ID, briefing.Slice{After: id, Limit: 10})
		if err != nil || more || len(rest) != 2 || rest[0].ID != list[len(list)-1].ID || rest[1].ID != b.ID {
			t.Errorf("after the cursor before the last there are %d, %v; want the last and the new one", len(rest), err)
		}
	}
}

// failingTarget fails after a number of writes, even in the middle of a page of briefings.
type failingTarget struct {
	testStore
	left int
}

var errBroken = errors.New("broken off")

func (b *failingTarget) spend() error {
	if b.left--; b.left < 0 {
		return errBroken
	}
	return nil
}

func (b *failingTarget) PutUser(ctx context.Context, u briefing.User) (bool, error) {
	if err := b.spend(); err != nil {
		return false, err
	}
	return b.testStore.PutUser(ctx, u)
}

func (b *failingTarget) PutRequest(ctx context.Context, r briefing.Request) error {
	if err := b.spend(); err != nil {
		return err
	}
	return b.testStore.PutRequest(ctx, r)
}

func (b *failingTarget) PutBriefings(ctx context.Context, list []briefing.Briefing) error {
	if err := b.spend(); err != nil {
		_ = b.testStore.PutBriefings(ctx, list[:len(list)/3])
		return err
	}
	return b.testStore.PutBriefings(ctx, list)
}

func TestRun_goes_on_where_it_was_broken_off(t *testing.T) {
	t.Parallel()
	home := folder(t)
	fillStore(t, home)
	want := read(t, home)
	for name, to := range map[string]testStore{"MongoDB": database(t, mongotest.Database()), "SQLite": folder(t)} {
		t.Run(name, func(t *testing.T) {
			broken := 0
			for writes := 1; ; writes++ {
				_, err := transfer.Run(t.Context(), home, &failingTarget{to, writes}, keys, func(int64) {})
				if err == nil {
					break
				}
				if !errors.Is(err, errBroken) {
					t.Fatal(err)
				}
				broken++
				for _, r := range read(t, to).Requests { // a request comes after its briefings
					if list := read(t, to).Briefings[r.ID]; len(list) != len(want.Briefings[r.ID]) {
						t.Fatalf("after %d writes request %s is there with %d of %d briefings", writes, r.ID, len(list), len(want.Briefings[r.ID]))
					}
				}
			}
			if broken < 10 {
				t.Errorf("broken off %d times only", broken)
			}
			if diff := cmp.Diff(want, read(t, to)); diff != "" {
				t.Errorf("after %d breaks (-want +got):\n%.3000s", broken, diff)
			}
			if report := transferAll(t, home, to); report.Briefings != 0 || report.Ahead != 0 {
				t.Errorf("once more: %+v, want no briefing written", report)
			}
		})
	}
}

func TestRun_stops_when_told_to(t *testing.T) {
	t.Parallel()
	home, to := folder(t), folder(t)
	fillStore(t, home)
	ctx, cancel := context.WithCancel(t.Context())
	told := 0
	_, err := transfer.Run(ctx, home, to, keys, func(int64) {
		if told++; told == 7 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("Run: %v, want canceled", err)
	}
	transferAll(t, home, to)
	if diff := cmp.Diff(read(t, home), read(t, to)); diff != "" {
		t.Errorf("afterwards (-want +got):\n%.3000s", diff)
	}
}

// Requests that a server has continued in the target since an earlier transfer stay.
func TestRun_again_sets_nothing_back(t *testing.T) {
	t.Parallel()
	home, away := folder(t), database(t, mongotest.Database())
	fillStore(t, home)
	transferAll(t, home, away)
	goesOn(t, away, read(t, home))
	want := read(t, away)
	if report := transferAll(t, home, away); report.Ahead != 2 {
		t.Errorf("%+v, want the two active ones to be left as they are", report)
	}
	if diff := cmp.Diff(want, read(t, away)); diff != "" {
		t.Errorf("(-want +got):\n%.3000s", diff)
	}
}
