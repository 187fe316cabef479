package rtsp_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera/rtsp"
)

func TestMJPEG_streams_is_cut_and_comes_back(t *testing.T) {
	t.Parallel()
	c := (&cam{}).start(t)
	c.every(t, 10*time.Millisecond, func(int) any { return pictureOf(t, 64) })
	s := open(t, c.source(), rtsp.WithTimes(config(), 300*time.Millisecond, 0, 0, 0, 10*time.Millisecond))
	frame, err := s.Frame(t.Context())
	if err != nil || frame.Image.Bounds().Dx() != 64 || time.Since(frame.At) > time.Minute {
		t.Fatalf("%v, %v", frame.At, err)
	}
	c.cut()
	await.True(t, "the camera is away", func() bool {
		_, err := s.Frame(t.Context())
		var trouble *pipeline.Trouble
		return errors.As(err, &trouble) && trouble.State == briefing.CameraAway &&
			trouble.Reason == "CONNECTION_REFUSED"
	})
	back := (&cam{address: c.address}).start(t)
	back.every(t, 10*time.Millisecond, func(int) any { return pictureOf(t, 128) })
	await.True(t, "the camera is back", func() bool {
		frame, err := s.Frame(t.Context())
		return err == nil && frame.Image.Bounds().Dx() == 128
	})
}

func TestFrame_returns_the_newest_picture_at_once(t *testing.T) {
	t.Parallel()
	c := (&cam{}).start(t)
	wanted := c.onDemand(t)
	s := open(t, c.source(), config())
	wanted.Store(1)
	if got := width(t, s); got != 8 {
		t.Errorf("width %d, want 8", got)
	}
	wanted.Store(3)
	await.True(t, "the third picture is here", func() bool { return width(t, s) == 24 })
	// Nothing more comes, so a call that waits would fail.
	if got := width(t, s); got != 24 {
		t.Errorf("width %d, want 24", got)
	}
	if got := c.dials.Load(); got != 1 {
		t.Errorf("%d connections, want 1", got)
	}
}

func TestSource_stays_connected_while_it_is_asked(t *testing.T) {
	t.Parallel()
	c := (&cam{}).start(t)
	c.every(t, 10*time.Millisecond, func(int) any { return pictureOf(t, 64) })
	s := open(t, c.source(), rtsp.WithTimes(config(), 0, 0, 200*time.Millisecond, 0, 0))
	width(t, s)
	await.True(t, "the idle connection closes", func() bool { return c.closes.Load() == 1 })
	width(t, s)
	if got := c.dials.Load(); got != 2 {
		t.Errorf("%d connections, want 2: one before the pause and one behind it", got)
	}
}

func TestKeyframes_alone_are_pictures(t *testing.T) {
	t.Parallel()
	sps, pps := []byte{0x67, 1, 2, 3}, []byte{0x68, 1, 2}
	for name, c := range map[string]struct {
		format format.Format
		units  [][][]byte
		want   int
	}{
		"H.264 with sets in the stream": {
			&format.H264{PayloadTyp: 96, PacketizationMode: 1},
			[][][]byte{{sps, pps, {0x65, 0x88, 1, 1, 1}}, {{0x41, 0x9a, 1}}}, 4 + 4 + 4 + 3 + 4 + 5,
		},
		"H.264 with sets in the description": {
			&format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: validSPS, PPS: pps},
			[][][]byte{{{0x06, 5, 1, 0}, {0x65, 0x88, 1, 1, 1}}, {{0x41, 0x9a, 1}}},
			4 + len(validSPS) + 4 + 3 + 4 + 5,
		},
		"H.264 whose keyframes are not marked": {
			&format.H264{PayloadTyp: 96, PacketizationMode: 1},
			[][][]byte{{sps, pps, {0x41, 0b1011_0000, 7}}, {{0x41, 0b1_1_000000, 1, 1, 1, 1}}},
			4 + 4 + 4 + 3 + 4 + 3,
		},
		"H.265": {
			&format.H265{PayloadTyp: 96},
			[][][]byte{{{0x40, 1, 9}, {0x42, 1, 9}, {0x44, 1, 9}, {0x26, 1, 1, 1}}, {{0x02, 1, 1}}}, 3*7 + 8,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			camera := (&cam{format: c.format}).start(t)
			camera.every(t, 10*time.Millisecond, func(n int) any { return c.units[n%len(c.units)] })
			s := open(t, camera.source(), fast(config()))
			for range 5 {
				if got := width(t, s); got != c.want {
					t.Errorf("the stream has %d bytes, want %d", got, c.want)
				}
			}
		})
	}
}

