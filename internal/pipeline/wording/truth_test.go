package wording_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
	"bis/internal/pipeline/wording/sheet"
)

// randomFacts returns facts of any kind, also such as contradict themselves.
func randomFacts(r *rand.Rand) pipeline.Facts {
	scenes := []briefing.Scene{
		briefing.SceneSteady, briefing.SceneSteady, briefing.SceneSteady, briefing.SceneMoving, briefing.SceneMoving,
		briefing.SceneChanged, briefing.SceneDark, briefing.SceneLearning, briefing.SceneNone, "",
	}
	f := pipeline.Facts{Scene: scenes[r.IntN(len(scenes))], Counted: r.IntN(6) > 0, Estimate: r.IntN(2) == 0}
	if r.IntN(5) > 0 {
		f.Counts = append(f.Counts, thing(briefing.Person, []int{0, 0, 1, 2, 3, r.IntN(30), r.IntN(100_000)}[r.IntN(7)]))
	}
	classes := wording.Classes()[1:]
	for range r.IntN(4) * r.IntN(3) {
		f.Counts = append(f.Counts, thing(classes[r.IntN(len(classes))], r.IntN(40)))
	}
	if r.IntN(8) == 0 { // the same counts, in two zones
		for i := range f.Counts {
			f.Counts[i].Zone = string(rune('a' + i%2))
		}
	}
	if r.IntN(10) == 0 {
		f.Health = &briefing.CameraHealth{State: briefing.CameraLightChange}
	}
	return f
}

func randomInput(r *rand.Rand) pipeline.CaptionInput {
	in := pipeline.CaptionInput{At: noon.Add(time.Duration(r.IntN(1440)) * time.Minute), Facts: randomFacts(r), Unchanged: r.IntN(8) == 0}
	if r.IntN(2) == 0 {
		prev := randomFacts(r)
		if r.IntN(2) == 0 {
			prev = in.Facts
		}
		in.Previous = &prev
	}
	if r.IntN(6) == 0 {
		codes := []briefing.Degraded{
			briefing.CameraOffline, briefing.CameraRefusing, briefing.CameraUnreadable, briefing.CameraTooOld, briefing.CameraStuck,
			briefing.CameraBlocked, briefing.CameraUnsharp, briefing.CameraTurned, briefing.ModelUnavailable,
		}
		reasons := []briefing.TroubleReason{"", "WRONG_PASSWORD", "BUSY", "TOO_LARGE", "NAME_UNKNOWN", "LATER"}
		in.Degraded = codes[r.IntN(len(codes))]
		in.Facts.Health = &briefing.CameraHealth{Reason: reasons[r.IntN(len(reasons))]}
		if r.IntN(3) > 0 {
			in.LastSeen = in.At.Add(-time.Duration(r.IntN(5000)) * time.Minute)
		}
	}
	return in
}

// numbersIn returns the numbers of a text. It is faster than a pattern.
func numbersIn(text string) []string {
	var list []string
	for _, n := range strings.FieldsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' }) {
		if n = strings.Trim(n, "."); n != "" {
			list = append(list, n)
		}
	}
	return list
}

// hasAny reports whether a text has one of the words.
func hasAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// saysNobody reports whether a text says that nobody is there.
func saysNobody(text string) bool {
	return hasAny(text, "손님이 없", "비어 있", "손님이 보이지", "손님 없", "obody", "empty", "no people") ||
		hasAny(text, "0명", "0 people") && slices.Contains(numbersIn(text), "0")
}

// saysDoubt reports whether a text says that a number is an estimate.
func saysDoubt(text string) bool {
	return hasAny(text, "추정", "것 같", "것으로 보", "정도", "estimate", "seem", "ooks") || strings.HasPrefix(text, "About")
}

// numbersOf returns the numbers that a caption may have, and the number of people. counted says that
// the caption may speak of people.
func numbersOf(in pipeline.CaptionInput) (allowed []string, people int, counted bool) {
	people, counted = in.Facts.People()
	light := in.Facts.Health != nil && in.Facts.Health.State == briefing.CameraLightChange && !in.Facts.Counted
	shown := in.Facts.Counted && !light && !slices.Contains([]briefing.Scene{
		briefing.SceneNone, briefing.SceneDark, briefing.SceneLearning, briefing.SceneChanged,
	}, in.Facts.Scene) && (in.Degraded == "" || in.Degraded == briefing.ModelUnavailable)
	counted = counted && shown
	if !shown {
		if !in.LastSeen.IsZero() {
			clock := in.LastSeen.In(in.At.Location()).Format("15:04")
			allowed = append(allowed, clock[:2], clock[3:])
		}
		return allowed, people, counted
	}
	for _, c := range in.Facts.ByClass() {
		allowed = append(allowed, strconv.Itoa(c.Count))
	}
	if in.Previous != nil && counted {
		if before, ok := in.Previous.People(); ok {
			allowed = append(allowed, strconv.Itoa(max(people-before, before-people)))
		}
	}
	return allowed, people, counted
}

// wrong returns what is wrong with a text whose numbers must be among the allowed ones, or "".
func wrong(text string, allowed []string) string {
	for _, n := range numbersIn(text) {
		if !slices.Contains(allowed, n) {
			return "the number " + n
		}
	}
	switch {
	case text == "" || strings.TrimSpace(text) != text:
		return "its ends"
	case strings.Contains(text, "  "), strings.Contains(text, " ."), strings.Contains(text, " ,"), strings.Contains(text, ".."):
		return "its blanks"
	case strings.ContainsAny(text, "{}"):
		return "a slot"
	}
	return ""
}

