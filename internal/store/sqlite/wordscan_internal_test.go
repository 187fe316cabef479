package sqlite

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
)

// wordSeeds are words of every kind.
func wordSeeds() []briefing.Briefing {
	said := briefing.SaidLine{
		Key: "some", Line: "매장에 {people} 계세요.", Slots: []briefing.SaidSlot{
			{Name: "people", Text: "두 분이"}, {Name: "is", Text: ""},
		},
	}
	full := briefing.Briefing{
		Headline: "손님 2명", Description: "문이 열려 있어요.", Question: "q",
		Made: &briefing.Made{
			Verdict: briefing.VerdictStyleSheet, Provider: "p", Model: "m", PromptVersion: "1", LatencyMs: 1250,
			Said: []briefing.SaidLine{said, {Key: "unchanged", Line: "그대로예요.", BuiltIn: true}}, DescribedBy: "d",
			Refused: []string{"r1", "r2"},
		},
		Usage: &briefing.Usage{Attempts: 2, InputTokens: 500, OutputTokens: 40, Estimated: true},
	}
	escaped := full
	escaped.Headline = "<&> \" \\ \u2028\n"
	negative := full
	negative.Usage = &briefing.Usage{Attempts: -1, InputTokens: 1 << 62}
	return []briefing.Briefing{
		full, escaped, negative, {Headline: "x"}, {Question: "x"}, {Usage: &briefing.Usage{}},
		{Made: &briefing.Made{}}, {Made: &briefing.Made{Verdict: briefing.VerdictPending}, Usage: &briefing.Usage{Estimated: true}},
		{Made: &briefing.Made{Said: []briefing.SaidLine{{}, {Slots: []briefing.SaidSlot{{}}}}, Refused: []string{""}}},
	}
}

// What is written is read back, and nearly always by the scanner.
func TestReadWords_reads_what_is_written(t *testing.T) {
	t.Parallel()
	for i, want := range wordSeeds() {
		parts, err := marshalParts(&want)
		if err != nil {
			t.Fatal(err)
		}
		var got briefing.Briefing
		if err := readWords(parts.words, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", parts.words, diff)
		}
		if _, ok := scanWords(parts.words); ok != (i != 1 && i != 2) {
			t.Errorf("%s: scanned is %v", parts.words, ok)
		}
	}
	if err := readWords("{", &briefing.Briefing{}); err == nil {
		t.Error("half an object is read")
	}
}

// FuzzScanWords checks that the scanner reads nothing else than json.Unmarshal does.
func FuzzScanWords(f *testing.F) {
	for _, b := range wordSeeds() {
		parts, err := marshalParts(&b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(parts.words)
	}
	for _, text := range []string{
		"", "{}", "{,}", `{"headline":"x"`, `{"headline":"x"}}`, `{,"headline":"x"}`, `{"headline":"x","headline":"y"}`,
		`{"made":{"said":[]}}`, `{"made":{"said":[{},]}}`, `{"usage":{"attempts":01}}`, `{"usage":{"attempts":}}`,
		`{"made":{"verdict":"x"},}`, "{\"headline\":\"\xff\"}", "{\"headline\":\"\n\"}", `{"question":"x","headline":"y"}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := scanWords(text)
		if !ok {
			return
		}
		var want words
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatalf("%q is scanned: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: -want +got\n%s", text, diff)
		}
	})
}

// BenchmarkReadWords reads the words of one briefing.
func BenchmarkReadWords(b *testing.B) {
	parts, err := marshalParts(&wordSeeds()[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var got briefing.Briefing
		if err := readWords(parts.words, &got); err != nil {
			b.Fatal(err)
		}
	}
}
