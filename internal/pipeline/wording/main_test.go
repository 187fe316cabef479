package wording_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var seoul = time.FixedZone("KST", 9*3600)

// noon is the tick of the tests' captions.
var noon = time.Date(2026, 2, 3, 12, 34, 56, 0, seoul)

// people returns the input of a run that counted n people and the given things.
func people(n int, things ...briefing.ObjectCount) pipeline.CaptionInput {
	counts := append([]briefing.ObjectCount{{Name: briefing.Person, Count: n}}, things...)
	return pipeline.CaptionInput{At: noon, Facts: pipeline.Facts{Counted: true, Scene: briefing.SceneSteady, Counts: counts, Detector: "test"}}
}

func thing(class string, n int) briefing.ObjectCount {
	return briefing.ObjectCount{Name: class, Count: n}
}

// scene returns the input of a run that counted nothing.
func scene(s briefing.Scene) pipeline.CaptionInput {
	return pipeline.CaptionInput{At: noon, Facts: pipeline.Facts{Scene: s}}
}

// after returns in with prev as the previous run.
func after(prev, in pipeline.CaptionInput) pipeline.CaptionInput {
	in.Previous = &prev.Facts
	return in
}

func estimated(in pipeline.CaptionInput) pipeline.CaptionInput {
	in.Facts.Estimate, in.Facts.Detector = true, "motion"
	return in
}
