package wording_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
)

var update = flag.Bool("update", false, "rewrite the golden files; a person reads the diff")

// situation is an input with a name.
type situation struct {
	name string
	in   pipeline.CaptionInput
}

func situations() []situation {
	moving := people(0)
	moving.Facts.Scene = briefing.SceneMoving
	uncounted := scene(briefing.SceneMoving)
	bare := people(0)
	bare.Facts.Counts = []briefing.ObjectCount{thing("bottle", 5), thing("car", 1)}
	missing := people(0)
	missing.Facts.Counts = []briefing.ObjectCount{thing("bottle", 0)}
	away := func(d briefing.Degraded, last time.Time) pipeline.CaptionInput {
		in := scene(briefing.SceneNone)
		in.Degraded, in.LastSeen = d, last
		return in
	}
	lit := scene(briefing.SceneChanged)
	lit.Facts.Health = &briefing.CameraHealth{State: briefing.CameraLightChange}
	off := briefing.CameraOffline
	return []situation{
		{"nobody", people(0)},
		{"nobody, estimated", estimated(people(0))},
		{"one", people(1)},
		{"two", people(2)},
		{"two, estimated", estimated(people(2))},
		{"nobody, moving", moving},
		{"same nobody", after(people(0), people(0))},
		{"same two, estimated", after(people(2), estimated(people(2)))},
		{"one more", after(people(1), people(2))},
		{"two fewer, estimated", after(people(2), estimated(people(0)))},
		{"with things", people(2, thing("bottle", 5), thing("chair", 1), thing("cup", 0))},
		{"with things, one more", after(people(1), people(2, thing("dog", 1)))},
		{"with many things", people(1, thing("bottle", 9), thing("chair", 8), thing("cup", 7), thing("tv", 2), thing("scissors", 1))},
		{"only things", bare},
		{"nothing of what is looked for", missing},
		{"after a changed scene", after(scene(briefing.SceneChanged), people(2))},
		{"changed", scene(briefing.SceneChanged)},
		{"dark", scene(briefing.SceneDark)},
		{"learning", scene(briefing.SceneLearning)},
		{"not counted", scene(briefing.SceneSteady)},
		{"not counted, moving", uncounted},
		{"no picture", scene(briefing.SceneNone)},
		{"offline, never seen", away(off, time.Time{})},
		{"offline since today", away(off, noon.Add(-2*time.Hour).UTC())},
		{"offline since yesterday", away(off, noon.Add(-20*time.Hour))},
		{"offline for long", away(off, noon.Add(-80*time.Hour))},
		{"unreadable", away(briefing.CameraUnreadable, noon.Add(-time.Hour))},
		{"refused", away(briefing.CameraRefusing, noon.Add(-time.Hour))},
		{"wrong password", because(away(briefing.CameraRefusing, noon.Add(-time.Hour)), "WRONG_PASSWORD")},
		{"wrong password, never seen", because(away(briefing.CameraRefusing, time.Time{}), "WRONG_PASSWORD")},
		{"refused, unknown reason", because(away(briefing.CameraRefusing, noon.Add(-time.Hour)), "OF_A_LATER_VERSION")},
		{"stale", away(briefing.CameraTooOld, noon.Add(-time.Hour))},
		{"frozen", away(briefing.CameraStuck, noon.Add(-time.Hour))},
		{"covered since yesterday", away(briefing.CameraBlocked, noon.Add(-20*time.Hour))},
		{"blurred, never seen well", away(briefing.CameraUnsharp, time.Time{})},
		{"moved for long", away(briefing.CameraTurned, noon.Add(-80*time.Hour))},
		{"other light", lit},
	}
}

// because returns the input of a run whose camera has a reason.
func because(in pipeline.CaptionInput, reason briefing.TroubleReason) pipeline.CaptionInput {
	in.Facts.Health = &briefing.CameraHealth{State: briefing.CameraRefused, Reason: reason}
	return in
}

func styles() []wording.Style {
	var all []wording.Style
	for _, lang := range []wording.Language{wording.Korean, wording.English} {
		for _, polite := range []bool{true, false} {
			for _, brief := range []bool{false, true} {
				all = append(all, wording.Style{Language: lang, Polite: polite, Brief: brief})
			}
		}
	}
	return all
}

