package main

import (
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"bis/bench/proc"
	"bis/internal/pipeline"
	"bis/internal/pipeline/measure"
	"bis/internal/pipeline/measure/measuretest"
)

// gate prints what the change gate notices, on the photographs of the measurer's tests and on drawn
// shops: disturbed pictures in which nobody moves, people of several heights, and days of a shop
// with known truth. It also prints what an unchanged picture costs beside decoding.
//
// Wanted: no disturbance is a change; a person of 3 % of the height is one at least half the time,
// and of 12 % always; a precision and a recall over 0.95; 70 % of the detector's calls saved when
// 80 % of the runs are unchanged; under 3 ms for an unchanged picture.
func gate(ctx context.Context, o options) error {
	views, err := gateViews(filepath.Join(o.root, "internal/pipeline/measure/testdata"))
	if err != nil {
		return err
	}
	disturbed(views)
	noticed(views)
	days()
	return unchanged(ctx)
}

// newGate returns a measurer with its defaults, which no error can befall.
func newGate() pipeline.Measurer {
	m, err := measure.New(measure.Config{})
	if err != nil {
		panic(err)
	}
	return m
}

// gateViews returns the photographs of a folder, and drawn shops.
func gateViews(dir string) (map[string]*image.RGBA, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no photographs in %s: %w", dir, err)
	}
	views := map[string]*image.RGBA{
		"a full shop": measuretest.Shop(image.Pt(480, 270), 90, 1),
		"a bare shop": measuretest.Shop(image.Pt(480, 270), 9, 2),
		"a 720p shop": measuretest.Shop(image.Pt(1280, 720), 40, 3),
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		img, err := jpeg.Decode(f)
		f.Close()
		if err != nil {
			return nil, err
		}
		views[filepath.Base(name)] = measuretest.Copy(img)
	}
	return views, nil
}

// disturbed prints how many disturbed pictures read as unchanged.
func disturbed(views map[string]*image.RGBA) {
	same, all := map[string]int{}, map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(views)) {
		random := rand.New(rand.NewPCG(1, 1))
		for _, d := range measuretest.Disturbances() {
			for _, crowded := range []bool{false, true} {
				s, n := measuretest.Unchanged(newGate, views[name], d, crowded, random)
				same[d.Name], all[d.Name] = same[d.Name]+s, all[d.Name]+n
			}
		}
	}
	var rows []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		rows = append(rows, fmt.Sprintf("%s | %d | %d", name, all[name], same[name]))
	}
	table("nobody moves | pictures | unchanged", rows...)
}

// noticed prints how many people of some heights are noticed.
func noticed(views map[string]*image.RGBA) {
	var rows []string
	for _, height := range []float64{.03, .05, .08, .12, .25} {
		seen, all := 0, 0
		for _, name := range slices.Sorted(maps.Keys(views)) {
			seen += measuretest.Noticed(newGate, views[name], height, 12, rand.New(rand.NewPCG(2, 2)))
			all += 12
		}
		rows = append(rows, fmt.Sprintf("%.0f %% | %d | %.0f %%", 100*height, all, 100*float64(seen)/float64(all)))
	}
	table("a person of this height | pictures | noticed", rows...)
}

// days prints the days of some shops.
func days() {
	var rows []string
	for seed := range uint64(4) {
		shop := measuretest.Shop(image.Pt(480, 270), 20+30*int(seed), 20+seed)
		d := measuretest.Spend(newGate(), shop, 1440, rand.New(rand.NewPCG(seed, 8)))
		rows = append(rows, fmt.Sprintf("shop %d | %d | %.0f %% | %.3f | %.3f | %.0f %% | %d", seed+1, d.Runs,
			100*float64(d.Same)/float64(d.Runs), d.Precision(), d.Recall(), 100*d.Saved(), len(d.Alarms)))
	}
	table("a day | runs | as the run before | precision | recall | calls saved | false states", rows...)
}

// unchanged prints what an unchanged 720p picture costs: its measures and the comparison.
func unchanged(ctx context.Context) error {
	frames, _, err := demoFrames(ctx, 2)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(4, 4))
	var shots [20]image.Image // a camera that repeats one picture is frozen
	for i := range shots {
		img := measuretest.Copy(frames[0].Image)
		measuretest.Noise(img, 2, random)
		shots[i] = measuretest.JPEG(img, 85)
	}
	g := measuretest.NewGate(newGate(), shots[0])
	before := g.Measure(shots[1]).Sketch
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const rounds = 300
	var measures, compares time.Duration
	changed := 0
	for i := range rounds {
		begin := proc.Thread()
		now := g.Measure(shots[i%len(shots)]).Sketch
		middle := proc.Thread()
		if now == nil || now.Differs(before) {
			changed++
		}
		measures, compares = measures+middle-begin, compares+proc.Thread()-middle
	}
	table("an unchanged picture, 1280x720 | processor",
		"measures and sketch | "+ms(measures/rounds), "comparison | "+ms(compares/rounds),
		"both | "+ms((measures+compares)/rounds))
	fmt.Printf("   %d of %d differ; wanted: none, and under 3 ms\n", changed, rounds)
	return nil
}
