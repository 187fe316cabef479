package sqlite_test

import (
	"fmt"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// dayOf returns a store with 100,000 briefings of one user on one day, and the query for that day.
func dayOf(b *testing.B) (*sqlite.Store, briefing.DayQuery) {
	b.Helper()
	s, err := sqlite.Open(b.Context(), sqlite.Config{Dir: b.TempDir(), Instance: "a"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	ends := from.Add(24 * time.Hour)
	if _, _, err := s.EnsureUser(b.Context(), "kim", nil); err != nil {
		b.Fatal(err)
	}
	started, err := s.StartRequest(b.Context(), briefing.Start{Request: briefing.Request{
		Username: "kim", Interval: 1, StartedAt: from, EndsAt: &ends, CameraID: briefing.DefaultCamera,
	}})
	if err != nil {
		b.Fatal(err)
	}
	var list []briefing.Briefing
	for i := range 100_000 {
		list = append(list, briefingOf(started.Request.ID, from, i))
	}
	if err := s.PutBriefings(b.Context(), list); err != nil {
		b.Fatal(err)
	}
	return s, briefing.DayQuery{Username: "kim", From: from, To: ends}
}

// briefingOf returns one of the briefings of a day, with words in built-in lines.
func briefingOf(request briefing.RequestID, from time.Time, i int) briefing.Briefing {
	at, count := from.Add(time.Duration(i)*864*time.Millisecond), i%7
	caption := fmt.Sprintf("매장 안에 손님이 %d명 있어요.", count)
	return briefing.Briefing{
		ID: briefing.BriefingID(fmt.Sprintf("%024x", i+1)), RequestID: request, At: at,
		Caption: caption, Text: briefing.Text(at, time.UTC, caption), Source: "template",
		Headline: fmt.Sprintf("손님 %d명", count),
		Made: &briefing.Made{Verdict: briefing.VerdictBuiltIn, Said: []briefing.SaidLine{
			{Key: "some", Line: "매장 안에 손님이 {people} 있어요.", Slots: []briefing.SaidSlot{{Name: "people", Text: fmt.Sprintf("%d명", count)}}, BuiltIn: true},
			{Key: "same", Line: "그대로예요.", BuiltIn: true},
		}},
		Facts: briefing.Facts{
			Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: count}}, Counted: true, Estimate: true,
			Change: .25, Brightness: 101.5, Scene: briefing.SceneMoving, Detector: briefing.DetectorMotion,
		},
	}
}

// BenchmarkStore_DayBriefings reads a page from the middle of a day of 100,000 briefings: of 50 and
// of 500 without a filter, and with a filter that matches nothing.
func BenchmarkStore_DayBriefings(b *testing.B) {
	s, q := dayOf(b)
	middle := briefing.DayPosition{At: q.From.Add(12 * time.Hour), ID: "000000000000000000000001"}
	changed := true
	for name, page := range map[string]briefing.DayPage{
		"50":      {Limit: 50, Examine: 2_000, After: middle},
		"500":     {Limit: 500, Examine: 2_000, After: middle},
		"nothing": {Limit: 50, Examine: 2_000, After: middle, Filter: briefing.DayFilter{Text: "강아지", Changed: &changed}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.DayBriefings(b.Context(), q, page); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStore_DayOccupancy counts the people of a day of 100,000 briefings.
func BenchmarkStore_DayOccupancy(b *testing.B) {
	s, q := dayOf(b)
	for b.Loop() {
		if _, err := s.DayOccupancy(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
}
