package hostile_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bis/test/hostile"
)

// Bounds for one call: processor time beyond that of an empty call, and memory beyond the call's
// body.
const (
	mostCPU   = 5 * time.Millisecond
	mostBytes = 1 << 20
)

// A cost is the least of several rounds of equal calls. One round suffices for a cost within half of
// the bounds. A cost beyond the bounds is measured again in further rounds, so that a busy machine
// does not fail the test.
const (
	callsPerRound = 5
	rounds        = 3
	moreRounds    = 9
)

// Bounds of the server's memory, in MiB: at the end, and its growth after many documents.
const (
	mostResident = 300
	mostKept     = 64
)

// Bounds of a refusal.
const (
	mostErrors = 20
	mostAnswer = 32 << 10 // bytes
)

// row is a row of the table.
type row struct {
	hostile.Case
	cost    used
	verdict string
	fault   string // empty if the case has no fault
}

// bench measures cases on one server.
type bench struct {
	*server
	reading float64               // bytes that a reading of memory allocates
	base    map[hostile.Door]used // cost of an empty call
	calls   int                   // number of calls so far; makes each document new
}

// TestServer_meets_hostile_documents sends the corpus to a real server. Each call must get its
// verdict, cost at most 5 ms of processor time, and allocate at most 1 MiB more than its body.
func TestServer_meets_hostile_documents(t *testing.T) {
	report(t, "hostile", run(t, hostile.Cases(), true))
}

// TestServer_answers_honest_documents sends the documents of honest clients. The server must answer
// all of them.
func TestServer_answers_honest_documents(t *testing.T) {
	report(t, "honest", run(t, honest(t), false))
}

// TestMain removes the program that the tests have built.
func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// run sends all cases and returns a row for each. It fails the test for each fault.
func run(t *testing.T, cases []hostile.Case, bounded bool) []row {
	t.Helper()
	b := &bench{server: newServer(t), base: map[hostile.Door]used{}}
	b.calibrate(t)
	all := make([]row, 0, len(cases))
	for _, c := range cases {
		r := b.row(t, c, bounded)
		if r.fault != "" {
			t.Errorf("%s: %s", c.Name, r.fault)
		}
		all = append(all, r)
	}
	b.small(t)
	return all
}

// small checks that the server's memory is within its bound after all calls.
func (b *bench) small(t *testing.T) {
	t.Helper()
	if mib, err := b.resident(); err != nil || mib > mostResident {
		t.Errorf("the server has %.0f MiB after all calls, want at most %d: %v", mib, mostResident, err)
	}
}

// TestServer_keeps_little_of_many_documents sends 600 large documents of each kind in Flushers, and
// checks that the server evicts most of them.
func TestServer_keeps_little_of_many_documents(t *testing.T) {
	b := &bench{server: newServer(t), base: map[hostile.Door]used{}}
	before, err := b.resident()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range hostile.Flushers() {
		for n := range 600 {
			if a, err := b.send(c.Door, c.Nth(n)); err != nil || faultOf(c, a) != "" {
				t.Fatalf("%s: %s, %v", c.Name, faultOf(c, a), err)
			}
		}
	}
	after, err := b.resident()
	if err != nil || after-before > mostKept {
		t.Errorf("the server has %.0f MiB after the documents and %.0f before, want at most %d more: %v", after, before, mostKept, err)
	}
	fmt.Printf("kept: %.0f MiB more after %d documents\n", after-before, 600*len(hostile.Flushers()))
}

// TestServer_is_replaced_when_it_does_not_answer checks that the runner reports a dead server and
// continues with another one.
func TestServer_is_replaced_when_it_does_not_answer(t *testing.T) {
	b := &bench{server: newServer(t), base: map[hostile.Door]used{}}
	c := hostile.Case{Name: "empty", Want: hostile.Answered, Call: hostile.Call{Query: "{ __typename }"}}
	b.kill()
	if r := b.row(t, c, true); r.verdict != "none" || r.fault == "" {
		t.Errorf("a dead server has the verdict %s, fault %q", r.verdict, r.fault)
	}
	if r := b.row(t, c, false); r.fault != "" {
		t.Errorf("its successor: %s", r.fault)
	}
}

