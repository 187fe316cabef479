package camera_test

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

// pipes is a configuration whose connections lead to answer in this process, so that time can be
// the test's.
func pipes(answer func(c net.Conn, n int)) camera.Config {
	var n atomic.Int64
	return camera.WithConnect(camera.Config{}, func(context.Context, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			b := make([]byte, 4096)
			if _, err := far.Read(b); err == nil {
				answer(far, int(n.Add(1)))
			}
		}()
		return near, nil
	})
}

// paced writes the head of a stream and then a picture of width 8n every pause, n times.
func paced(t *testing.T, c net.Conn, first, pause time.Duration, n int) {
	if _, err := c.Write(join("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n")); err != nil {
		return
	}
	time.Sleep(first) // the bubble's time
	for i := 1; i <= n; i++ {
		p := jpegOf(t, 8*i)
		if _, err := c.Write(join("--b\r\nContent-Type: image/jpeg\r\nContent-Length: ", len(p), "\r\n\r\n", p, "\r\n")); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

// finish closes a source, and lets the cameras of the bubble notice it.
func finish(src pipeline.Source) {
	src.Close()
	time.Sleep(time.Minute)
}

// run is how the pipeline asks for a frame: with a deadline of 8 s.
func run(t *testing.T, src pipeline.Source) (pipeline.Frame, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	return src.Frame(ctx)
}

// A stream may bring a picture every 6, 12 or 25 s. Each picture is there at once, and between two
// of them the camera is not offline. When it stays silent for three times its pace, it is.
func TestStream_sets_its_own_pace(t *testing.T) {
	t.Parallel()
	for _, pause := range []time.Duration{100 * time.Millisecond, time.Second, 6 * time.Second, 12 * time.Second, 25 * time.Second} {
		for _, kind := range kinds {
			t.Run(fmt.Sprint(kind, " ", pause), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					const pictures = 12
					var last atomic.Pointer[time.Time] // when the last picture came
					cfg := pipes(func(c net.Conn, n int) {
						if n == 1 {
							paced(t, c, 0, pause, pictures)
							at := time.Now().Add(-pause)
							last.Store(&at)
						}
						waitClosed(c)
					})
					src := open(t, kind+"://192.0.2.7/v", cfg)
					begun := time.Now()
					for time.Since(begun) < (pictures-1)*pause {
						f, err := run(t, src)
						if err != nil {
							t.Fatalf("after %v: %v", time.Since(begun), err)
						}
						due := int(time.Since(begun)/pause) + 1
						if n := f.Image.Bounds().Dx() / 8; n < due-1 {
							t.Errorf("after %v: picture %d, want %d", time.Since(begun), n, due)
						}
						time.Sleep(max(time.Second, pause/3))
					}
					time.Sleep(3*pause + time.Second)
					limit, silent := max(3*pause, 10*time.Second), *last.Load()
					for {
						if _, err := run(t, src); err != nil {
							// The stream is opened again, and the camera does not answer.
							if reason(err) != briefing.TroubleTimeout {
								isTrouble(t, "silent", err, briefing.CameraAway, briefing.TroubleNoPicture, "")
							}
							break
						}
						if time.Since(silent) > limit+10*time.Second {
							t.Fatalf("silent for %v, and not offline", time.Since(silent))
						}
						time.Sleep(time.Second)
					}
					if since := time.Since(silent); since < limit-pause {
						t.Errorf("offline after %v, want %v", since, limit)
					}
					finish(src)
				})
			})
		}
	}
}

// The first picture may come late, as long as the caller has time.
func TestStream_may_begin_late(t *testing.T) {
	t.Parallel()
	for _, first := range []time.Duration{2 * time.Second, 6 * time.Second, 12 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			src := open(t, "mjpeg+http://192.0.2.7/v", pipes(func(c net.Conn, n int) {
				if n > 1 {
					t.Errorf("connection %d", n)
				}
				paced(t, c, first, time.Second, 5)
			}))
			_, err := run(t, src)
			if first < 8*time.Second && err != nil {
				t.Errorf("first after %v: %v", first, err)
			}
			if first > 8*time.Second {
				isTrouble(t, "late", err, briefing.CameraAway, briefing.TroubleNoPicture, "")
				if _, err := run(t, src); err != nil {
					t.Errorf("first after %v, second run: %v", first, err)
				}
			}
			finish(src)
		})
	}
}

