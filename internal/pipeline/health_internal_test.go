package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
)

// letters are short names of states, for tables.
var letters = map[rune]briefing.CameraState{
	'?': briefing.CameraUnobserved, 'k': briefing.CameraOK, 'a': briefing.CameraAway,
	'r': briefing.CameraRefused, 'u': briefing.CameraIllegible, 's': briefing.CameraStale,
	'f': briefing.CameraFrozen, 'd': briefing.CameraDark, 'c': briefing.CameraCovered,
	'b': briefing.CameraBlurred, 'm': briefing.CameraMoved, 'l': briefing.CameraLightChange,
}

// letterOf returns the letter of a state.
func letterOf(s briefing.CameraState) string {
	for letter, state := range letters {
		if state == s {
			return string(letter)
		}
	}
	return "!"
}

func TestHealth_follows_the_runs(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		begin rune
		runs  string // what each run sees
		want  string // the state after each run
		since string // the run with which that state began, from 0; -: before the first
	}{
		"the first result counts at once": {'?', "k", "k", "0"},
		"also trouble":                    {'?', "r", "r", "0"},
		"also the dark":                   {'?', "d", "d", "0"},
		"one lost picture":                {'k', "kakkk", "kkkkk", "-----"},
		"every other picture":             {'k', "akakak", "kkkkkk", "------"},
		"an outage":                       {'k', "kaaa", "kkaa", "--11"},
		"back after two":                  {'a', "akkk", "aakk", "--11"},
		"one good picture":                {'a', "akaka", "aaaaa", "-----"},
		"two kinds of trouble":            {'k', "ar", "kr", "-1"},
		"trouble changes":                 {'a', "arr", "aar", "--1"},
		"trouble changes for one run":     {'a', "arara", "aaaaa", "-----"},
		"trouble changes twice":           {'a', "ru", "au", "-1"},
		"other trouble, then good":        {'a', "rkk", "aak", "--1"},
		"good, then other trouble":        {'a', "krr", "aar", "--1"},
		"each kind":                       {'k', "aarruussffddccbbmmkk", "kaarruussffddccbbmmk", "-0022446688AACCEEGGI"},
		"light changes at once":           {'k', "klk", "klk", "-12"},
		"light changes in a first run":    {'?', "lk", "lk", "01"},
		"light change is no outage":       {'k', "lalal", "lllll", "00000"},
		"trouble after a light change":    {'k', "lff", "llf", "001"},
		"light change on the way back":    {'a', "lk", "ak", "-1"},
		"the light changes on return":     {'a', "kl", "al", "-1"},
		"forgotten meanwhile":             {'k', "akkka", "kkkkk", "-----"},
	} {
		h := healthOf(briefing.CameraHealth{State: letters[c.begin], Since: start.Add(-time.Hour)})
		var want, since string
		for i, r := range c.runs {
			h = h.next(result{state: letters[r]}, start.Add(time.Duration(i)*time.Minute))
			want += letterOf(h.state.State)
			if began := h.state.Since.Sub(start); began < 0 {
				since += "-"
			} else {
				since += string("0123456789ABCDEFGHIJ"[int(began/time.Minute)])
			}
			if h.seen.State != letters[r] || h.seen.Since.After(start.Add(time.Duration(i)*time.Minute)) {
				t.Errorf("%s: run %d saw %+v", name, i, h.seen)
			}
		}
		if want != c.want || since != c.since {
			t.Errorf("%s: runs %s give %s since %s, want %s since %s", name, c.runs, want, since, c.want, c.since)
		}
	}
}

func TestHealth_seen_is_of_the_run(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 5, 0, 0, 123456789, time.UTC)
	h := unobserved(start)
	for i, step := range []struct {
		state rune
		since int // the run with which what this run saw began
	}{{'k', 0}, {'k', 0}, {'a', 2}, {'k', 0}, {'a', 4}, {'a', 4}, {'k', 6}, {'a', 4}, {'r', 8}, {'r', 8}, {'r', 8}} {
		h = h.next(result{state: letters[step.state]}, start.Add(time.Duration(i)*time.Minute))
		want := start.Add(time.Duration(step.since) * time.Minute).Truncate(time.Millisecond)
		if h.seen.State != letters[step.state] || h.seen.Since != want {
			t.Errorf("run %d saw %+v, want %c since %v", i, h.seen, step.state, want)
		}
	}
}

