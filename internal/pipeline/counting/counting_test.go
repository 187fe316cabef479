package counting_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/counting"
)

// fake is a backend whose readers call detect.
type fake struct {
	open   func(n int) error // nil: succeeds; n counts the calls from 1
	detect func(ctx context.Context, img image.Image) ([]pipeline.Box, error)

	mu                sync.Mutex
	calls, most, live int
	closed            bool
}

func (f *fake) Open(context.Context) (counting.Reader, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calls++; f.open != nil {
		if err := f.open(f.calls); err != nil {
			return nil, err
		}
	}
	f.live++
	f.most = max(f.most, f.live)
	return &fakeReader{f}, nil
}

func (f *fake) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = f.live == 0
	return nil
}

// readers returns how many readers are open, and how many were at most.
func (f *fake) readers() (live, most int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.live, f.most
}

type fakeReader struct{ *fake }

func (r *fakeReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live--
	return nil
}

func (r *fakeReader) Detect(ctx context.Context, img image.Image) ([]pipeline.Box, error) {
	return r.detect(ctx, img)
}

// picture returns a picture that its width tells from others.
func picture(width int) image.Image { return image.NewGray(image.Rect(0, 0, width, 1)) }

// slowly reads a picture in some time, unless ctx ends. The box has the picture's number as score.
func slowly(d time.Duration) func(context.Context, image.Image) ([]pipeline.Box, error) {
	return func(ctx context.Context, img image.Image) ([]pipeline.Box, error) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(d):
			return []pipeline.Box{{X1: .5, Y1: .5, Name: "person", Score: float64(img.Bounds().Dx()) / 100}}, nil
		}
	}
}

// start runs a counter in a bubble and returns it with its log and a function that ends it.
func start(t *testing.T, f *fake, readers int) (c *counting.Counter, log *bytes.Buffer, stop func()) {
	t.Helper()
	log = &bytes.Buffer{}
	c, err := counting.New(counting.Config{
		Backend: f, Method: briefing.MethodModel, Name: "tiny.onnx", Readers: readers,
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	synctest.Wait()
	return c, log, func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
		if !f.closed {
			t.Error("Run returned before everything was closed")
		}
	}
}

func TestCounter_Count_returns_tidy_boxes_of_all_pictures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{detect: func(_ context.Context, img image.Image) ([]pipeline.Box, error) {
			return []pipeline.Box{
				{X0: -.1, Y0: .123456, X1: .5, Y1: 1.2, Name: "person", Score: float64(img.Bounds().Dx()) / 8},
				{X0: .50001, Y0: .1, X1: .50002, Y1: .2, Name: "person", Score: .5},
			}, nil
		}}
		c, _, stop := start(t, f, 1)
		defer stop()
		got, ok := c.Count(t.Context(), []image.Image{picture(1), picture(2), picture(3)}, time.Second)
		if !ok || got.Method != briefing.MethodModel || got.Detector != "tiny.onnx" || len(got.Pictures) != 3 {
			t.Fatalf("Count = %+v, %v", got, ok)
		}
		for i, boxes := range got.Pictures {
			want := []pipeline.Box{{Y0: .1235, X1: .5, Y1: 1, Name: "person", Score: float64(i+1) / 8}}
			if !slices.Equal(boxes, want) {
				t.Errorf("picture %d has %+v, want %+v", i, boxes, want)
			}
		}
		if _, ok := c.Count(t.Context(), nil, time.Second); ok {
			t.Error("Count without pictures succeeds")
		}
	})
}

