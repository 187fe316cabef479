package wording

import (
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// A clause must fit both registers, and a refusal is never said as a failed connection.
func TestTroubles_are_stems_of_both_registers(t *testing.T) {
	t.Parallel()
	check := func(name string, c trouble) {
		if !strings.HasSuffix(c.korean, "있") && !strings.HasSuffix(c.korean, "없") {
			t.Errorf("%s: the stem %q takes no 어", name, c.korean)
		}
		for _, english := range []string{c.polite, c.casual} {
			if english == "" || strings.HasSuffix(english, ".") || english[:1] != strings.ToUpper(english[:1]) {
				t.Errorf("%s: %q begins no sentence", name, english)
			}
		}
		if strings.ContainsAny(c.korean+c.polite+c.casual, "0123456789") {
			t.Errorf("%s states a number", name)
		}
	}
	for s := cameraOffline; s <= cameraMoved; s++ {
		check(string(rune('0'+s)), troubles[s])
	}
	for reason, c := range reasons {
		check(string(reason), c)
		if strings.Contains(c.korean, "연결할 수 없") {
			t.Errorf("%s is said as a failed connection: %s", reason, c.korean)
		}
	}
	if strings.Contains(troubles[cameraRefused].korean, "연결할 수 없") {
		t.Error("a refusal is said as a failed connection")
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