// The first pictures of a stream may be old or dark: a caller waits half a second for better ones.
func TestStream_warms_up(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := open(t, "mjpeg+http://192.0.2.7/v", pipes(func(c net.Conn, _ int) { paced(t, c, 0, 100*time.Millisecond, 50) }))
		f, err := run(t, src)
		if err != nil || f.Image.Bounds().Dx() != 24 {
			t.Errorf("picture %v, %v; want the third", f.Image.Bounds(), err)
		}
		finish(src)
	})
}

// The bursts of a stream are its next pictures; those of a slow one have one frame, without delay.
func TestBurst_of_a_stream(t *testing.T) {
	t.Parallel()
	const apart = 300 * time.Millisecond
	for pause, want := range map[time.Duration]int{40 * time.Millisecond: 3, 250 * time.Millisecond: 3, 500 * time.Millisecond: 3, 12 * time.Second: 1} {
		for _, kind := range kinds {
			synctest.Test(t, func(t *testing.T) {
				src := open(t, kind+"://192.0.2.7/v", pipes(func(c net.Conn, _ int) { paced(t, c, 0, pause, 100) }))
				for range 2 {
					begun := time.Now()
					frames, err := src.(pipeline.Burster).Burst(t.Context(), 3, apart)
					if err != nil || len(frames) != want {
						t.Fatalf("every %v: %d frames, %v; want %d", pause, len(frames), err, want)
					}
					for i := 1; i < len(frames); i++ {
						if d := frames[i].At.Sub(frames[i-1].At); d <= 0 || d > 2*max(apart, pause) {
							t.Errorf("every %v: frames %v apart", pause, d)
						}
					}
					if took := time.Since(begun); took > 3*time.Second {
						t.Errorf("every %v: a burst takes %v", pause, took)
					}
					time.Sleep(time.Second)
				}
				finish(src)
			})
		}
	}
}

// A burst of snapshots is several requests. Broken pictures are left out while one is good.
func TestBurst_of_snapshots(t *testing.T) {
	t.Parallel()
	good, broken := fixture(t, "baseline.jpg"), zeroed(fixture(t, "baseline.jpg"))
	for name, c := range map[string]struct {
		answers [][]byte // of the requests; the last one repeats
		want    int
		reason  briefing.TroubleReason
	}{
		"good ones":                {[][]byte{good}, 3, ""},
		"broken, then good":        {[][]byte{broken, broken, good}, 2, ""},
		"good, then broken":        {[][]byte{good, broken}, 1, ""},
		"good, broken, good":       {[][]byte{good, broken, broken, good}, 2, ""},
		"broken ones":              {[][]byte{broken}, 0, briefing.TroubleBroken},
		"a page in place of it":    {[][]byte{[]byte("<html>")}, 0, briefing.TroubleWebPage},
		"a broken one is repeated": {[][]byte{broken, good}, 3, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			src := open(t, "http://192.0.2.7/v", pipes(func(conn net.Conn, n int) {
				_, _ = conn.Write(join(okHead, "\r\n", c.answers[min(n, len(c.answers))-1]))
			}))
			frames, err := src.(pipeline.Burster).Burst(t.Context(), 3, 300*time.Millisecond)
			if len(frames) != c.want || reason(err) != c.reason {
				t.Errorf("%s: %d frames, %v; want %d", name, len(frames), err, c.want)
			}
			for i, f := range frames {
				isDrawn(t, name, f, nil)
				if i > 0 && f.At.Sub(frames[i-1].At) < 250*time.Millisecond {
					t.Errorf("%s: frames %v apart", name, f.At.Sub(frames[i-1].At))
				}
			}
			finish(src)
		})
	}
	// A slow camera cannot hold up a run by its burst.
	synctest.Test(t, func(t *testing.T) {
		src := open(t, "http://192.0.2.7/v", pipes(func(conn net.Conn, n int) {
			time.Sleep(3 * time.Second)
			_, _ = conn.Write(join(okHead, "\r\n", good))
		}))
		begun := time.Now()
		frames, err := src.(pipeline.Burster).Burst(t.Context(), 3, 300*time.Millisecond)
		if took := time.Since(begun); err != nil || len(frames) != 1 || took > 6*time.Second {
			t.Errorf("%d frames, %v, after %v", len(frames), err, took)
		}
		finish(src)
	})
}

