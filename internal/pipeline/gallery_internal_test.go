package pipeline

import (
	"errors"
	"image"
	"testing"
	"time"

	"bis/internal/briefing"
)

// full is a frame of full HD, 3.1 MB decoded.
func full() Frame {
	return Frame{Image: image.NewYCbCr(image.Rect(0, 0, 1920, 1080), image.YCbCrSubsampleRatio420)}
}

// heavy is a frame that takes 3 MB and is encoded at once.
func heavy() Frame {
	return Frame{Image: &image.Gray{Pix: make([]byte, 3_000_000), Stride: 8, Rect: image.Rect(0, 0, 8, 8)}}
}

// With many cameras the frames in memory stay within the bound, and each camera's last is found.
func TestGallery_bounds_its_bytes(t *testing.T) {
	t.Parallel()
	var g gallery
	var cameras []*sharedCamera
	for range 40 {
		cameras = append(cameras, &sharedCamera{})
	}
	last := map[*sharedCamera]string{}
	for range 3 {
		for _, c := range cameras {
			p := newPicture(heavy(), nil, time.Now())
			g.add(c, p)
			g.compact()
			last[c] = p.frame.ID
			if g.decoded > maxDecoded {
				t.Fatalf("%d bytes of decoded frames", g.decoded)
			}
		}
	}
	if len(g.order) != 80 || len(g.pictures) != 80 || g.decoded < maxDecoded*9/10 || g.encoded == 0 {
		t.Errorf("%d pictures, %d bytes decoded, %d encoded", len(g.order), g.decoded, g.encoded)
	}
	for _, c := range cameras {
		if b, err := g.find(last[c]); err != nil || len(b) == 0 {
			t.Fatalf("the last picture of a camera: %v", err)
		}
		g.drop(c)
	}
	if len(g.order) != 0 || len(g.pictures) != 0 || g.decoded != 0 || g.encoded != 0 {
		t.Errorf("after all cameras were dropped: %d pictures, %d + %d bytes", len(g.pictures), g.decoded, g.encoded)
	}
}

// A frame that its source can decode again is neither encoded nor retained as pixels, until somebody
// reads it.
func TestGallery_encodes_no_frame_that_can_be_decoded_again(t *testing.T) {
	t.Parallel()
	var g gallery
	var ids []string
	calls := 0
	for i := range 20 {
		f := heavy()
		f.Encoded = []byte{byte(i), 1, 2, 3}
		f.Decode = func(b []byte) (image.Image, error) {
			calls++
			if b[0] == 1 {
				return nil, errors.New("broken")
			}
			return heavy().Image, nil
		}
		p := newPicture(f, nil, time.Now())
		g.add(&sharedCamera{}, p)
		g.compact()
		ids = append(ids, p.frame.ID)
	}
	if g.decoded > maxDecoded || g.encoded != 80 || calls != 0 {
		t.Errorf("%d bytes decoded, %d encoded, %d decoded again", g.decoded, g.encoded, calls)
	}
	for range 2 {
		if b, err := g.find(ids[0]); err != nil || len(b) < 100 || calls != 1 {
			t.Errorf("%d bytes, %v, decoded again %d times", len(b), err, calls)
		}
	}
	for range 2 {
		if _, err := g.find(ids[1]); !errors.Is(err, briefing.ErrNotFound) || calls != 2 {
			t.Errorf("one that does not decode again: %v, %d times", err, calls)
		}
	}
	if b, err := g.find(ids[19]); err != nil || len(b) < 100 || calls != 2 {
		t.Errorf("one that is decoded: %v, %d decoded again", err, calls)
	}
}

// Decoded frames do not pile up when there is no time for encoding.
func TestGallery_bounds_what_waits_for_encoding(t *testing.T) {
	t.Parallel()
	var g gallery
	var last string
	for range 100 {
		p := newPicture(heavy(), nil, time.Now())
		g.add(&sharedCamera{}, p)
		last = p.frame.ID
		if g.decoded > maxWaiting {
			t.Fatalf("%d bytes wait", g.decoded)
		}
	}
	if b, err := g.find(last); err != nil || len(b) == 0 {
		t.Errorf("the last picture: %v", err)
	}
}

