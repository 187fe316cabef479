package graph

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"bis/internal/briefing"
)

// executed returns the executor's and Flat's response to a briefing. ok is Flat's.
func executed(t *testing.T, document string, b briefing.Briefing, zone *time.Location) (want string, flat string, ok bool) {
	t.Helper()
	exec := executor.New(NewExecutableSchema(Config{Resolvers: &resolvers{}}))
	exec.AroundOperations(withZone(zone))
	ctx := graphql.StartOperationTrace(t.Context())
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document, Variables: map[string]any{"yes": true}})
	if errs != nil {
		t.Fatalf("%s: %v", document, errs)
	}
	execution := NewExecution[briefing.Briefing](ctx, exec, op)
	body, err := Encode(execution.Execute(&b))
	if err != nil {
		t.Fatal(err)
	}
	write := Flat(zone)(op)
	if write == nil {
		return string(body), "", false
	}
	text, ok := write(&b, nil)
	return string(body), string(text), ok
}

func example(caption string) briefing.Briefing {
	return briefing.Briefing{
		ID: "65f000000000000000000001", RequestID: "65f000000000000000000000", Cursor: "AWXwAAA", At: time.Date(2026, 3, 1, 3, 0, 0, 5e6, time.UTC),
		Caption: caption, Text: "2026-03-01 12:00_" + caption,
		Facts:    briefing.Facts{Counts: []briefing.ObjectCount{{Name: "person", Count: 2}, {Name: "bottle", Count: 0}}},
		Degraded: "MODEL_UNAVAILABLE",
	}
}

func TestFlat_writes_what_the_executor_writes(t *testing.T) {
	t.Parallel()
	seoul := time.FixedZone("KST", 9*60*60)
	fields := []string{
		"id", "cursor", "requestId", "at", "caption", "text", "degraded", "reportedWrong", "unchanged", "headline", "description", "question", "h: headline", "__typename", "counts { name count }", "counts { n: count __typename }",
		"x: caption", "when: at", "... on Briefing { y: text }", "... { z: id }", "...part",
	}
	const part = ` fragment part on Briefing { p: caption q: counts { ...c } } fragment c on ObjectCount { count name }`
	for i := range 300 {
		rand.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
		list := fields[:1+rand.IntN(len(fields))]
		if strings.Contains(strings.Join(list, " "), "{ name count }") && strings.Contains(strings.Join(list, " "), "n: count") {
			continue // the executor merges a name that is selected twice
		}
		document := fmt.Sprintf(`subscription { out: briefings(requestId: "x") { %s } }`, strings.Join(list, " "))
		if strings.Contains(document, "...part") {
			document += part
		}
		b := example("매장 내 손님 \"2\"명\n<b>\u2028\\ \x01 \xff")
		if i%2 == 0 {
			b.Degraded, b.Facts.Counts, b.ReportedWrong = "", nil, true
			b.Headline, b.Description, b.Question = "손님 \"2\"명", "문이 열려 있습니다.\n\xff", "확인해 주세요: 연기\u2028"
		}
		if i%3 == 0 {
			b.Unchanged = true
			b.Facts.Counts = []briefing.ObjectCount{
				{Name: "person", Count: 2, Zone: "a"}, {Name: "cat", Count: 1, Zone: "a"}, {Name: "person", Count: 3, Zone: "b"},
			}
		}
		want, got, ok := executed(t, document, b, seoul)
		if !ok || got != want {
			t.Fatalf("%s\nflat     %s %v\nexecutor %s", document, got, ok, want)
		}
	}
}

// Counts of several zones are summed by class. Without zones the stored list is written as it is.
func TestFlat_counts_by_class(t *testing.T) {
	t.Parallel()
	b := example("x")
	for _, c := range []struct {
		counts []briefing.ObjectCount
		want   string
	}{
		{[]briefing.ObjectCount{{Name: "person", Count: 2, Zone: "a"}, {Name: "person", Count: 3, Zone: "b"}}, `[{"name":"person","count":5}]`},
		{[]briefing.ObjectCount{{Name: "person", Count: 0, Zone: "a"}}, `[{"name":"person","count":0}]`},
		{[]briefing.ObjectCount{{Name: "cat", Count: 1}, {Name: "person", Count: 2}}, `[{"name":"cat","count":1},{"name":"person","count":2}]`},
		{[]briefing.ObjectCount{}, `[]`},
		{nil, `[]`},
	} {
		b.Facts.Counts = c.counts
		want, got, ok := executed(t, `subscription { briefings(requestId: "x") { counts { name count } } }`, b, time.UTC)
		if !ok || got != want || !strings.Contains(got, `"counts":`+c.want+`}`) {
			t.Errorf("%v\nflat     %s %v\nexecutor %s", c.counts, got, ok, want)
		}
	}
}

func TestFlat_leaves_to_the_executor_what_is_not_plain(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		`subscription($yes: Boolean!) { briefings(requestId: "x") { id caption @include(if: $yes) } }`,
		`subscription($yes: Boolean!) { briefings(requestId: "x") @include(if: $yes) { id } }`,
		`subscription($yes: Boolean!) { briefings(requestId: "x") { ... @skip(if: $yes) { id } text } }`,
		`subscription { briefings(requestId: "x") { id id } }`,
		`subscription { briefings(requestId: "x") { counts { name } counts { count } } }`,
		`subscription { ...s } fragment s on Subscription { briefings(requestId: "x") { id } }`,
	} {
		if _, _, ok := executed(t, document, example("x"), time.UTC); ok {
			t.Errorf("%s is written without the executor", document)
		}
	}
	b := example("x")
	b.Cursor = ""
	if want, _, ok := executed(t, `subscription { briefings(requestId: "x") { cursor } }`, b, time.UTC); ok || !strings.Contains(want, "errors") {
		t.Errorf("a briefing without a position: %v %s", ok, want)
	}
}

func BenchmarkFlat(b *testing.B) {
	exec := executor.New(NewExecutableSchema(Config{Resolvers: &resolvers{}}))
	ctx := graphql.StartOperationTrace(context.Background())
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: `subscription { briefings(requestId: "x") { id cursor at caption degraded counts { name count } } }`})
	if errs != nil {
		b.Fatal(errs)
	}
	one := example("매장 내 손님 2명(추정)입니다.")
	b.Run("flat", func(b *testing.B) {
		write := Flat(time.UTC)(op)
		for b.Loop() {
			if _, ok := write(&one, nil); !ok {
				b.Fatal("not flat")
			}
		}
	})
	b.Run("executor", func(b *testing.B) {
		execution := NewExecution[briefing.Briefing](ctx, exec, op)
		for b.Loop() {
			if _, err := Encode(execution.Execute(&one)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