// A picture with damage inside is left out: the next one comes.
func TestStream_leaves_out_broken_pictures(t *testing.T) {
	t.Parallel()
	good, broken := fixture(t, "baseline.jpg"), zeroed(fixture(t, "baseline.jpg"))
	for _, kind := range kinds {
		synctest.Test(t, func(t *testing.T) {
			src := open(t, kind+"://192.0.2.7/v", pipes(func(c net.Conn, _ int) {
				_, _ = c.Write(join(okHead, "Content-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n"))
				for n := range 20 {
					p := broken
					if n == 3 || n == 4 {
						p = good
					}
					if _, err := c.Write(join("--b\r\nContent-Type: image/jpeg\r\n\r\n", p, "\r\n")); err != nil {
						return
					}
					time.Sleep(time.Second)
				}
			}))
			f, err := run(t, src)
			isDrawn(t, kind, f, err)
			time.Sleep(4 * time.Second)
			_, err = run(t, src)
			isTrouble(t, "broken ones alone", err, briefing.CameraIllegible, briefing.TroubleBroken, "")
			finish(src)
		})
	}
}

// An address may answer with a stream where a picture is expected, and the other way round, and
// change between them. The right frame comes each time.
func TestWeb_follows_what_the_camera_answers(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		synctest.Test(t, func(t *testing.T) {
			single := true
			src := open(t, kind+"://192.0.2.7/v", pipes(func(c net.Conn, n int) {
				if single {
					p := jpegOf(t, 8*n)
					_, _ = c.Write(join(okHead, "Content-Type: image/jpeg\r\nContent-Length: ", len(p), "\r\n\r\n", p))
					return
				}
				paced(t, c, 0, time.Second, 1000)
			}))
			for _, want := range []int{8, 16, 24} {
				if got := width(t, src); got != want {
					t.Errorf("%s: width %d, want %d", kind, got, want)
				}
				time.Sleep(time.Second)
			}
			single = false
			if got := width(t, src); got != 8 {
				t.Errorf("%s: width %d of a stream, want 8", kind, got)
			}
			time.Sleep(5 * time.Second)
			if got := width(t, src); got < 40 || got > 56 {
				t.Errorf("%s: width %d after 5 s, want 48", kind, got)
			}
			finish(src)
		})
	}
}

// A stream is closed a minute after the last call, and opened again by the next one.
func TestStream_ends_when_nobody_asks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var connections atomic.Int64
		src := open(t, "mjpeg+http://192.0.2.7/v", pipes(func(c net.Conn, n int) {
			connections.Store(int64(n))
			paced(t, c, 0, time.Second, 1000)
		}))
		for _, want := range []int64{1, 2} {
			width(t, src)
			time.Sleep(50 * time.Second)
			width(t, src)
			if got := connections.Load(); got != want {
				t.Errorf("%d connections, want %d", got, want)
			}
			time.Sleep(70 * time.Second)
		}
		finish(src)
	})
}

// The demo draws later moments for a burst.
func TestBurst_of_the_demo(t *testing.T) {
	t.Parallel()
	src := open(t, "demo:", camera.Config{})
	frames, err := src.(pipeline.Burster).Burst(t.Context(), 3, 300*time.Millisecond)
	if err != nil || len(frames) != 3 {
		t.Fatalf("%d frames, %v", len(frames), err)
	}
	for i, f := range frames {
		if !f.Still || i > 0 && f.At.Sub(frames[i-1].At) != 300*time.Millisecond {
			t.Errorf("frame %d: still %v, at %v", i, f.Still, f.At)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := src.(pipeline.Burster).Burst(ctx, 3, time.Second); err == nil {
		t.Error("a caller that has left gets frames")
	}
}