// The numbers of all captions and headlines are those of the facts, and so is the presence of
// people.
func TestBuiltIn_captions_are_true(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 1))
	for i := range 10_000 {
		in := randomInput(r)
		allowed, people, counted := numbersOf(in)
		for _, language := range []string{"ko", "en"} {
			for _, name := range sheet.BuiltInNames {
				got := wording.Built(in, language, name)
				fault := wrong(got.Text, allowed)
				if fault == "" {
					fault = wrong(got.Headline, allowed)
				}
				for _, text := range []string{got.Text, got.Headline} {
					switch none := saysNobody(text); {
					case fault != "":
					case strings.Contains(text, "\n"):
						fault = "two lines"
					case none != (counted && people == 0):
						fault = "nobody"
					case counted && people > 0 && !slices.Contains(numbersIn(text), strconv.Itoa(people)):
						fault = "no number of people"
					case counted && in.Facts.Estimate && !saysDoubt(text):
						fault = "no sign of an estimate"
					case (!counted || !in.Facts.Estimate) && saysDoubt(got.Headline):
						fault = "a sign of an estimate"
					}
				}
				if n := utf8.RuneCountInString(got.Headline); n > sheet.MaxHeadline || n == 0 {
					fault = "the length of the headline"
				}
				if fault != "" {
					t.Fatalf("%d, %s %s: %s: %q, %q of %+v", i, language, name, fault, got.Headline, got.Text, in)
				}
			}
		}
	}
}

// clockNumbers are the numbers of a clock time and of its date.
func clockNumbers(at time.Time) []string {
	return strings.FieldsFunc(at.In(seoul).Format("15:04 01-02"), func(r rune) bool { return r < '0' || r > '9' })
}

// The numbers of all summaries are those of the figures.
func TestBuiltIn_summaries_are_true(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 2))
	for i := range 1_000 {
		var hours []int
		for range 1 + r.IntN(12) {
			hours = append(hours, []int{-1, -2, -4, 0, 0, 0, 1, 2, r.IntN(30)}[r.IntN(9)])
		}
		in := shopDay(r.IntN(2) == 0, hours...)
		f := in.Figures
		var allowed []string
		for _, n := range []int{
			f.Samples, f.Counted, f.Peak, f.Down, f.Blind, f.Dark, f.Spells, f.Ticks.Missed + f.Ticks.Skipped,
			min(99, max(1, int(math.Round(f.OccupiedShare()*100)))), int(math.Round(f.OccupiedShare() * 100)),
		} {
			allowed = append(allowed, strconv.Itoa(n))
		}
		for _, at := range []time.Time{f.First, f.Last, f.PeakAt, f.Empty.From, f.Empty.To, f.DownSpan.From, f.DownSpan.To} {
			allowed = append(allowed, clockNumbers(at)...)
		}
		for _, h := range f.Hours {
			allowed = append(allowed, strconv.Itoa(h.Hour), fmt.Sprintf("%02d", h.Hour), "00", strconv.Itoa(h.Peak), mean(h.Mean()))
		}
		allowed = append(allowed, mean(f.Mean()))
		for _, language := range []string{"ko", "en"} {
			for _, name := range sheet.BuiltInNames {
				text := wording.BuiltReport(in, language, name, seoul)
				if fault := wrong(text, allowed); fault != "" {
					t.Fatalf("%d, %s %s: %s in\n%s", i, language, name, fault, text)
				}
				none := hasAny(text, "모두 손님", "표본에서는 손님이 보이지", "no customers.", "no customers (", "obody in any", "obody in all")
				if nobody := f.Counted > 0 && f.Occupied == 0; nobody != none {
					t.Fatalf("%d, %s %s: nobody is %v in\n%s", i, language, name, nobody, text)
				}
			}
		}
	}
}

func mean(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// writtenSheets are sheets that models wrote, as they are used: lines that were refused are absent.
func writtenSheets(t *testing.T) map[string]wording.Styled {
	t.Helper()
	files, err := filepath.Glob("sheet/testdata/good/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	all := map[string]wording.Styled{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		language, base := "ko", sheet.Polite
		if strings.Contains(file, "english") {
			language = "en"
		}
		if strings.Contains(file, "short") {
			base = sheet.Short
		}
		if strings.Contains(file, "figures") {
			base = sheet.Figures
		}
		s, _, err := sheet.Read(string(text), language)
		if err != nil {
			t.Fatal(file, err)
		}
		s.Base, s.Numbers = base, "digits"
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = wording.Styled{Sheet: s, Verdict: briefing.VerdictStyleSheet, Model: "fake-1"}
	}
	return all
}

// Captions in the lines of models state the same facts. Respectful sheets count people by 분 in
// words, so their numbers are compared without them.
func TestWritten_captions_are_true(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 3))
	styles := writtenSheets(t)
	for i := range 1_000 {
		in := randomInput(r)
		allowed, people, counted := numbersOf(in)
		for name, styled := range styles {
			got := caption(t, newWording(t, &sheets{styled: styled}, nil), in)
			fault := wrong(got.Headline, allowed)
			if f := wrong(strings.ReplaceAll(got.Text, "...", ""), allowed); f != "" {
				fault = f
			}
			words := styled.Sheet.Counter == "분"
			for _, text := range []string{got.Text, got.Headline} {
				if counted && people > 0 && !words && !slices.Contains(numbersIn(text), strconv.Itoa(people)) {
					fault = "no number of people"
				}
			}
			if n := utf8.RuneCountInString(got.Headline); n > sheet.MaxHeadline || n == 0 {
				fault = "the length of the headline"
			}
			if got.Made.Verdict != briefing.VerdictStyleSheet || len(got.Made.Said) == 0 {
				fault = "how it was made"
			}
			if fault != "" {
				t.Fatalf("%d, %s: %s: %q, %q of %+v", i, name, fault, got.Headline, got.Text, in)
			}
		}
	}
}
