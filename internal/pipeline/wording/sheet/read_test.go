package sheet_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bis/internal/pipeline/wording/sheet"
)

const plain = `{"sheet": {"some": ["손님 {people} 계세요", "손님 셋입니다"], "nobody": ["아무도 없어요"]}, "counter": "분", "numbers": "words"}`

func TestRead(t *testing.T) {
	t.Parallel()
	want := sheet.Sheet{
		Language: "ko", Base: sheet.Polite, Counter: "분", Numbers: "words",
		Lines: map[sheet.Key][]string{"some": {"손님 {people} 계세요"}, "nobody": {"아무도 없어요"}},
	}
	rejected := []sheet.Rejected{{Key: "some", Line: "손님 셋입니다", Rule: sheet.RuleSlot, Found: "{people}"}}
	for name, text := range map[string]string{
		"plain":     plain,
		"fence":     "```json\n" + plain + "\n```",
		"text":      "물론입니다! 아래와 같습니다.\n\n" + plain + "\n\n도움이 되었기를 바랍니다 {people}.",
		"reasoning": "<think>{\"sheet\": {\"some\": [\"초안\"]}} or {people}?</think>\n" + plain,
		"tag":       "…</think>" + plain,
		"mark":      "\ufeff" + plain,
		"indented":  strings.ReplaceAll(plain, ", ", ",\n    "),
		"more keys": strings.Replace(plain, `"some"`, `"weather": ["맑음"], "some"`, 1),
		"numbers":   strings.Replace(plain, `"nobody"`, `"more": [3, null], "same": null, "nobody"`, 1),
	} {
		got, refused, err := sheet.Read(text, "ko")
		if err != nil {
			t.Errorf("%s: Read = %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: Read (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(rejected, refused); diff != "" {
			t.Errorf("%s: Read rejects (-want +got):\n%s", name, diff)
		}
	}
}

func TestRead_reads_the_inside_of_a_sheet(t *testing.T) {
	t.Parallel()
	s, rejected, err := sheet.Read(`Here: {"nobody": ["아무도 없어요"], "note": "ok"}`, "ko")
	if err != nil || len(rejected) != 0 || len(s.Lines["nobody"]) != 1 {
		t.Errorf("Read = %v, %v, %v", s, rejected, err)
	}
}

func TestRead_finds_no_sheet(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "죄송하지만 도와드릴 수 없습니다.", "<html><body>502</body></html>", "null", "[]", "{}", `"sheet"`,
		`{"sheet": null}`, `{"sheet": "some"}`, `{"sheet": ["some"]}`, plain[:40], strings.Repeat("{", 70_000),
		strings.Repeat(`{"sheet":`, 1_000), `{"error": {"message": "rate limit"}}`,
	} {
		if _, _, err := sheet.Read(text, "ko"); !errors.Is(err, sheet.ErrNoSheet) {
			t.Errorf("Read(%.40q) = %v, want ErrNoSheet", text, err)
		}
	}
	if _, _, err := sheet.Read(plain, "fr"); !errors.Is(err, sheet.ErrNoSheet) {
		t.Errorf("Read in French = %v, want ErrNoSheet", err)
	}
}

func TestRead_has_bounds(t *testing.T) {
	t.Parallel()
	many := `{"sheet": {"nobody": ["손님이 없어요", "손님이 없네요", "아무도 없어요", "매장이 비어 있어요"], "same": "변화 없어요"}}`
	got, rejected, err := sheet.Read(many, "ko")
	if err != nil || len(rejected) != 0 || len(got.Lines["nobody"]) != sheet.MaxLines {
		t.Errorf("Read = %v, %v, %v", got, rejected, err)
	}
	if len(got.Lines["same"]) != 1 {
		t.Errorf("a line that is no list gives %q", got.Lines["same"])
	}
	long, _ := json.Marshal(map[string]any{"sheet": map[string][]string{
		"some": {strings.Repeat("가", 10_000), strings.Repeat("나", 10_000)}, "moving": {"\x00\x1b[31m"},
	}})
	_, rejected, err = sheet.Read(string(long), "ko")
	if err != nil || len(rejected) != 3 {
		t.Fatalf("Read = %v, %v, want three rejected lines", rejected, err)
	}
	for _, r := range rejected {
		if len([]rune(r.Line)) > sheet.MaxLine || len([]rune(r.Found)) > sheet.MaxLine || strings.ContainsAny(r.Line, "\x00\x1b") {
			t.Errorf("rejected %q at %q, want short lines without control characters", r.Line, r.Found)
		}
	}
}

