package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"runtime"
	"time"

	"bis/bench/proc"
	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/measure"
)

// measures times the measuring of 1280x720 frames of the demo shop: the counts, the states of the
// camera, and both with a mask over the clock.
//
// The opponent is decoding the same frame by the standard library, which a run pays before it can
// measure at all. So the ratio is the cost that the measures add to a run's fixed cost. All are
// timed in turn on the same frames, in processor time of one thread. Wanted: under 3 ms per frame.
func measures(ctx context.Context, _ options) error {
	frames, encoded, err := demoFrames(ctx, 60)
	if err != nil {
		return err
	}
	clock := briefing.Polygon{Points: []briefing.Point{{}, {X: .3}, {X: .3, Y: .06}, {Y: .06}}}
	var plain, masked *measure.Measurer
	if plain, err = measure.New(measure.Config{}); err != nil {
		return err
	}
	if masked, err = measure.New(measure.Config{Masks: []briefing.Polygon{clock}}); err != nil {
		return err
	}
	const rounds = 10 // over all frames
	var measuring, masking, decoding time.Duration
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	timed := func(sum *time.Duration, do func()) {
		begin := proc.Thread()
		do()
		*sum += proc.Thread() - begin
	}
	for round := range rounds {
		for i, f := range frames {
			timed(&decoding, func() { f.Image, err = jpeg.Decode(bytes.NewReader(encoded[i])) })
			if err != nil {
				return err
			}
			f.At = f.At.Add(time.Duration(round) * time.Hour) // time must grow from round to round
			burst := []pipeline.Frame{f}
			timed(&measuring, func() { plain.Measure(burst) })
			timed(&masking, func() { masked.Measure(burst) })
		}
	}
	n := time.Duration(rounds * len(frames))
	row := func(name string, sum time.Duration) string {
		return fmt.Sprintf("%s | %s | %.2f", name, ms(sum/n), float64(sum)/float64(measuring))
	}
	table("1280x720 | a frame | ratio",
		row("measures", measuring), row("measures with a mask", masking),
		row("decoding the JPEG (image/jpeg)", decoding))
	fmt.Printf("   wanted: under 3 ms\n")
	return nil
}

// demoFrames returns n frames of the demo shop, a second apart and enlarged to 1280x720, and the
// same frames as JPEG.
func demoFrames(ctx context.Context, n int) ([]pipeline.Frame, [][]byte, error) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	demo, err := camera.Open("demo:?seed=3", camera.Config{Clock: func() time.Time { now = now.Add(time.Second); return now }})
	if err != nil {
		return nil, nil, err
	}
	defer demo.Close()
	frames, encoded := make([]pipeline.Frame, n), make([][]byte, n)
	for i := range n {
		f, err := demo.Frame(ctx)
		if err != nil {
			return nil, nil, err
		}
		large := image.NewRGBA(image.Rect(0, 0, 1280, 720))
		enlarge(large, f.Image)
		var b bytes.Buffer
		if err := jpeg.Encode(&b, large, nil); err != nil {
			return nil, nil, err
		}
		frames[i], encoded[i] = f, b.Bytes()
	}
	return frames, encoded, nil
}

// enlarge scales an image up by repeating pixels.
func enlarge(to *image.RGBA, from image.Image) {
	b := from.Bounds()
	if b.Dx() == to.Rect.Dx() && b.Dy() == to.Rect.Dy() {
		draw.Draw(to, to.Rect, from, b.Min, draw.Src)
		return
	}
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			to.Set(x, y, from.At(b.Min.X+x*b.Dx()/to.Rect.Dx(), b.Min.Y+y*b.Dy()/to.Rect.Dy()))
		}
	}
}
