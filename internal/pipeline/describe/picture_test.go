package describe_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/blur"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/describe"
	"bis/internal/pipeline/measure"
	"bis/internal/pipeline/model/modeltest"
)

// caption is a Captioner of one word.
type caption struct{}

func (caption) Caption(context.Context, pipeline.CaptionInput) (pipeline.Caption, error) {
	return pipeline.Caption{Text: "x", Source: "template"}, nil
}

// picture returns a picture whose left half is red, as JPEG with an EXIF orientation and a comment.
func picture(t *testing.T, width, height int, orientation byte) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			light := uint8(80 + 170*((x*24/width+y*14/height)%2)) // so that the camera is not covered
			c := color.RGBA{B: light, A: 255}
			if x < width/2 {
				c = color.RGBA{R: light, A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00"
	segments := "\xff\xe1\x00" + string(rune(len(exif)+2)) + exif + "\xff\xfe\x00\x08secret"
	return append([]byte("\xff\xd8"+segments), b.Bytes()[2:]...)
}

// shot returns the picture that a provider gets of a file, in a whole run.
func shot(t *testing.T, file []byte, masks []briefing.Polygon) (sent []byte, frame image.Image) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "shop.jpg")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	source, err := camera.Open("file:"+name, camera.Config{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	measurer, err := measure.New(measure.Config{})
	if err != nil {
		t.Fatal(err)
	}
	privacy, err := blur.New(log)
	if err != nil {
		t.Fatal(err)
	}
	server := saying(`{"description": "바닥이 깨끗합니다."}`)
	p, err := pipeline.New(pipeline.Config{
		Cameras: map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {Source: source, Measurer: measurer}},
		Open: func(briefing.Camera) (pipeline.Setup, error) {
			return pipeline.Setup{Source: source, Measurer: measurer}, nil
		},
		Captioner: caption{}, Describer: open(t, nil, nil, server), Privacy: privacy, KeepFrames: true, Log: log,
		FrameTimeout: 5 * time.Minute, // a busy machine decodes slowly
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	req := briefing.Request{ID: "r", Username: "kim", Interval: 60, CameraID: "door", StartedAt: time.Now().Add(-time.Minute)}
	got, err := p.Run(t.Context(), briefing.Run{Request: req, Tick: 1, At: req.TickAt(1), Camera: &briefing.Camera{
		ID: "door", Username: "kim", Version: 1, Masks: masks,
		Egress: []briefing.ProviderEgress{{Provider: "a.test", Egress: briefing.EgressFull}},
	}})
	if err != nil || got.Description != "바닥이 깨끗합니다." || got.Facts.FrameID == "" {
		t.Fatalf("%+v: %v", got, err)
	}
	shown, err := p.Picture(got.Facts.FrameID)
	if err != nil {
		t.Fatal(err)
	}
	frame, err = jpeg.Decode(bytes.NewReader(shown))
	if err != nil {
		t.Fatal(err)
	}
	return lastPicture(server), frame
}

// lastPicture returns the picture of the last request.
func lastPicture(s *modeltest.Server) []byte {
	all := s.Requests()
	pictures := all[len(all)-1].Pictures()
	return pictures[len(pictures)-1]
}

// colourAt returns the colour at a place of a picture, in shares of its size: red, black or blue.
func colourAt(img image.Image, x, y float64) string {
	b := img.Bounds()
	r, _, bl, _ := img.At(int(x*float64(b.Dx())), int(y*float64(b.Dy()))).RGBA()
	switch {
	case r>>8 < 60 && bl>>8 < 60:
		return "black"
	case r > bl:
		return "red"
	}
	return "blue"
}

// What leaves is the picture of the run, upright, at most 1,024 pixels, baseline, without metadata
// and black where the masks are.
func TestDescribe_sends_a_picture_made_for_it(t *testing.T) {
	t.Parallel()
	mask := []briefing.Polygon{{Points: []briefing.Point{{X: 0, Y: 0}, {X: .3, Y: 0}, {X: .3, Y: 1}, {X: 0, Y: 1}}}}
	for name, c := range map[string]struct {
		width, height int
		orientation   byte
		masks         []briefing.Polygon
		want          image.Point
		upper, lower  string // the colours at the corners of the left side
	}{
		"small":        {640, 480, 1, nil, image.Pt(640, 480), "red", "red"},
		"turned":       {640, 480, 6, nil, image.Pt(480, 640), "red", "blue"},
		"4K, turned":   {3840, 2160, 6, nil, image.Pt(576, 1024), "red", "blue"},
		"turned other": {640, 480, 8, nil, image.Pt(480, 640), "blue", "red"},
		"masked":       {3840, 2160, 1, mask, image.Pt(1024, 576), "black", "black"},
	} {
		t.Run(name, func(t *testing.T) {
			sent, shown := shot(t, picture(t, c.width, c.height, c.orientation), c.masks)
			img, err := jpeg.Decode(bytes.NewReader(sent))
			if err != nil {
				t.Fatal(err)
			}
			if got := img.Bounds().Size(); got != c.want {
				t.Errorf("size %v, want %v", got, c.want)
			}
			for _, never := range []string{"Exif", "secret", "\xff\xc2", "\xff\xe1"} {
				if bytes.Contains(sent[:400], []byte(never)) {
					t.Errorf("the picture has %q", never)
				}
			}
			if upper, lower := colourAt(img, .1, .1), colourAt(img, .1, .9); upper != c.upper || lower != c.lower {
				t.Errorf("%s over %s, want %s over %s", upper, lower, c.upper, c.lower)
			}
			if a, b := colourAt(img, .8, .9), colourAt(shown, .8, .9); a != b {
				t.Errorf("the picture of the run has %s where the sent one has %s", b, a)
			}
		})
	}
}

var _ describe.Words = (briefing.WordStore)(nil)
