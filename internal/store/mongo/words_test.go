package mongo

import (
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"bis/internal/briefing"
)

// A document of a run has its words in fields of their own. Those of the old server are as before,
// and the text is the old server's. A briefing without words has none of the fields.
func TestAppend_stores_words_in_optional_fields(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	at := p.req.TickAt(1)
	plain := briefing.Briefing{At: at, Caption: "x", Text: "2026-03-01 12:00_x", Source: "template"}
	worded := plain
	worded.Headline, worded.Description, worded.Question = "한 줄", "d", "q"
	worded.Usage = &briefing.Usage{Attempts: 1, InputTokens: 2}
	worded.Made = &briefing.Made{
		Verdict: briefing.VerdictStyleSheet, PromptVersion: "1", LatencyMs: 5, DescribedBy: "m", Refused: []string{"r"},
		Said: []briefing.SaidLine{{Key: "some", Line: "l", BuiltIn: true, Slots: []briefing.SaidSlot{{Name: "n", Text: "t"}}}},
	}
	for i, c := range []struct {
		b    briefing.Briefing
		want []string
	}{
		{plain, []string{"_id", "at", "briefing", "request_id", "source", "tick"}},
		{worded, []string{
			"_id", "at", "briefing", "description", "headline", "made", "question", "request_id", "source", "tick", "usage",
		}},
	} {
		got, err := p.a.Append(t.Context(), briefing.Append{
			RequestID: p.req.ID, Owner: p.req.Owner, Tick: int64(i + 1), Briefing: c.b,
		})
		if err != nil {
			t.Fatal(err)
		}
		id, _ := objectID(got.ID)
		var doc bson.M
		if err := p.a.briefings.FindOne(t.Context(), bson.D{{Key: "_id", Value: id}}).Decode(&doc); err != nil {
			t.Fatal(err)
		}
		var names []string
		for name := range doc {
			names = append(names, name)
		}
		slices.Sort(names)
		if !slices.Equal(names, c.want) || doc["briefing"] != c.b.Text {
			t.Errorf("fields %q, text %q; want %q, %q", names, doc["briefing"], c.want, c.b.Text)
		}
	}
	for _, field := range []string{
		"made.verdict", "made.prompt_version", "made.latency_ms", "made.described_by", "made.said.built_in",
		"made.said.slots.name", "made.refused", "usage.input_tokens",
	} {
		n, err := p.a.briefings.CountDocuments(t.Context(), bson.D{{Key: field, Value: bson.D{{Key: "$exists", Value: true}}}})
		if err != nil || n != 1 {
			t.Errorf("%d documents have %s, %v; want 1", n, field, err)
		}
	}
}

// A document of an old server or of an earlier version has no words.
func TestStore_reads_documents_without_words(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	p.python(p.req.ID)
	list, _, err := p.a.Briefings(t.Context(), p.req.ID, briefing.Slice{Limit: 2})
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	b := list[0]
	if b.Headline != "" || b.Description != "" || b.Question != "" || b.Made != nil || b.Usage != nil {
		t.Errorf("%+v has words", b)
	}
}

// The intent of an append has the words, so another process inserts them.
func TestAppend_another_process_inserts_the_words(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	p.a.test.at = func(step string) error {
		if step == "updated" {
			return briefing.ErrUnavailable
		}
		return nil
	}
	run := briefing.Append{RequestID: p.req.ID, Owner: p.req.Owner, Tick: 1, Briefing: briefing.Briefing{
		At: p.req.TickAt(1), Text: "2026-03-01 12:00_x", Headline: "한 줄", Made: &briefing.Made{Verdict: briefing.VerdictPending},
	}}
	if _, err := p.a.Append(t.Context(), run); err == nil {
		t.Fatal("the append was not interrupted")
	}
	_, err := p.b.EndRequest(t.Context(), briefing.End{ID: p.req.ID, Reason: briefing.EndedByUser, At: p.req.TickAt(2)})
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := p.b.Briefings(t.Context(), p.req.ID, briefing.Slice{Limit: 2})
	if err != nil || len(list) != 1 || list[0].Headline != "한 줄" || list[0].Made.Verdict != briefing.VerdictPending {
		t.Errorf("%+v, %v; want one briefing with its words", list, err)
	}
}

// Expired texts are deleted: by the database, which has an index for it, and by the sweep of a
// process.
func TestSaveRefused_expired_texts_are_deleted(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	for ref, age := range map[string]time.Duration{"old": briefing.RefusedTime + time.Second, "new": 0} {
		err := p.a.SaveRefused(t.Context(), briefing.Refused{
			Ref: ref, Username: "kim", At: p.a.Now().Add(-age), Texts: []briefing.RefusedText{{Text: ref}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	left := func() (refs []string) {
		t.Helper()
		if err := p.a.refused.Distinct(t.Context(), "_id", bson.D{}).Decode(&refs); err != nil {
			t.Fatal(err)
		}
		return refs
	}
	p.sweepAll()
	if got := left(); !slices.Equal(got, []string{"new"}) {
		t.Errorf("left are %q", got)
	}
	indexes, err := p.a.refused.Indexes().ListSpecifications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(indexes, func(i driver.IndexSpecification) bool {
		return i.ExpireAfterSeconds != nil && *i.ExpireAfterSeconds == 0
	}) {
		t.Error("no index lets the database delete expired texts")
	}
}

// sweepAll calls sweepDeleted.
func (p *pair) sweepAll() {
	p.Helper()
	if err := p.b.sweepDeleted(p.Context()); err != nil {
		p.Fatal(err)
	}
}
