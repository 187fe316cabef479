package briefing_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"bis/internal/briefing"
)

// Every state but CameraOK. A new state needs a sentence in each language.
var troubled = []briefing.CameraState{
	briefing.CameraAway, briefing.CameraRefused, briefing.CameraIllegible, briefing.CameraStale,
	briefing.CameraFrozen, briefing.CameraDark, briefing.CameraCovered, briefing.CameraBlurred,
	briefing.CameraMoved, briefing.CameraLightChange, briefing.CameraUnobserved,
}

func TestCameraHealth_Detail(t *testing.T) {
	t.Parallel()
	korean := regexp.MustCompile(`^[가-힣 ]+다\. [가-힣 ]+(요|다)\.$`)
	english := regexp.MustCompile(`^[A-Z][a-z ,]+\. [A-Z][a-z ,]+\.$`)
	seen := map[string]briefing.CameraState{}
	for _, state := range troubled {
		health := briefing.CameraHealth{State: state, Reason: "WRONG", Words: "401 http://me:pw@cam"}
		for _, in := range []struct {
			english bool
			form    *regexp.Regexp
			longest int // code points; two lines of a phone
		}{{false, korean, 80}, {true, english, 100}} {
			text := health.Detail(in.english)
			if !in.form.MatchString(text) || utf8.RuneCountInString(text) > in.longest {
				t.Errorf("%s: %q is not a sentence with a next step of at most %d letters", state, text, in.longest)
			}
			if strings.Contains(text, "  ") || strings.Contains(text, "pw") {
				t.Errorf("%s: %q has two spaces, or the camera's words", state, text)
			}
			if other, ok := seen[text]; ok {
				t.Errorf("%s and %s have one sentence", state, other)
			}
			seen[text] = state
		}
	}
	for _, state := range []briefing.CameraState{briefing.CameraOK, "", "NEW"} {
		if text := (briefing.CameraHealth{State: state}).Detail(false); text != "" {
			t.Errorf("%q has %q; want nothing", state, text)
		}
	}
}

// The operator of a camera of the settings has another next step than the owner of a camera.
func TestCameraHealth_Detail_of_the_settings(t *testing.T) {
	t.Parallel()
	for _, english := range []bool{false, true} {
		for _, h := range []briefing.CameraHealth{
			{State: briefing.CameraMoved}, {State: briefing.CameraRefused, Reason: briefing.TroubleChanged},
		} {
			owner := h.Detail(english)
			h.Settings = true
			if operator := h.Detail(english); operator == owner || operator == "" {
				t.Errorf("the operator reads %q", operator)
			}
		}
	}
}

// The owner reads the fingerprint that was accepted, and the one to accept.
func TestCameraHealth_Detail_names_both_certificates(t *testing.T) {
	t.Parallel()
	was, is := strings.Repeat("a1", 32), strings.Repeat("b2", 32)
	for _, english := range []bool{false, true} {
		for _, settings := range []bool{false, true} {
			h := briefing.CameraHealth{
				State: briefing.CameraRefused, Reason: briefing.TroubleChanged, Settings: settings,
				Words: "accepted sha256 " + was + ", now sha256 " + is,
			}
			text := h.Detail(english)
			if first, second := strings.Index(text, was), strings.Index(text, is); first < 0 || second < first {
				t.Errorf("the owner reads %q", text)
			}
		}
	}
}

// The reason says more than the state: a page in place of a picture is no wrong password.
func TestCameraHealth_Detail_of_a_reason(t *testing.T) {
	t.Parallel()
	for _, english := range []bool{false, true} {
		for _, reason := range briefing.TroubleReasons() {
			health := briefing.CameraHealth{State: briefing.CameraRefused, Reason: reason}
			if got, want := health.Detail(english), briefing.Sentence(reason, english); got != want {
				t.Errorf("%s: %q, want %q", reason, got, want)
			}
		}
		well := briefing.CameraHealth{State: briefing.CameraOK, Reason: briefing.TroubleLogin}
		if got := well.Detail(english); got != "" {
			t.Errorf("a camera that is well has %q", got)
		}
	}
}

func TestCameraState_Blind(t *testing.T) {
	t.Parallel()
	for _, state := range troubled {
		if state != briefing.CameraUnobserved && !state.Blind() {
			t.Errorf("%s is not blind", state)
		}
	}
	if briefing.CameraOK.Blind() || briefing.CameraUnobserved.Blind() {
		t.Error("a camera that is well, or was never seen, is blind")
	}
}
