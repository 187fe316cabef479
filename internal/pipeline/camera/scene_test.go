package camera_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/measure"
)

// watched is what a measurer says of a demo, run by run.
type watched struct {
	at       time.Time
	state    briefing.CameraState
	people   int
	counted  bool
	drawn    int
	coloured bool
}

// watch measures a demo for some runs of five seconds.
func watch(t *testing.T, name string, runs int) []watched {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	src, err := camera.Open("demo:?seed=4&scene="+name, camera.Config{Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	m, err := measure.New(measure.Config{})
	if err != nil {
		t.Fatal(err)
	}
	seen := make([]watched, runs)
	for i := range seen {
		f, err := src.Frame(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := m.Measure([]pipeline.Frame{f})
		w := watched{at: now, state: got.State, drawn: camera.DemoPeopleIn(name, 4, now)}
		w.people, w.counted = got.Facts.People()
		r, g, b, _ := f.Image.At(300, 60).RGBA() // goods on the shelf
		w.coloured = r != g || g != b
		if !f.Still {
			t.Fatal("a frame of the demo may be repeated")
		}
		seen[i] = w
		now = now.Add(5 * time.Second)
	}
	return seen
}

func TestDemo_scenes_are_counted_from_their_pixels(t *testing.T) {
	t.Parallel()
	runs := 240 // twenty minutes
	if testing.Short() {
		runs = 60
	}
	for name, want := range map[string]float64{"day": 0.9, "night": 0.9, "freezer": 0.9, "queue": 0.9} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counted, exact, most := 0, 0, 0
			off := 0.0
			for _, w := range watch(t, name, runs) {
				if w.state != briefing.CameraOK {
					t.Errorf("%v: %s; the camera is well", w.at.Format(time.TimeOnly), w.state)
				}
				most = max(most, w.drawn)
				if !w.counted {
					continue
				}
				counted++
				off += math.Abs(float64(w.people - w.drawn))
				if w.people == w.drawn {
					exact++
				}
				if w.coloured == (name == "night") {
					t.Fatalf("colours: %v", w.coloured)
				}
			}
			t.Logf("%d runs, %d counted, %.1f %% exact, mean absolute error %.3f, at most %d people",
				runs, counted, 100*float64(exact)/float64(counted), off/float64(counted), most)
			if counted < runs*9/10 || float64(exact) < want*float64(counted) {
				t.Errorf("%d of %d counted, %d exact; want nine tenths, and %.0f %% of them exact", counted, runs, exact, 100*want)
			}
		})
	}
}

func TestDemo_covered_is_covered_every_second_minute(t *testing.T) {
	t.Parallel()
	for _, w := range watch(t, "covered", 60) {
		covered := w.at.Unix()/60%2 == 1
		if (w.state == briefing.CameraCovered) != covered || covered && w.counted {
			t.Errorf("%v: %s, counted %v", w.at.Format(time.TimeOnly), w.state, w.counted)
		}
	}
}

func TestDemo_daynight_changes_its_light_every_five_minutes(t *testing.T) {
	t.Parallel()
	changes := 0
	for i, w := range watch(t, "daynight", 180) { // fifteen minutes: dusk and dawn
		switched := i >= 60 && w.at.Unix()%300 < 10 // two runs
		if w.coloured != (w.at.Unix()/300%2 == 0) {
			t.Errorf("%v: colours: %v", w.at.Format(time.TimeOnly), w.coloured)
		}
		if w.state == briefing.CameraLightChange {
			changes++
		}
		if switched && (w.state != briefing.CameraLightChange || w.counted) ||
			!switched && w.state != briefing.CameraOK {
			t.Errorf("%v: %s, counted %v", w.at.Format(time.TimeOnly), w.state, w.counted)
		}
	}
	if changes != 4 {
		t.Errorf("%d runs with a change of light, want two changes of two runs", changes)
	}
}

func TestDemo_refuses_other_options(t *testing.T) {
	t.Parallel()
	for _, options := range []string{
		"scene=", "scene=moon", "scene=Night", "scene=day&scene=night", "seed=1&seed=2", "seed=", "seed=-1", "pace=3", "%",
	} {
		_, err := camera.Open("demo:?"+options, camera.Config{})
		if err == nil || !strings.Contains(err.Error(), "covered, day, daynight, freezer, night, queue") {
			t.Errorf("%q: %v; want a sentence with the scenes", options, err)
		}
	}
	for _, options := range []string{"", "?", "?seed=7", "?scene=queue", "?scene=night&seed=7"} {
		if _, err := camera.Open("demo:"+options, camera.Config{}); err != nil {
			t.Errorf("%q: %v", options, err)
		}
	}
}

// At every moment two people or more stand in the queue, also in the first picture.
func TestDemo_queue_is_never_empty(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for seed := range uint64(20) {
		for i := range 1200 { // ten minutes
			now := start.Add(time.Duration(i) * time.Second / 2)
			if drawn, standing := camera.DemoPeopleIn("queue", seed, now), camera.DemoQueueStands(seed, now); drawn < 2 || standing < 2 || standing > 5 {
				t.Fatalf("seed %d at %v: %d people, of whom %d stand", seed, now, drawn, standing)
			}
		}
	}
}