func TestHealth_has_the_newest_reason(t *testing.T) {
	t.Parallel()
	now := time.Now()
	h := unobserved(now).next(result{briefing.CameraRefused, "ONE", "401 Unauthorized"}, now)
	again := h.next(result{briefing.CameraRefused, "TWO", "403 Forbidden"}, now.Add(time.Minute))
	if again.state.Reason != "TWO" || again.state.Words != "403 Forbidden" || again.state.Since != h.state.Since {
		t.Errorf("%+v after %+v", again.state, h.state)
	}
	if once := again.next(result{briefing.CameraAway, "DEAD", ""}, now); once.state != again.state || once.seen.Reason != "DEAD" {
		t.Errorf("one other run: %+v, saw %+v", once.state, once.seen)
	}
	if well := again.next(result{state: briefing.CameraOK}, now).next(result{state: briefing.CameraOK}, now); well.state.Reason != "" || well.state.Words != "" {
		t.Errorf("well, and still %+v", well.state)
	}
}

func TestHealth_adopts_what_is_newer(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC)
	h := healthOf(briefing.CameraHealth{State: briefing.CameraOK, Since: now})
	for _, stored := range []briefing.CameraHealth{
		{}, {State: briefing.CameraAway, Since: now}, {State: briefing.CameraAway, Since: now.Add(-time.Second)},
	} {
		if got := h.adopt(stored); got != h {
			t.Errorf("adopt(%+v) = %+v", stored, got)
		}
	}
	newer := briefing.CameraHealth{State: briefing.CameraRefused, Since: now.Add(time.Second), Reason: "X"}
	if got := h.adopt(newer); got.state != newer {
		t.Errorf("adopt(%+v) = %+v", newer, got)
	}
}

func TestFailed_names_the_trouble(t *testing.T) {
	t.Parallel()
	wrapped := func(err error) error { return fmt.Errorf("open camera: %w", err) }
	for name, c := range map[string]struct {
		err  error
		want result
	}{
		"a trouble":         {wrapped(&Trouble{State: briefing.CameraRefused, Reason: "R", Words: "no"}), result{briefing.CameraRefused, "R", "no"}},
		"stale":             {&Trouble{State: briefing.CameraStale, Err: errors.New("an hour")}, result{state: briefing.CameraStale}},
		"a state of frames": {&Trouble{State: briefing.CameraFrozen, Reason: "R"}, result{briefing.CameraAway, "R", ""}},
		"no state":          {&Trouble{}, result{state: briefing.CameraAway}},
		"refused":           {wrapped(ErrRefused), result{state: briefing.CameraRefused}},
		"unreadable":        {wrapped(ErrUnreadable), result{state: briefing.CameraIllegible}},
		"stale, bare":       {wrapped(ErrStale), result{state: briefing.CameraStale}},
		"offline":           {ErrOffline, result{state: briefing.CameraAway}},
		"anything else":     {errors.New("x"), result{state: briefing.CameraAway}},
	} {
		if got := failed(c.err); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// Each state has its code, or none because the camera works, and a blind one never a count.
func TestDegradedBy_covers_each_state(t *testing.T) {
	t.Parallel()
	without := []briefing.CameraState{briefing.CameraOK, briefing.CameraUnobserved, briefing.CameraDark, briefing.CameraLightChange}
	for letter, state := range letters {
		code := degradedBy[state]
		if slices.Contains(without, state) != (code == "") {
			t.Errorf("%c %s has the code %q", letter, state, code)
		}
		if code != "" && code != briefing.Degraded("CAMERA_"+strings.TrimPrefix(string(state), "CAMERA_")) {
			t.Errorf("%s has the code %s", state, code)
		}
	}
}
