package wording

import (
	"fmt"
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording/sheet"
)

// A clause must fit both registers, and a refusal is never said as a failed connection.
func TestReasons_are_stems_of_both_registers(t *testing.T) {
	t.Parallel()
	for reason, c := range reasons {
		if !strings.HasSuffix(c.korean, "있") && !strings.HasSuffix(c.korean, "없") {
			t.Errorf("%s: the stem %q takes no 어", reason, c.korean)
		}
		for _, english := range []string{c.polite, c.casual, c.figures} {
			if english == "" || strings.HasSuffix(english, ".") || english[:1] != strings.ToUpper(english[:1]) {
				t.Errorf("%s: %q begins no sentence", reason, english)
			}
		}
		if c.koreanFigures == "" || strings.HasSuffix(c.koreanFigures, ".") {
			t.Errorf("%s: %q is no figure", reason, c.koreanFigures)
		}
		if strings.ContainsAny(strings.Trim(fmt.Sprint(c), "{}"), "0123456789{}") {
			t.Errorf("%s states a number", reason)
		}
		if strings.Contains(c.korean+c.koreanFigures, "연결") {
			t.Errorf("%s is said as a failed connection: %s", reason, c.korean)
		}
	}
	for _, name := range sheet.BuiltInNames {
		if text := sheet.BuiltIn("ko", name).Render(sheet.Refused, 0, sheet.Values{}); strings.Contains(text, "연결") {
			t.Errorf("a refusal is said as a failed connection: %s", text)
		}
	}
}

// Counts that come with a camera that shows nothing are not stated.
func TestSituationOf_blind_comes_before_counts(t *testing.T) {
	t.Parallel()
	counted := pipeline.Facts{Counted: true, Scene: briefing.SceneSteady, Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 2}}}
	for code, want := range map[briefing.Degraded]situation{
		briefing.CameraOffline: cameraOffline, briefing.CameraRefusing: cameraRefused, briefing.CameraUnreadable: cameraUnreadable,
		briefing.CameraTooOld: cameraStale, briefing.CameraStuck: cameraFrozen, briefing.CameraBlocked: cameraCovered,
		briefing.CameraUnsharp: cameraBlurred, briefing.CameraTurned: cameraMoved,
	} {
		if got := situationOf(pipeline.CaptionInput{Facts: counted, Degraded: code}); got != want {
			t.Errorf("%s: situation %d, want %d", code, got, want)
		}
	}
	if got := situationOf(pipeline.CaptionInput{Facts: counted, Degraded: briefing.ModelUnavailable}); got == cameraOffline {
		t.Error("a model that is away is said as a camera that is away")
	}
}
