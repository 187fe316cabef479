package transfer_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
	"bis/internal/transfer"
)

// written is what models wrote and cost.
type written struct {
	Sheets []briefing.StoredSheet
	Usage  []briefing.UserUsage
}

// readWritten reads all sheets and usage days of a store.
func readWritten(t *testing.T, st testStore) (w written) {
	t.Helper()
	var err error
	if w.Sheets, _, err = st.Sheets(t.Context(), briefing.SheetKey{}, 1_000); err != nil {
		t.Fatal(err)
	}
	if w.Usage, err = st.UsageAfter(t.Context(), briefing.UserUsage{}, 10_000); err != nil {
		t.Fatal(err)
	}
	return w
}

// fillWritten stores 45 sheets, refused texts, and the usage of 600 days. One user is not stored.
func fillWritten(t *testing.T, st briefing.Store) {
	t.Helper()
	now := st.Now()
	for i := range 45 {
		err := st.SaveSheet(t.Context(), briefing.StoredSheet{
			Key:  briefing.SheetKey{Style: fmt.Sprint(i % 9), Provider: "p", Model: fmt.Sprint(i / 9), PromptVersion: "1"},
			Body: bytes.Repeat([]byte{byte(i)}, 1_000*i), MadeAt: now.Add(time.Duration(i) * time.Second), Refused: "ref",
			Usage: briefing.Usage{Attempts: i},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := st.SaveRefused(t.Context(), briefing.Refused{Ref: "ref", Username: "kim", At: now, Texts: []briefing.RefusedText{{Text: "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 600 {
		name, date := []string{"kim", "nobody at all"}[i%2], time.Unix(0, 0).UTC().AddDate(0, 0, i).Format(time.DateOnly)
		if err := st.AddUsage(t.Context(), name, date, briefing.Usage{Attempts: 5, InputTokens: i, Estimated: i%3 == 0}); err != nil {
			t.Fatal(err)
		}
	}
}

// Sheets and usage days are copied in both directions. Refused texts are not. A repeated transfer
// writes nothing.
func TestRun_copies_sheets_and_usage(t *testing.T) {
	t.Parallel()
	home, away, back := folder(t), database(t, mongotest.Database()), folder(t)
	fillWritten(t, home)
	want := readWritten(t, home)
	if len(want.Sheets) != 45 || len(want.Usage) != 600 {
		t.Fatalf("%d sheets, %d days", len(want.Sheets), len(want.Usage))
	}
	for _, step := range []struct {
		name     string
		from, to testStore
	}{{"from SQLite to MongoDB", home, away}, {"from MongoDB to SQLite", away, back}} {
		for _, copied := range []transfer.Report{{Sheets: 45, UsageDays: 600}, {}} {
			if report := transferAll(t, step.from, step.to); report != copied {
				t.Errorf("%s: %+v, want %+v", step.name, report, copied)
			}
			if diff := cmp.Diff(want, readWritten(t, step.to)); diff != "" {
				t.Errorf("%s (-want +got):\n%.3000s", step.name, diff)
			}
		}
		if texts, err := step.to.Refused(t.Context(), []string{"ref"}); err != nil || len(texts) != 0 {
			t.Errorf("%s: refused texts %v, %v", step.name, texts, err)
		}
	}
}

// What a server has written in the target since an earlier transfer stays, and what the source has
// written since follows.
func TestRun_again_leaves_newer_sheets_and_greater_usage(t *testing.T) {
	t.Parallel()
	home := folder(t)
	for name, to := range map[string]testStore{"MongoDB": database(t, mongotest.Database()), "SQLite": folder(t)} {
		now := home.Now().UTC().Truncate(time.Millisecond)
		save := func(st testStore, style string, after time.Duration) briefing.StoredSheet {
			t.Helper()
			s := briefing.StoredSheet{
				Key: briefing.SheetKey{Style: name + style}, MadeAt: now.Add(after), Body: []byte(after.String()),
			}
			if err := st.SaveSheet(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		use := func(st testStore, u briefing.Usage) {
			t.Helper()
			if err := st.AddUsage(t.Context(), name, "2026-03-01", u); err != nil {
				t.Fatal(err)
			}
		}
		save(home, "a", 0)
		save(home, "b", 0)
		use(home, briefing.Usage{Attempts: 2, InputTokens: 20})
		transferAll(t, home, to)
		want := written{Sheets: []briefing.StoredSheet{save(to, "a", 2*time.Second), save(home, "b", time.Second)}}
		save(home, "a", time.Second)
		use(to, briefing.Usage{Attempts: 5})                        // 7 and 20
		use(home, briefing.Usage{InputTokens: 30, Estimated: true}) // 2 and 50
		report := transferAll(t, home, to)
		if report.UsageDays != 1 || report.Sheets != 1 {
			t.Errorf("%s: %+v", name, report)
		}
		for _, s := range want.Sheets {
			if got, err := to.Sheet(t.Context(), s.Key); err != nil || string(got.Body) != string(s.Body) {
				t.Errorf("%s: sheet %s is %s, %v; want %s", name, s.Key.Style, got.Body, err, s.Body)
			}
		}
		days, err := to.UsageDays(t.Context(), name, "2026-03-01", "2026-03-01")
		if u := (briefing.Usage{Attempts: 7, InputTokens: 50, Estimated: true}); err != nil || len(days) != 1 || days[0].Usage != u {
			t.Errorf("%s: %+v, %v; want %+v", name, days, err, u)
		}
	}
}