// A single frame beyond its bound is encoded at once.
func TestGallery_encodes_a_large_frame(t *testing.T) {
	t.Parallel()
	var g gallery
	f := Frame{Image: &image.Gray{Pix: make([]byte, maxPicture+1), Stride: 8, Rect: image.Rect(0, 0, 8, 8)}}
	p := newPicture(f, nil, time.Now())
	g.add(&sharedCamera{}, p)
	g.compact()
	if g.decoded != 0 || g.encoded == 0 {
		t.Errorf("%d bytes decoded, %d encoded", g.decoded, g.encoded)
	}
}

// The oldest pictures are forgotten when the encoded ones are too many.
func TestGallery_forgets_the_oldest(t *testing.T) {
	t.Parallel()
	var g gallery
	var ids []string
	for range 20 {
		p := newPicture(full(), nil, time.Now())
		p.decoded, p.encoded = nil, make([]byte, maxEncoded/10)
		g.add(&sharedCamera{}, p)
		g.count(g.pictures[p.frame.ID])
		ids = append(ids, p.frame.ID)
	}
	for i, id := range ids {
		if _, err := g.find(id); (err == nil) != (i >= 10) {
			t.Errorf("picture %d: %v", i, err)
		}
	}
	if g.encoded > maxEncoded {
		t.Errorf("%d bytes", g.encoded)
	}
}

// scaledYCbCr gives what the general way gives.
func TestScaled_of_each_ratio(t *testing.T) {
	t.Parallel()
	for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
		img := image.NewYCbCr(image.Rect(3, 5, 403, 255), ratio)
		for y := 5; y < 255; y++ {
			for x := 3; x < 403; x++ {
				img.Y[img.YOffset(x, y)] = byte(50 + x/4 + y/4)
				img.Cb[img.COffset(x, y)], img.Cr[img.COffset(x, y)] = byte(100+x/8), byte(150-y/8)
			}
		}
		fast, slow := scaled(img, 320, 200), scaled(struct{ image.Image }{img}, 320, 200)
		if fast.Bounds() != slow.Bounds() {
			t.Fatalf("%v: %v", ratio, fast.Bounds())
		}
		for y := 0; y < 200; y++ {
			for x := 0; x < 320; x++ {
				r, g, b, _ := fast.At(x, y).RGBA()
				r2, g2, b2, _ := slow.At(x, y).RGBA()
				for _, d := range []int{int(r>>8) - int(r2>>8), int(g>>8) - int(g2>>8), int(b>>8) - int(b2>>8)} {
					if d < -6 || d > 6 {
						t.Fatalf("%v: %v at %d %d, want %v", ratio, fast.At(x, y), x, y, slow.At(x, y))
					}
				}
			}
		}
	}
}

func TestAllowance(t *testing.T) {
	t.Parallel()
	var a allowance
	now := time.Now()
	for i, step := range []struct {
		wait   time.Duration
		pixels int
		want   bool
	}{
		{0, burstMost, true},
		{0, 1, false},
		{time.Second / 2, burstRate/2 + 1, false},
		{0, burstRate / 2, true},
		{-time.Hour, 1, false}, // a clock that was set back
		{time.Hour, burstMost * 3, true},
		{time.Second, 0, true},
		{0, burstRate, true},
		{0, burstMost * 3, false},
	} {
		now = now.Add(step.wait)
		if got := a.spend(now, step.pixels); got != step.want {
			t.Errorf("step %d: %v, %d left", i, got, a.left)
		}
	}
}

func BenchmarkPicture(b *testing.B) {
	f := full()
	b.Run("scale", func(b *testing.B) {
		for b.Loop() {
			scaled(f.Image, 1280, 720)
		}
	})
	b.Run("jpeg", func(b *testing.B) {
		for b.Loop() {
			if _, err := newPicture(f, nil, time.Time{}).jpeg(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
