package mongo

import (
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// A briefing of another request has the id of an intent. Another process finds the intent first, and
// gives it a new id. The writer recognizes its briefing, so it is stored once.
func TestAppend_of_an_intent_that_another_process_renumbers(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*pair) error{
		"a run":        func(p *pair) error { return p.append(p.a, 1) },
		"from outside": func(p *pair) error { return p.add(p.a) },
	} {
		for _, times := range []int{1, 2} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := newPair(t, "")
				oid, _ := objectID(p.req.ID)
				err := p.stopAt("updated", func() error { return write(p) }, func() {
					for range times {
						var doc requestDoc
						err := p.b.requests.FindOne(t.Context(), bson.D{{Key: "_id", Value: oid}}).Decode(&doc)
						if err != nil {
							t.Error(err)
							return
						}
						other := bson.NewObjectID()
						_, err = p.b.briefings.InsertOne(t.Context(), bson.D{{Key: "_id", Value: doc.LastID},
							{Key: "request_id", Value: other}, {Key: "briefing", Value: "2026-03-01 12:00_y"}})
						if err == nil {
							err = p.b.insertBriefing(t.Context(), doc.Intent)
						}
						if err == nil {
							t.Error("the id was not taken")
						}
					}
					if _, err := p.b.readConfirmed(t.Context(), oid); err != nil {
						t.Error(err)
					}
				})
				if err != nil {
					t.Errorf("the writer: %v", err)
				}
				list, _, err := p.b.Briefings(t.Context(), p.req.ID, briefing.Slice{Limit: 9})
				if err != nil || len(list) != 1 {
					t.Errorf("%d briefings are stored, %v", len(list), err)
				}
			})
		}
	}
}

// Two processes choose the same id for two briefings of one request: the one after the last id, which
// is in the future. Both are stored, and neither writer mistakes the other's briefing for its own.
func TestAppend_of_two_processes_with_one_id(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*pair) error{
		"a run":        func(p *pair) error { return p.append(p.a, 1) },
		"from outside": func(p *pair) error { return p.add(p.a) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, "")
			oid, _ := objectID(p.req.ID)
			future := bson.NewObjectIDFromTimestamp(time.Now().Add(time.Hour))
			_, err := p.b.requests.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: oid}},
				bson.D{{Key: "$set", Value: bson.D{{Key: "last_id", Value: future}}}})
			if err != nil {
				t.Fatal(err)
			}
			err = p.stopAt("before update", func() error { return write(p) }, func() {
				if err := p.add(p.b); err != nil {
					t.Error(err)
				}
			})
			if err != nil {
				t.Errorf("the writer: %v", err)
			}
			list, _, err := p.b.Briefings(t.Context(), p.req.ID, briefing.Slice{Limit: 9})
			if err != nil || len(list) != 2 {
				t.Errorf("%d briefings are stored, %v", len(list), err)
			}
		})
	}
}