func TestRepair(t *testing.T) {
	t.Parallel()
	_, rejected, _ := sheet.Read(`{"sheet": {"some": ["손님 {people} 왔다 갔어요\nEND OF REFUSED"], "dark": ["2층이 어두워요"]}}`, "ko")
	text := sheet.Repair(rejected)
	for _, want := range []string{"\ndark \"2층이 어두워요\": ", "\nsome \"손님 {people} 왔다 갔어요 END OF REFUSED\": ", `"sheet"`} {
		if !strings.Contains(text, want) {
			t.Errorf("Repair has no %q:\n%s", want, text)
		}
	}
	if strings.Count(text, "\nEND OF REFUSED") != 1 {
		t.Errorf("a line ends the list:\n%s", text)
	}
}

func TestRead_knows_lines_that_state_doubt(t *testing.T) {
	t.Parallel()
	s, _, err := sheet.Read(`{"sheet": {"nobody": ["아무도 없어요", "아무도 없는 것 같아요"]}}`, "ko")
	if want := []string{"아무도 없는 것 같아요"}; err != nil || !cmp.Equal(want, s.Doubts) {
		t.Errorf("Doubts = %q, %v, want %q", s.Doubts, err, want)
	}
}

func TestSheet_Merge(t *testing.T) {
	t.Parallel()
	first, _, _ := sheet.Read(plain, "ko")
	second, _, _ := sheet.Read(`{"sheet": {"some": ["손님 {people} 있어요"], "dark": ["너무 어두워요"]}}`, "ko")
	got := first.Merge(second)
	want := map[sheet.Key][]string{"some": {"손님 {people} 계세요"}, "nobody": {"아무도 없어요"}, "dark": {"너무 어두워요"}}
	if diff := cmp.Diff(want, got.Lines); diff != "" {
		t.Errorf("Merge (-want +got):\n%s", diff)
	}
	if len(first.Lines) != 2 {
		t.Errorf("Merge changes the first sheet: %v", first.Lines)
	}
	data, err := json.Marshal(got)
	var back sheet.Sheet
	if err != nil || json.Unmarshal(data, &back) != nil || !cmp.Equal(got, back) {
		t.Errorf("the sheet changes in JSON: %s, %v", data, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(plain, "ko")
	f.Add("```json\n"+plain+"```", "en")
	f.Add(`{"sheet":{"some":["{people}"]}}`, "en")
	f.Fuzz(func(t *testing.T, text, language string) {
		s, rejected, _ := sheet.Read(text, language)
		for key, lines := range s.Lines {
			if len(lines) > sheet.MaxLines {
				t.Errorf("%d lines of %s", len(lines), key)
			}
			for _, line := range lines {
				checkPassed(t, language, key, line)
			}
		}
		sheet.Repair(rejected)
	})
}

func FuzzCheck(f *testing.F) {
	f.Add("ko", "some", "지금 매장에 손님이 {people} 계세요")
	f.Add("ko", "sum_scope", "{period} 동안 {samples} 살펴보았고, 그중 {counted}에서 사람 수를 세었습니다.")
	f.Add("en", "nobody", "Nobody's in the shop, boss 🙂")
	f.Fuzz(func(t *testing.T, language, key, line string) {
		if got, err := sheet.Check(language, sheet.Key(key), line); err == nil {
			checkPassed(t, language, sheet.Key(key), got)
		}
	})
}

// checkPassed reports a line that passed although it does not have each slot of its key once, or is
// another line after a second check.
func checkPassed(t *testing.T, language string, key sheet.Key, line string) {
	t.Helper()
	for _, slot := range sheet.Definitions[key].Slots {
		if strings.Count(line, "{"+slot+"}") != 1 {
			t.Errorf("%s: %q does not have {%s} once", key, line, slot)
		}
	}
	if again, err := sheet.Check(language, key, line); err != nil || again != line {
		t.Errorf("Check(%s, %s, %q) = %q, %v, want the same line", language, key, line, again, err)
	}
}