// validSPS is that of the file red-blue.h264 of package ffmpeg.
var validSPS = []byte{
	0x67, 0x64, 0x10, 0x0a, 0xac, 0xb8, 0x8f, 0x60, 0x22, 0, 0, 3, 0, 2, 0, 0, 3, 0, 4, 8,
}

func TestBurst(t *testing.T) {
	t.Parallel()
	c := (&cam{}).start(t)
	c.every(t, 10*time.Millisecond, func(n int) any { return pictureOf(t, 8*(n%200+1)) })
	s := open(t, c.source(), config())
	frames, err := s.Burst(t.Context(), 3, 50*time.Millisecond)
	if err != nil || len(frames) != 3 {
		t.Fatalf("%d frames, %v; want 3", len(frames), err)
	}
	for i := 1; i < len(frames); i++ {
		if apart := frames[i].At.Sub(frames[i-1].At); apart < 50*time.Millisecond || apart > time.Second {
			t.Errorf("frames %v apart, want about 50 ms", apart)
		}
	}
}

func TestBurst_of_keyframes_has_one_frame(t *testing.T) {
	t.Parallel()
	c := (&cam{format: &format.H265{PayloadTyp: 96}}).start(t)
	c.every(t, 10*time.Millisecond, func(int) any {
		return [][]byte{{0x40, 1, 9}, {0x42, 1, 9}, {0x44, 1, 9}, {0x26, 1, 1, 1}}
	})
	s := open(t, c.source(), config())
	if frames, err := s.Burst(t.Context(), 3, 50*time.Millisecond); err != nil || len(frames) != 1 {
		t.Errorf("%d frames, %v; want 1", len(frames), err)
	}
}

func TestFrame_skips_broken_pictures(t *testing.T) {
	t.Parallel()
	whole := pictureOf(t, 64)
	broken := append([]byte(nil), whole...)
	for i := len(broken) - 12; i < len(broken)-2; i++ {
		broken[i] = 0xff
	}
	for name, frame := range map[string]func(s *rtsp.Source) (pipeline.Frame, error){
		"Frame": func(s *rtsp.Source) (pipeline.Frame, error) { return s.Frame(t.Context()) },
		"Burst": func(s *rtsp.Source) (pipeline.Frame, error) {
			frames, err := s.Burst(t.Context(), 2, 10*time.Millisecond)
			if err != nil {
				return pipeline.Frame{}, err
			}
			return frames[0], nil
		},
	} {
		c := (&cam{}).start(t)
		var decoded atomic.Int64
		c.every(t, 50*time.Millisecond, func(int) any {
			if decoded.Load() < 1 {
				return broken
			}
			return whole
		})
		cfg := config()
		decode := cfg.Picture
		cfg.Picture = func(ctx context.Context, b []byte) (pipeline.Frame, error) {
			defer decoded.Add(1)
			return decode(ctx, b)
		}
		f, err := frame(open(t, c.source(), cfg))
		if err != nil || f.Image.Bounds().Dx() != 64 || decoded.Load() < 2 {
			t.Errorf("%s: %v after %d pictures, want the whole one", name, err, decoded.Load())
		}
	}
}

// A camera that sends a picture every six seconds is current for fifteen.
func TestPace_of_a_slow_camera_decides(t *testing.T) {
	t.Parallel()
	var elapsed atomic.Int64 // seconds of the clock
	begin := time.Now()
	c := (&cam{}).start(t)
	wanted := c.onDemand(t)
	wanted.Store(1)
	cfg := rtsp.WithTimes(config(), 0, 0, 0, time.Millisecond, 0)
	cfg.Clock = func() time.Time { return begin.Add(time.Duration(elapsed.Load()) * time.Second) }
	cfg.Timeout = 3 * time.Second
	s := open(t, c.source(), cfg)
	if got := width(t, s); got != 8 {
		t.Fatalf("the first picture is %d wide", got)
	}
	elapsed.Add(6)
	wanted.Add(1)
	await.True(t, "the second picture is here", func() bool { return width(t, s) == 16 })
	elapsed.Add(14)
	if got := width(t, s); got != 16 {
		t.Errorf("a picture of 14 s ago: width %d, want 16", got)
	}
	elapsed.Add(2)
	if got := troubleOf(t, s); got.State != briefing.CameraStale || got.Reason != briefing.TroubleNoKeyframe {
		t.Errorf("a picture of 16 s ago: %+v, want %s", got, briefing.CameraStale)
	}
}