func styleName(s wording.Style) string {
	return fmt.Sprintf("%s %s %s", s.Language, map[bool]string{true: "polite", false: "casual"}[s.Polite],
		map[bool]string{true: "brief", false: "full"}[s.Brief])
}

// minutes returns the input at times of the day at which its phrasing may vary.
func minutes(in pipeline.CaptionInput) []pipeline.CaptionInput {
	var all []pipeline.CaptionInput
	for i := range 24 {
		at := in
		at.At = time.Date(2026, 2, 3, 2+i/6*5, i%6*7, 0, 0, seoul)
		if !in.LastSeen.IsZero() {
			at.LastSeen = at.At.Add(in.LastSeen.Sub(in.At))
		}
		all = append(all, at)
	}
	return all
}

func TestTemplate_golden(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, s := range situations() {
		for _, style := range styles() {
			fmt.Fprintf(&b, "%s | %s\n", s.name, styleName(style))
			seen := map[string]bool{}
			for _, in := range minutes(s.in) {
				// Other times of day differ in one word only, so night and morning show all
				// phrasings.
				if in.At.Hour() > 7 {
					continue
				}
				if !in.LastSeen.IsZero() {
					in = s.in
				}
				if text := wording.Template(in, style); !seen[text] {
					seen[text] = true
					fmt.Fprintf(&b, "    %s\n", text)
				}
			}
		}
	}
	golden(t, "captions.golden", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestTemplate_same_facts_and_minute_give_the_same_words(t *testing.T) {
	t.Parallel()
	in := people(2)
	later := people(2)
	later.At = in.At.Truncate(time.Minute)
	variants := map[string]bool{}
	for _, at := range minutes(in) {
		variants[wording.Template(at, wording.DefaultStyle())] = true
	}
	if a, b := wording.Template(in, wording.DefaultStyle()), wording.Template(later, wording.DefaultStyle()); a != b {
		t.Errorf("%q and %q in one minute", a, b)
	}
	if len(variants) < 3 {
		t.Errorf("a day has only %d wordings", len(variants))
	}
}

func TestTemplate_without_a_count_says_no_number(t *testing.T) {
	t.Parallel()
	// Even facts that contradict themselves must not leak a number.
	for _, s := range []briefing.Scene{briefing.SceneChanged, briefing.SceneDark, briefing.SceneLearning, briefing.SceneNone} {
		for _, style := range styles() {
			in := people(7, thing("bottle", 3))
			in.Facts.Scene = s
			if text := wording.Template(in, style); strings.ContainsAny(text, "0123456789") {
				t.Errorf("%s: %q", s, text)
			}
		}
	}
}

func TestTemplate_names_all_classes(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, class := range wording.Classes() {
		for _, n := range []int{1, 2} {
			for _, style := range styles() {
				in := people(0, thing(class, n))
				in.Facts.Counts = in.Facts.Counts[1:]
				text := wording.Template(in, style)
				if style.Language == wording.Korean && strings.Contains(text, class) {
					t.Errorf("%s is not translated: %q", class, text)
				}
				if key := fmt.Sprint(style, n, text); seen[key] != "" && seen[key] != class {
					t.Errorf("%s and %s read the same: %q", seen[key], class, text)
				} else {
					seen[key] = class
				}
			}
		}
	}
	if n := len(wording.Classes()); n != 80 {
		t.Errorf("%d classes, want 80", n)
	}
}

func TestTemplate_stays_short_whatever_is_counted(t *testing.T) {
	t.Parallel()
	in := people(99_999)
	for _, class := range wording.Classes()[1:] {
		in.Facts.Counts = append(in.Facts.Counts, thing(class, 1_000))
	}
	for _, style := range styles() {
		if text := wording.Template(in, style); utf8.RuneCountInString(text) > 300 {
			t.Errorf("%d code points: %q", utf8.RuneCountInString(text), text)
		}
	}
}

func BenchmarkTemplate(b *testing.B) {
	in, style := people(2, thing("bottle", 5)), wording.DefaultStyle()
	for b.Loop() {
		wording.Template(in, style)
	}
}