// calibrate measures the cost of a reading of memory and of an empty call.
func (b *bench) calibrate(t *testing.T) {
	t.Helper()
	b.reading = 1e12
	for range 10 {
		u, err := b.measure(0, func() error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		b.reading = min(b.reading, u.bytes)
	}
	for _, door := range []hostile.Door{hostile.Post, hostile.Get, hostile.Socket, hostile.Stream} {
		c := hostile.Case{Name: "empty", Door: door, Want: hostile.Answered, Call: hostile.Call{Query: "{ __typename }"}}
		r := b.row(t, c, false)
		if r.fault != "" {
			t.Fatalf("an empty call at door %d: %s", door, r.fault)
		}
		b.base[door] = r.cost
	}
}

// row sends a case in several rounds and returns its row. It replaces a server that does not
// answer.
func (b *bench) row(t *testing.T, c hostile.Case, bounded bool) row {
	t.Helper()
	r := row{Case: c, cost: used{cpu: time.Hour, bytes: 1e12}}
	for round := range rounds + moreRounds {
		if bounded && r.cost.within(0.5) || round >= rounds && (!bounded || r.cost.within(1)) {
			break
		}
		u, err := b.round(&r)
		if err != nil {
			r.fault = fmt.Sprintf("no answer within %v, after %v of processor time: %v", patience, b.spent().Round(time.Millisecond), err)
			r.verdict, r.cost = "none", used{cpu: b.spent()}
			b.again(t)
			return r
		}
		r.cost = r.cost.least(u)
	}
	if bounded && !r.cost.within(1) {
		r.fault = cmp.Or(r.fault, fmt.Sprintf("costs %.2f ms and %.2f MiB", r.cost.milliseconds(), r.cost.mebibytes()))
	}
	return r
}

// spent returns the processor time of a server that does not answer, at most twice patience. It
// returns patience if the time cannot be read.
func (b *bench) spent() time.Duration {
	now, err := b.clock()
	if err != nil {
		return patience
	}
	return min(now, 2*patience)
}

// round makes some calls and returns the cost of one call, less the cost of an empty call and the
// bytes of the body.
func (b *bench) round(r *row) (used, error) {
	sent := 0
	u, err := b.measure(b.reading, func() error {
		for range callsPerRound {
			b.calls++
			a, err := b.send(r.Door, r.Nth(b.calls))
			if err != nil {
				return err
			}
			sent = a.sent
			r.verdict = a.verdict
			r.fault = cmp.Or(r.fault, faultOf(r.Case, a))
		}
		return nil
	})
	u = u.over(callsPerRound).less(b.base[r.Door])
	u.bytes = max(0, u.bytes-float64(sent))
	u.cpu = max(0, u.cpu)
	return u, err
}

// within reports whether a cost is at most a share of the bounds.
func (u used) within(share float64) bool {
	return float64(u.cpu) <= share*float64(mostCPU) && u.bytes <= share*mostBytes
}

func (u used) milliseconds() float64 { return u.cpu.Seconds() * 1e3 }

func (u used) mebibytes() float64 { return u.bytes / (1 << 20) }

// faultOf returns the fault of an answer, or "". The verdict must be the wanted one. A refusal must
// be short and must not suggest names of the schema.
func faultOf(c hostile.Case, a answer) string {
	if !allowed(c.Want, a.verdict) {
		return fmt.Sprintf("the verdict is %s, want %s: %.200s", a.verdict, c.Want, a.text)
	}
	if a.verdict == hostile.Answered {
		return ""
	}
	var refusal struct{ Errors []json.RawMessage }
	_ = json.Unmarshal(a.text, &refusal) // a body that is not JSON has no errors
	switch {
	case len(refusal.Errors) > mostErrors:
		return fmt.Sprintf("%d errors in %d bytes, want at most %d", len(refusal.Errors), len(a.text), mostErrors)
	case len(a.text) > mostAnswer:
		return fmt.Sprintf("the refusal has %d bytes, want at most %d", len(a.text), mostAnswer)
	case bytes.Contains(a.text, []byte("Did you mean")):
		return fmt.Sprintf("the refusal tells names of the schema: %.200s", a.text)
	}
	return ""
}

// report prints the table, the most expensive row first, and a summary line.
func report(t *testing.T, kind string, all []row) {
	t.Helper()
	worst, faults := used{}, 0
	for _, r := range all {
		worst = used{max(worst.cpu, r.cost.cpu), max(worst.bytes, r.cost.bytes)}
		if r.fault != "" {
			faults++
		}
	}
	slices.SortStableFunc(all, func(a, b row) int { return cmp.Compare(weight(b), weight(a)) })
	var table strings.Builder
	fmt.Fprintf(&table, "%9s %9s  %-28s %s\n", "CPU ms", "MiB", "verdict", "document")
	for _, r := range all {
		fmt.Fprintf(&table, "%9.2f %9.3f  %-28s %s\n", r.cost.milliseconds(), r.cost.mebibytes(), r.verdict, r.Name)
	}
	t.Logf("\n%s", table.String())
	fmt.Printf("%s: %d documents, %d faults, at most %.2f ms of processor time and %.2f MiB each\n",
		kind, len(all), faults, worst.milliseconds(), worst.mebibytes())
}

// weight orders rows by the largest ratio of a cost to its bound.
func weight(r row) float64 {
	return max(float64(r.cost.cpu)/float64(mostCPU), r.cost.bytes/mostBytes)
}
