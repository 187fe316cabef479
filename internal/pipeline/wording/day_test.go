package wording_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
	"bis/internal/pipeline/wording/sheet"
)

// shopMoments returns sixty moments of a day, from seven in the morning to eleven at night, each
// after the one before it.
func shopMoments() []pipeline.CaptionInput {
	trouble := func(d briefing.Degraded, reason briefing.TroubleReason) pipeline.CaptionInput {
		in := scene(briefing.SceneNone)
		in.Degraded, in.LastSeen = d, noon
		return because(in, reason)
	}
	lit := scene(briefing.SceneChanged)
	lit.Facts.Health = &briefing.CameraHealth{State: briefing.CameraLightChange}
	moving := func(in pipeline.CaptionInput) pipeline.CaptionInput {
		in.Facts.Scene = briefing.SceneMoving
		return in
	}
	things := func(n int) pipeline.CaptionInput {
		in := people(0, thing("bottle", n))
		in.Facts.Counts = in.Facts.Counts[1:]
		return in
	}
	bottle, cup, chair := thing("bottle", 12), thing("cup", 3), thing("chair", 1)
	all := []pipeline.CaptionInput{
		scene(briefing.SceneDark), scene(briefing.SceneDark), lit, scene(briefing.SceneLearning), scene(briefing.SceneLearning),
		people(0), people(0), moving(people(0)), people(1), people(1), people(2), people(2), people(5), people(3), people(0),
		people(0, chair), people(1, chair), people(1, bottle, chair), people(1, bottle, chair), people(4, bottle, cup, chair),
		people(4, bottle, cup, chair, thing("dog", 1), thing("book", 2)), people(11, bottle), people(10, bottle), people(10, bottle), people(2),
		estimated(people(2)), estimated(people(3)), estimated(people(3)), estimated(people(1)), estimated(people(0)), estimated(people(0)),
		moving(estimated(people(0))), estimated(people(21)), estimated(people(20, chair)), estimated(people(0, cup)), scene(briefing.SceneSteady),
		moving(scene(briefing.SceneSteady)), scene(briefing.SceneChanged), people(1), people(0), things(0), things(1), things(12),
		trouble(briefing.CameraOffline, ""), trouble(briefing.CameraOffline, "NAME_UNKNOWN"), trouble(briefing.CameraRefusing, ""),
		trouble(briefing.CameraRefusing, "WRONG_PASSWORD"), trouble(briefing.CameraRefusing, "BUSY"), trouble(briefing.CameraUnreadable, "LOGIN_PAGE"),
		trouble(briefing.CameraUnreadable, ""), trouble(briefing.CameraTooOld, ""), trouble(briefing.CameraStuck, ""),
		trouble(briefing.CameraBlocked, ""), trouble(briefing.CameraUnsharp, ""), trouble(briefing.CameraTurned, ""),
		people(1), people(2), people(1, thing("laptop", 1)), people(0), people(0),
	}
	for i := range all {
		all[i].At = time.Date(2026, 2, 3, 7, i*16, 0, 0, seoul)
		if all[i].Degraded != "" {
			all[i].LastSeen = all[42].At
		}
		if i > 0 {
			all[i] = after(all[i-1], all[i])
		}
	}
	all[44].LastSeen, all[45].LastSeen, all[53].LastSeen = noon.Add(-20*time.Hour), time.Time{}, noon.Add(-90*time.Hour)
	return all
}

// The captions and headlines of a day in all built-in sheets. People read the file aloud.
func TestBuiltIn_day_golden(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, language := range []string{"ko", "en"} {
		for _, name := range sheet.BuiltInNames {
			fmt.Fprintf(&b, "== %s %s\n", language, name)
			for _, in := range shopMoments() {
				got := wording.Built(in, language, name)
				fmt.Fprintf(&b, "%s %s | %s\n", in.At.Format("15:04"), got.Headline, got.Text)
			}
		}
	}
	golden(t, "day.golden", b.String())
}

// The summaries of days in all built-in sheets. People read the file aloud.
func TestBuiltIn_summaries_golden(t *testing.T) {
	t.Parallel()
	blind := shopDay(false, 0, -4, 2, -1, 3, -1)
	var b strings.Builder
	for _, language := range []string{"ko", "en"} {
		for _, name := range sheet.BuiltInNames {
			for _, in := range []briefing.SummaryInput{
				{}, shopDay(true, 0, 0), busyDay(), blind, shopDay(false, 1, 1), shopDay(false, 0, -2), shopDay(false, -3, -3), shopDay(false, -4, -4),
			} {
				fmt.Fprintf(&b, "== %s %s\n%s\n\n", language, name, wording.BuiltReport(in, language, name, seoul))
			}
		}
	}
	golden(t, "summaries.golden", b.String())
}
