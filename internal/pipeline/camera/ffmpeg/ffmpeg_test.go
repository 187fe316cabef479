package ffmpeg_test

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"image"
	"image/color"
	"log/slog"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera/ffmpeg"
)

func TestMain(m *testing.M) {
	becomeParent()
	goleak.VerifyTestMain(m)
}

// The files have a red and a blue picture of 64 x 48 pixels, both keyframes with their parameter
// sets. They were drawn by ffmpeg's source "color".
var (
	//go:embed testdata/red-blue.h264
	redBlue264 []byte
	//go:embed testdata/red-blue.h265
	redBlue265 []byte
	// unmarked has a red picture that needs no other, in a slice of type 1 instead of 5.
	//go:embed testdata/unmarked.h264
	unmarked []byte
)

// real returns a decoder with the machine's ffmpeg, or ends the test.
func real(t *testing.T, cfg ffmpeg.Config) *ffmpeg.Decoder {
	t.Helper()
	d := ffmpeg.New(cfg)
	if !d.Found() {
		t.Skip("NOT TESTED: ffmpeg is not installed, see scripts/ffmpeg.sh")
	}
	return d
}

// near fails unless a pixel is close to a colour.
func near(t *testing.T, img image.Image, want color.RGBA) {
	t.Helper()
	b := img.Bounds()
	got := color.RGBAModel.Convert(img.At(b.Dx()/2, b.Dy()/2)).(color.RGBA)
	for _, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
		if d < -12 || d > 12 {
			t.Errorf("the pixel is %v, want about %v", got, want)
			return
		}
	}
}

func TestDecode_returns_the_first_picture_in_its_colours(t *testing.T) {
	t.Parallel()
	d := real(t, ffmpeg.Config{})
	for name, c := range map[string]struct {
		codec  ffmpeg.Codec
		stream []byte
	}{
		"H.264": {ffmpeg.H264, redBlue264}, "H.265": {ffmpeg.H265, redBlue265},
		"a keyframe that is not marked": {ffmpeg.H264, unmarked},
	} {
		frame, err := d.Decode(t.Context(), c.codec, c.stream)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := frame.Image.Bounds().Size(); got != image.Pt(64, 48) || frame.Damaged {
			t.Errorf("%s: %v, damaged %v; want 64 x 48, whole", name, got, frame.Damaged)
		}
		near(t, frame.Image, color.RGBA{R: 255, A: 255})
	}
}

func TestDecode_scales_large_pictures_down(t *testing.T) {
	t.Parallel()
	d := real(t, ffmpeg.Config{})
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi",
		"-i", "color=c=green:size=4800x1600:rate=1:duration=1", "-c:v", "libx264", "-preset", "ultrafast", "-f", "h264", "pipe:1").Output()
	if err != nil {
		t.Skip("NOT TESTED: this ffmpeg cannot encode H.264")
	}
	frame, err := d.Decode(t.Context(), ffmpeg.H264, out)
	if err != nil {
		t.Fatal(err)
	}
	if got := frame.Image.Bounds().Size(); got != image.Pt(ffmpeg.MaxSide, ffmpeg.MaxSide/3) {
		t.Errorf("size %v of 4800 x 1600", got)
	}
}

func TestDecode_refuses_what_is_no_video(t *testing.T) {
	t.Parallel()
	d := real(t, ffmpeg.Config{})
	for name, stream := range map[string][]byte{
		"nothing":                nil,
		"a page":                 []byte(strings.Repeat("<html>", 100)),
		"parameter sets alone":   redBlue264[:0x25],
		"no parameter sets":      redBlue264[0x25:0x48],
		"a playlist with a file": []byte("#EXTM3U\nfile:///etc/passwd\n"),
	} {
		frame, err := d.Decode(t.Context(), ffmpeg.H264, stream)
		var trouble *pipeline.Trouble
		if frame.Image != nil || !errors.Is(err, pipeline.ErrUnreadable) || !errors.As(err, &trouble) ||
			trouble.Reason != briefing.TroubleBrokenVideo {
			t.Errorf("%s: %v, want %v", name, err, briefing.TroubleBrokenVideo)
		}
	}
	if _, err := d.Decode(t.Context(), "mpeg4", redBlue264); !errors.Is(err, pipeline.ErrUnreadable) {
		t.Errorf("another codec: %v", err)
	}
}

