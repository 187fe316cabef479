package mongo

import (
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// A query of a day reads the requests that may have briefings of the day, and no others.
func TestStore_DayBriefings_reads_few_requests(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	if _, _, err := p.a.EnsureUser(t.Context(), "lee", nil); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)
	for days := range 20 {
		started := day.AddDate(0, 0, -days).Add(9 * time.Hour)
		ended := started.Add(8 * time.Hour)
		doc, err := newRequestDoc(briefing.Request{
			ID: briefing.RequestID(briefing.NewID(started)), Username: "lee", Interval: 10, EndTime: "17:00",
			StartedAt: started, EndsAt: &ended,
		})
		if err != nil {
			t.Fatal(err)
		}
		doc.Active, doc.ActiveUser, doc.EndedAt, doc.LastID = false, "", &ended, bson.NewObjectID()
		odd := day.Add(time.Duration(days) * time.Hour)
		switch days {
		case 15: // an odd time of the day
			doc.OddFrom, doc.OddTo = &odd, &odd
		case 16: // odd times around the day
			from, to := day.AddDate(-1, 0, 0), day.AddDate(1, 0, 0)
			doc.OddFrom, doc.OddTo = &from, &to
		case 17: // an odd time of another day
			odd = odd.AddDate(1, 0, 0)
			doc.OddFrom, doc.OddTo = &odd, &odd
		case 18: // of an earlier version
			doc.Regular = false
		case 19: // of an old server
			doc.Regular, doc.StartedAt, doc.LastID = false, nil, bson.ObjectID{}
			doc.Name = started.Format(briefing.NameLayout)
		}
		if _, err := p.a.requests.InsertOne(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
	}
	timed, old, err := p.a.dayRequests(t.Context(), briefing.DayQuery{Username: "lee", From: day, To: day.AddDate(0, 0, 1)})
	if err != nil || len(timed) != 1+3 || len(old) != 1+1 {
		t.Errorf("%d and %d requests of 20, %v; want 4 and 2", len(timed), len(old), err)
	}
}

// A briefing of an old server has no counts. The briefing after it has changed, whether or not a page
// ends between them.
func TestStore_DayBriefings_changed_after_an_old_servers_briefing(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	if _, _, err := p.a.EnsureUser(t.Context(), "kim", nil); err != nil {
		t.Fatal(err)
	}
	oid, _ := objectID(p.req.ID)
	from := p.req.StartedAt.Truncate(time.Minute)
	for i := range 3 {
		at := from.Add(time.Duration(i+1) * time.Minute)
		if i == 1 {
			_, err := p.a.briefings.InsertOne(t.Context(), bson.D{{Key: "request_id", Value: oid},
				{Key: "briefing", Value: briefing.Text(at, p.a.cfg.Zone, "old")}})
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		_, err := p.a.AddBriefing(t.Context(), briefing.Briefing{
			RequestID: p.req.ID, At: at, Text: briefing.Text(at, p.a.cfg.Zone, "new"),
			Facts: briefing.Facts{Counted: true, Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 2}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	changed := true
	for _, limit := range []int{1, 9} {
		page := briefing.DayPage{Limit: limit, Examine: limit + 1, Filter: briefing.DayFilter{Changed: &changed}}
		n := 0
		for more := true; more; {
			list, err := p.b.DayBriefings(t.Context(), briefing.DayQuery{Username: "kim", From: from, To: from.Add(time.Hour)}, page)
			if err != nil {
				t.Fatal(err)
			}
			n, page.After, more = n+len(list.Briefings), list.Last, list.More
		}
		if n != 3 {
			t.Errorf("in pages of %d there are %d changes, want 3", limit, n)
		}
	}
}

// A transferred request has its odd times also if the transfer is repeated, or if it finds the
// request in a later state and leaves it alone.
func TestStore_PutRequest_with_odd_times(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	if _, _, err := p.a.EnsureUser(t.Context(), "kim", nil); err != nil {
		t.Fatal(err)
	}
	started := time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC)
	ended := started.Add(time.Hour)
	r := briefing.Request{
		ID: briefing.RequestID(briefing.NewID(started)), Username: "kim", Interval: 10, EndTime: "10:00", CameraID: briefing.DefaultCamera,
		StartedAt: started, EndsAt: &ended, EndedAt: &ended,
	}
	put := func(n int, at time.Time) {
		t.Helper()
		id := briefing.BriefingID(fmt.Sprintf("%08x%016x", started.Unix(), n))
		if err := p.a.PutBriefings(t.Context(), []briefing.Briefing{{ID: id, RequestID: r.ID, At: at, Text: "x"}}); err != nil {
			t.Fatal(err)
		}
	}
	found := func(at time.Time) int {
		t.Helper()
		q := briefing.DayQuery{Username: "kim", From: at, To: at.Add(time.Minute)}
		list, err := p.b.DayBriefings(t.Context(), q, briefing.DayPage{Limit: 9, Examine: 10})
		if err != nil {
			t.Fatal(err)
		}
		return len(list.Briefings)
	}
	put(1, started)
	put(2, started.AddDate(3, 0, 0))
	for range 2 {
		if err := p.a.PutRequest(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	put(3, started.AddDate(-3, 0, 0))
	for _, years := range []int{0, 3, -3} {
		if n := found(started.AddDate(years, 0, 0)); n != 1 {
			t.Errorf("after %d years: %d briefings", years, n)
		}
	}
}