func TestStream_that_stalls_is_opened_again(t *testing.T) {
	t.Parallel()
	c := (&cam{}).start(t)
	var stalled atomic.Bool
	c.every(t, 10*time.Millisecond, func(int) any {
		if stalled.Load() {
			return nil
		}
		return pictureOf(t, 64)
	})
	s := open(t, c.source(), rtsp.WithTimes(config(), 100*time.Millisecond, 2*time.Second, 0, 0, 50*time.Millisecond))
	width(t, s)
	stalled.Store(true)
	var got briefing.TroubleReason
	await.True(t, "the stall is an error", func() bool {
		_, err := s.Frame(t.Context())
		var trouble *pipeline.Trouble
		if errors.As(err, &trouble) {
			got = trouble.Reason
		}
		return err != nil
	})
	if got != briefing.TroubleStalled {
		t.Errorf("reason %s, want %s", got, briefing.TroubleStalled)
	}
	stalled.Store(false)
	await.True(t, "the stream is back", func() bool { _, err := s.Frame(t.Context()); return err == nil })
	if c.dials.Load() < 2 {
		t.Error("the connection was not opened again")
	}
}

func TestVideo_without_keyframes(t *testing.T) {
	t.Parallel()
	c := (&cam{format: &format.H264{PayloadTyp: 96, PacketizationMode: 1}}).start(t)
	c.every(t, 10*time.Millisecond, func(int) any { return [][]byte{{0x41, 0b1_1_000000, 1}} })
	cfg := rtsp.WithTimes(config(), 0, 0, 0, 100*time.Millisecond, 0)
	cfg.Timeout = 3 * time.Second
	s := open(t, c.source(), cfg)
	if got := troubleOf(t, s); got.Reason != briefing.TroubleNoKeyframe || got.State != briefing.CameraAway {
		t.Errorf("%+v, want %s", got, briefing.TroubleNoKeyframe)
	}
}

// The next call finds the picture that came after the first call had given up.
func TestVideo_with_rare_keyframes_stays_connected(t *testing.T) {
	t.Parallel()
	var elapsed atomic.Int64 // milliseconds of the clock
	begin := time.Now()
	c := (&cam{}).start(t)
	wanted := c.onDemand(t)
	cfg := rtsp.WithTimes(config(), 0, 0, 80*time.Millisecond, time.Millisecond, 0)
	cfg.Clock = func() time.Time { return begin.Add(time.Duration(elapsed.Load()) * time.Millisecond) }
	cfg.Timeout = 3 * time.Second
	s := open(t, c.source(), cfg)
	if got := troubleOf(t, s); got.Reason != briefing.TroubleNoKeyframe {
		t.Errorf("%+v, want %s", got, briefing.TroubleNoKeyframe)
	}
	elapsed.Add(700)
	wanted.Store(1)
	if got := width(t, s); got != 8 || c.dials.Load() != 1 {
		t.Errorf("width %d after %d connections, want 8 after 1", got, c.dials.Load())
	}
	elapsed.Add(900)
	await.True(t, "the idle connection closes", func() bool { return c.closes.Load() == 1 })
}

func TestFrame_ends_with_its_caller(t *testing.T) {
	t.Parallel()
	c := (&cam{}).start(t)
	s := open(t, c.source(), config())
	done := make(chan error, 1)
	go func() {
		_, err := s.Frame(t.Context())
		done <- err
	}()
	<-c.plays
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Frame(t.Context()); !errors.Is(err, pipeline.ErrOffline) {
		t.Errorf("after Close: %v", err)
	}
	if err := <-done; !errors.Is(err, pipeline.ErrOffline) {
		t.Errorf("a call that was waiting: %v", err)
	}
}

// The interval of keyframes is the advice only if video comes that could have some.
func TestVideo_that_gives_no_picture_says_why(t *testing.T) {
	t.Parallel()
	cfg := rtsp.WithTimes(config(), 0, 0, 0, 100*time.Millisecond, 0)
	cfg.Timeout = 3 * time.Second
	silent := (&cam{format: &format.H264{PayloadTyp: 96, PacketizationMode: 1}}).start(t)
	if got := troubleOf(t, open(t, silent.source(), cfg)); got.Reason != briefing.TroubleStalled || got.State != briefing.CameraAway {
		t.Errorf("a camera that plays nothing: %+v, want %s", got, briefing.TroubleStalled)
	}
	cut := (&cam{}).start(t)
	encode := cut.encode
	cut.encode = func(unit any) ([]*rtp.Packet, error) {
		packets, err := encode(unit)
		return packets[:len(packets)-1], err
	}
	cut.every(t, 10*time.Millisecond, func(int) any { return noiseOf(t, 128) })
	if got := troubleOf(t, open(t, cut.source(), cfg)); got.Reason != briefing.TroubleBrokenVideo {
		t.Errorf("pictures without their last packets: %+v, want %s", got, briefing.TroubleBrokenVideo)
	}
}