func TestDecode_says_when_a_part_of_the_picture_is_missing(t *testing.T) {
	t.Parallel()
	d := real(t, ffmpeg.Config{})
	for codec, encoder := range map[ffmpeg.Codec][]string{
		ffmpeg.H264: {"-c:v", "libx264", "-x264-params", "slices=4"}, ffmpeg.H265: {"-c:v", "libx265", "-x265-params", "log-level=none"},
	} {
		args := append([]string{"-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=1:duration=1"}, encoder...)
		stream, err := exec.CommandContext(t.Context(), "ffmpeg", append(args, "-f", string(codec), "pipe:1")...).Output()
		if err != nil {
			t.Skip("NOT TESTED: this ffmpeg cannot encode " + codec)
		}
		frame, err := d.Decode(t.Context(), codec, stream)
		if err != nil || frame.Damaged {
			t.Errorf("%s: the whole picture is damaged: %v, %v", codec, frame.Damaged, err)
		}
		cuts := []int{len(stream) / 2}
		if codec == ffmpeg.H264 {
			cuts = append(cuts, len(stream)*9/10, bytes.LastIndex(stream, []byte{0, 0, 1})) // before the last slice
		}
		for _, cut := range cuts {
			frame, err = d.Decode(t.Context(), codec, stream[:cut])
			if err == nil && !frame.Damaged {
				t.Errorf("%s: %d of %d bytes count as whole", codec, cut, len(stream))
			}
		}
	}
}

func TestDecoder_without_the_program(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	d := ffmpeg.New(ffmpeg.Config{Path: t.TempDir() + "/ffmpeg", Log: slog.New(slog.NewTextHandler(&log, nil))})
	for range 2 {
		_, err := d.Decode(t.Context(), ffmpeg.H264, redBlue264)
		var trouble *pipeline.Trouble
		if !errors.As(err, &trouble) || trouble.Reason != briefing.TroubleNoDecoder ||
			trouble.State != briefing.CameraIllegible || d.Found() {
			t.Errorf("%v, want %v", err, briefing.TroubleNoDecoder)
		}
	}
	if got := strings.Count(log.String(), "level=WARN"); got != 1 {
		t.Errorf("%d lines for the operator, want 1:\n%s", got, log.String())
	}
}

func TestDecode_ends_with_its_caller(t *testing.T) {
	t.Parallel()
	d := real(t, ffmpeg.Config{Children: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Decode(ctx, ffmpeg.H264, redBlue264); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}

// FuzzDecode checks that no stream makes Decode do anything but return a picture or ErrUnreadable.
func FuzzDecode(f *testing.F) {
	d := ffmpeg.New(ffmpeg.Config{})
	if !d.Found() || runtime.GOOS != "linux" {
		f.Skip("NOT TESTED: ffmpeg is not installed, see scripts/ffmpeg.sh")
	}
	f.Add(true, redBlue264)
	f.Add(false, redBlue265)
	f.Fuzz(func(t *testing.T, older bool, stream []byte) {
		codec := ffmpeg.H265
		if older {
			codec = ffmpeg.H264
		}
		frame, err := d.Decode(t.Context(), codec, stream)
		if (frame.Image == nil) == (err == nil) || err != nil && !errors.Is(err, pipeline.ErrUnreadable) {
			t.Errorf("%v, %v", frame.Image != nil, err)
		}
	})
}

// FuzzPicture checks the reader of the child's output.
func FuzzPicture(f *testing.F) {
	f.Add([]byte("YUV4MPEG2 W2 H2 F1:1 C420\nFRAME\n\x01\x02\x03\x04\x05\x06"))
	f.Add([]byte("YUV4MPEG2 W2 H2 C444\nFRAME\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		img, err := ffmpeg.ReadPicture(bytes.NewReader(b))
		if (img == nil) != (err != nil) {
			t.Errorf("%v, %v", img, err)
		}
	})
}
