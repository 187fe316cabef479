package wording_test

import (
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording"
	"bis/internal/pipeline/wording/sheet"
)

// Lines has each key that a model is asked for once, in the order in which owners meet them, with
// an example of each line.
func TestLines_has_all_keys(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ko", "en"} {
		for _, name := range sheet.BuiltInNames {
			seen := map[string]bool{}
			all := wording.Lines(sheet.BuiltIn(language, name))
			for _, k := range all {
				if _, ok := sheet.Definitions[sheet.Key(k.Key)]; !ok || seen[k.Key] || !k.BuiltIn || len(k.Lines) == 0 || len(k.Lines) > sheet.MaxLines {
					t.Errorf("%s %s: %+v", language, name, k)
				}
				seen[k.Key] = true
				for _, line := range k.Lines {
					if line.Sample == "" || strings.ContainsAny(line.Sample, "{}") || strings.Contains(line.Sample, "  ") || line.Line == "" {
						t.Errorf("%s %s %s: %+v", language, name, k.Key, line)
					}
				}
			}
			if len(all) != len(sheet.Definitions) || all[0].Key != "some" || all[1].Key != "nobody" || all[len(all)-1].Key != "advice_missed" {
				t.Errorf("%s %s: %d keys from %s to %s, want %d", language, name, len(all), all[0].Key, all[len(all)-1].Key, len(sheet.Definitions))
			}
		}
	}
}

func TestLines_of_a_model(t *testing.T) {
	t.Parallel()
	s := sheet.Sheet{Language: "ko", Base: sheet.Short, Counter: "분", Lines: map[sheet.Key][]string{
		"some": {"손님 {people}가 계세요", "{people} 계십니다"}, "sum_lost": {"화면이 {times} 없었어요"},
	}}
	want := map[string]briefing.SheetLines{
		"some": {Lines: []briefing.SheetLine{
			{Line: "손님 {people}가 계세요", Sample: "손님 두 분이 계세요"}, {Line: "{people} 계십니다", Sample: "두 분 계십니다"},
		}},
		"sum_lost": {Lines: []briefing.SheetLine{{Line: "화면이 {times} 없었어요", Sample: "화면이 3회 없었어요"}}},
		"dark": {BuiltIn: true, Lines: []briefing.SheetLine{
			{Line: "화면이 너무 어두워 매장을 볼 수 없습니다.", Sample: "화면이 너무 어두워 매장을 볼 수 없습니다."},
			{Line: "너무 어두워서 매장이 보이지 않습니다.", Sample: "너무 어두워서 매장이 보이지 않습니다."},
		}},
		// A short sheet says nobody as a number.
		"nobody": {BuiltIn: true, Lines: []briefing.SheetLine{
			{Line: "손님 {people}입니다.", Sample: "손님 0명입니다."}, {Line: "현재 손님 {people}입니다.", Sample: "현재 손님 0명입니다."},
			{Line: "매장 내 손님 {people}입니다.", Sample: "매장 내 손님 0명입니다."},
		}},
	}
	for _, k := range wording.Lines(s) {
		w, ok := want[k.Key]
		if !ok {
			continue
		}
		if k.BuiltIn != w.BuiltIn || len(k.Lines) != len(w.Lines) {
			t.Errorf("%s: %+v, want %+v", k.Key, k, w)
			continue
		}
		for i := range w.Lines {
			if k.Lines[i] != w.Lines[i] {
				t.Errorf("%s: %+v, want %+v", k.Key, k.Lines[i], w.Lines[i])
			}
		}
	}
}

// In English the examples of {times} read as those of summaries do.
func TestLines_of_occurrences(t *testing.T) {
	t.Parallel()
	s := sheet.Sheet{Language: "en", Base: sheet.Polite, Lines: map[sheet.Key][]string{"sum_lost": {"No picture {times}"}}}
	want := map[string]string{
		"sum_lost": "No picture 3 times", "sum_blind": "The camera did not show the shop in 3 samples.",
		"head_some": "2 people inside", "more": "That is 1 more than in the last briefing.",
	}
	for _, k := range wording.Lines(s) {
		if sample, ok := want[k.Key]; ok && k.Lines[0].Sample != sample {
			t.Errorf("%s: %q, want %q", k.Key, k.Lines[0].Sample, sample)
		}
	}
}
