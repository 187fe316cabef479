package counting_test

import (
	"context"
	"image"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/counting"
)

// fragile is a backend whose reader needs a second more after a picture that was interrupted.
type fragile struct {
	broken bool
	load   time.Duration // the time of a picture
}

func (f *fragile) Open(context.Context) (counting.Reader, error) { return f, nil }

func (f *fragile) Close() error { return nil }

func (f *fragile) Prepare(ctx context.Context) error {
	if _, err := slowly(time.Second)(ctx, picture(1)); f.broken && err == nil {
		f.broken = false
	}
	return ctx.Err()
}

func (f *fragile) Detect(ctx context.Context, img image.Image) ([]pipeline.Box, error) {
	if f.broken {
		if err := f.Prepare(ctx); err != nil {
			return nil, err
		}
	}
	boxes, err := slowly(f.load)(ctx, img)
	f.broken = err != nil
	return boxes, err
}

// A short overload of the machine does not end the counts of short intervals for ever.
func TestCounter_prepares_a_reader_outside_of_the_captures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fragile{load: time.Second}
		c, err := counting.New(counting.Config{
			Backend: f, Method: briefing.MethodModel, Name: "tiny.onnx", Readers: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		synctest.Wait()
		for range 5 {
			if within(t, c, time.Second) {
				t.Error("a capture counts in less time than a picture takes")
			}
			time.Sleep(time.Second)
		}
		f.load = 300 * time.Millisecond
		counted := 0
		for range 60 {
			if within(t, c, time.Second) {
				counted++
			}
			time.Sleep(time.Second)
		}
		if counted < 30 {
			t.Errorf("%d of 60 captures count after the overload: %+v", counted, c.Counting())
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