func TestCounter_says_who_counts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fault := counting.Faultf(counting.Missing, "there is no file tiny.onnx")
		f := &fake{detect: slowly(40 * time.Millisecond), open: func(n int) error {
			time.Sleep(time.Second)
			if n <= 2 {
				return fault
			}
			return nil
		}}
		c, log, stop := start(t, f, 2)
		defer stop()
		want := func(reason string) {
			t.Helper()
			got := c.Counting()
			if got.Method != briefing.MethodMotion || got.Name != "" || got.Wanted != "tiny.onnx" ||
				got.Reason != reason || !strings.HasSuffix(got.Detail, "움직임으로 셉니다.") {
				t.Errorf("Counting() = %+v, want the reason %s", got, reason)
			}
			if _, ok := c.Count(t.Context(), []image.Image{picture(1)}, time.Hour); ok {
				t.Error("Count succeeds")
			}
		}
		want("PREPARING")
		time.Sleep(2 * time.Second)
		want("MISSING")
		time.Sleep(2 * time.Minute)
		want("MISSING")
		time.Sleep(5 * time.Minute)
		if got := c.Counting(); got != (briefing.Counting{Method: briefing.MethodModel, Name: "tiny.onnx"}) {
			t.Errorf("Counting() = %+v", got)
		}
		if _, ok := c.Count(t.Context(), []image.Image{picture(1), picture(2)}, time.Hour); !ok {
			t.Error("Count fails")
		}
		if got := c.Counting(); got.MedianMs != 40 {
			t.Errorf("Counting() = %+v, want a median of 40 ms", got)
		}
		if lines := strings.Split(strings.TrimSpace(log.String()), "\n"); len(lines) != 2 ||
			!strings.Contains(lines[0], "MISSING") || !strings.Contains(lines[1], "the detector counts") {
			t.Errorf("the log is %s", log)
		}
	})
}

func TestCounter_Count_gives_turns_in_order(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{detect: slowly(time.Second)}
		c, _, stop := start(t, f, 1)
		defer stop()
		var order []int
		var group sync.WaitGroup
		var mu sync.Mutex
		for i := range 5 {
			group.Go(func() {
				burst := []image.Image{picture(50), picture(50), picture(i)}
				found, ok := c.Count(t.Context(), burst, 3500*time.Millisecond)
				pictures := 1 // the last one alone, because others wait
				if i == 3 {
					pictures = len(burst)
				}
				if n := len(found.Pictures); ok && (n != pictures || found.Pictures[n-1][0].Score != float64(i)/100) {
					t.Errorf("capture %d has %+v, want %d pictures", i, found.Pictures, pictures)
				}
				mu.Lock()
				defer mu.Unlock()
				if ok {
					order = append(order, i)
				} else {
					order = append(order, -i)
				}
			})
			synctest.Wait() // so that the calls are in order
		}
		group.Wait()
		// The last capture gets no turn within its wait, at the moment when capture 2 is read.
		if want := []int{0, 1, 2, -4, 3}; !slices.Equal(order, want) {
			t.Errorf("the captures counted in the order %v, want %v", order, want)
		}
		if got := c.Counting(); got.Method != briefing.MethodModel {
			t.Errorf("a capture without a turn stops the detector: %+v", got)
		}
	})
}

func TestCounter_opens_readers_while_captures_wait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{detect: slowly(time.Second)}
		c, _, stop := start(t, f, 3)
		defer stop()
		if live, _ := f.readers(); live != 1 {
			t.Errorf("%d readers at rest", live)
		}
		started := time.Now()
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				if _, ok := c.Count(t.Context(), []image.Image{picture(1)}, 5*time.Second); !ok {
					t.Error("a capture got no turn")
				}
			})
		}
		group.Wait()
		if took := time.Since(started); took != 2*time.Second {
			t.Errorf("6 captures took %v, want 2s", took)
		}
		if _, most := f.readers(); most != 3 {
			t.Errorf("%d readers, want 3", most)
		}
		time.Sleep(2 * time.Minute)
		if live, _ := f.readers(); live != 1 {
			t.Errorf("%d readers after a rest, want 1", live)
		}
	})
}

func TestCounter_goes_on_with_the_readers_that_open(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{detect: slowly(time.Second), open: func(n int) error {
			if n > 1 {
				panic("no memory")
			}
			return nil
		}}
		c, log, stop := start(t, f, 3)
		defer stop()
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				if _, ok := c.Count(t.Context(), []image.Image{picture(1)}, 10*time.Second); !ok {
					t.Error("a capture got no turn")
				}
			})
		}
		group.Wait()
		if n := strings.Count(log.String(), "no further picture"); n != 1 || f.calls != 2 {
			t.Errorf("%d calls of Open, and the log is %s", f.calls, log)
		}
	})
}

// Faults of readers cost counts and nothing else. After some in a row the detector pauses.
func TestCounter_pauses_after_failures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		detect func(context.Context, image.Image) ([]pipeline.Box, error)
		reason string
	}{
		"an error": {func(context.Context, image.Image) ([]pipeline.Box, error) { return nil, errors.New("trap") }, "FAILED"},
		"nonsense": {func(context.Context, image.Image) ([]pipeline.Box, error) {
			return nil, counting.Faultf(counting.Nonsense, "x")
		}, "NONSENSE"},
		"a panic":   {func(context.Context, image.Image) ([]pipeline.Box, error) { panic("broken") }, "FAILED"},
		"slow ones": {slowly(time.Hour), "SLOW"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { pauses(t, c.detect, c.reason) })
		})
	}
}

