package mongo

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// An append whose answer was lost has stored its briefing, or it has not. The next try counts what
// is stored, even if it brings another report.
func TestAppend_again_counts_the_stored_briefing(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"updated", "inserted"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, "")
			lost := false
			p.a.test.at = func(at string) error {
				if at == step && !lost {
					lost = true
					return briefing.ErrUnavailable
				}
				return nil
			}
			run := briefing.Append{
				RequestID: p.req.ID, Owner: p.req.Owner, Tick: 1,
				Briefing: briefing.Briefing{At: p.req.TickAt(1), Text: "2026-03-01 12:00_x", Unchanged: true},
			}
			if _, err := p.a.Append(t.Context(), run); !errors.Is(err, briefing.ErrUnavailable) {
				t.Fatalf("the first try: %v", err)
			}
			run.Briefing.Unchanged = false
			b, err := p.a.Append(t.Context(), run)
			if err != nil || !b.Unchanged {
				t.Errorf("the second try: unchanged %v, %v; want the stored one", b.Unchanged, err)
			}
			r, err := p.b.Request(t.Context(), p.req.ID)
			if want := (briefing.TickCounts{Done: 1, Unchanged: 1}); err != nil || r.Ticks != want {
				t.Errorf("counts %+v, %v; want %+v", r.Ticks, err, want)
			}
		})
	}
}

// Documents of earlier versions lack the new fields. They read as unchanged nowhere, and an append
// changes no other field of them than it did before.
func TestStore_reads_documents_without_unchanged(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	oid, _ := objectID(p.req.ID)
	at := p.req.TickAt(1)
	_, err := p.a.briefings.InsertOne(t.Context(), bson.D{
		{Key: "_id", Value: bson.NewObjectIDFromTimestamp(at.Add(-time.Hour))}, {Key: "request_id", Value: oid},
		{Key: "briefing", Value: "2026-03-01 12:00_x"}, {Key: "tick", Value: int64(1)}, {Key: "at", Value: at},
		{Key: "facts", Value: bson.D{{Key: "counted", Value: true}, {Key: "detector", Value: "motion"},
			{Key: "counts", Value: bson.A{bson.D{{Key: "name", Value: "person"}, {Key: "count", Value: 3}}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.a.requests.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: oid}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "done", Value: 1}, {Key: "last_tick", Value: int64(1)}}}})
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := p.a.Briefings(t.Context(), p.req.ID, briefing.Slice{Limit: 2})
	if err != nil || len(list) != 1 || list[0].Unchanged {
		t.Fatalf("%+v, %v", list, err)
	}
	want := briefing.Facts{
		Counted: true, Detector: briefing.DetectorMotion,
		Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 3}},
	}
	if diff := cmp.Diff(want, list[0].Facts); diff != "" || list[0].Facts.CountedBy() != briefing.MethodMotion {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	for tick, want := range []briefing.TickCounts{
		{Done: 1}, 2: {Done: 2, Unchanged: 1}, 3: {Done: 3, Unchanged: 1},
	} {
		if tick > 1 {
			if err := p.append(p.a, int64(tick)); err != nil {
				t.Fatal(err)
			}
		}
		if r, err := p.b.Request(t.Context(), p.req.ID); tick != 1 && (err != nil || r.Ticks != want) {
			t.Errorf("after tick %d: %+v, %v; want %+v", tick, r.Ticks, err, want)
		}
	}
}