func pauses(
	t *testing.T, fault func(context.Context, image.Image) ([]pipeline.Box, error), reason string,
) {
	broken, calls := true, 0
	f := &fake{detect: func(ctx context.Context, img image.Image) ([]pipeline.Box, error) {
		if calls++; broken {
			return fault(ctx, img)
		}
		return slowly(time.Millisecond)(ctx, img)
	}}
	c, log, stop := start(t, f, 1)
	defer stop()
	count := func() bool {
		started := time.Now()
		_, ok := c.Count(t.Context(), []image.Image{picture(1)}, 2*time.Second)
		if took := time.Since(started); took > 4*time.Second {
			t.Errorf("Count took %v", took)
		}
		return ok
	}
	for i := range 3 {
		if got := c.Counting(); got.Method != briefing.MethodModel {
			t.Errorf("after %d failures: %+v", i, got)
		}
		if count() {
			t.Error("a capture counted")
		}
	}
	if got := c.Counting(); got.Reason != reason || got.Method != briefing.MethodMotion {
		t.Errorf("after 3 failures: %+v, want %s", got, reason)
	}
	for range 3600 { // seconds
		count()
		time.Sleep(time.Second)
	}
	if calls < 8 || calls > 16 {
		t.Errorf("%d pictures in an hour, want growing pauses", calls)
	}
	broken = false
	time.Sleep(11 * time.Minute)
	if !count() || c.Counting().Method != briefing.MethodModel {
		t.Errorf("the detector is not tried again: %+v", c.Counting())
	}
	if lines := strings.Count(log.String(), "\n"); lines != 3 { // counts, does not, counts
		t.Errorf("the log is %s", log)
	}
}

func TestCounter_Count_ends_with_its_context(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		f := &fake{detect: func(context.Context, image.Image) ([]pipeline.Box, error) {
			<-end // whatever ctx says
			return nil, nil
		}}
		c, _, stop := start(t, f, 1)
		started := time.Now()
		for range 2 { // the first one is read, the second one waits
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if _, ok := c.Count(ctx, []image.Image{picture(1)}, time.Minute); ok {
				t.Error("Count succeeds")
			}
			cancel()
		}
		if took := time.Since(started); took != 2*time.Second {
			t.Errorf("two calls took %v, want 2s", took)
		}
		for range 2 { // no reader returns
			if _, ok := c.Count(t.Context(), []image.Image{picture(1)}, time.Second); ok {
				t.Error("Count succeeds")
			}
		}
		if got := c.Counting(); got.Reason != "SLOW" {
			t.Errorf("a reader that hangs: %+v", got)
		}
		close(end)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, ok := c.Count(ctx, []image.Image{picture(1)}, time.Minute); ok {
			t.Error("Count with an ended context succeeds")
		}
		stop()
		if _, ok := c.Count(t.Context(), []image.Image{picture(1)}, time.Minute); ok {
			t.Error("Count after Run succeeds")
		}
	})
}

// A stop ends what is read, and what waits.
func TestCounter_Run_ends_readings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{detect: slowly(time.Hour)}
		c, _, stop := start(t, f, 1)
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				if _, ok := c.Count(t.Context(), []image.Image{picture(1)}, 2*time.Hour); ok {
					t.Error("Count succeeds")
				}
			})
		}
		synctest.Wait()
		started := time.Now()
		stop()
		group.Wait()
		if took := time.Since(started); took != 0 {
			t.Errorf("the stop took %v", took)
		}
		if got := c.Counting(); got.Method != briefing.MethodModel {
			t.Errorf("the stop is a failure of the detector: %+v", got)
		}
	})
}

func TestNew_needs_a_detector(t *testing.T) {
	t.Parallel()
	for _, cfg := range []counting.Config{
		{}, {Backend: &fake{}}, {Backend: &fake{}, Name: "x"}, {Name: "x", Method: briefing.MethodHTTP},
	} {
		if c, err := counting.New(cfg); err == nil || c != nil {
			t.Errorf("New(%+v) = %v, %v", cfg, c, err)
		}
	}
}
