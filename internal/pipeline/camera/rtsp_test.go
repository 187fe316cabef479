package camera_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
	"github.com/pion/rtp"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/camera/ffmpeg"
)

// rtspCamera is a camera with RTSP on loopback that sends one access unit again and again.
type rtspCamera struct {
	server *gortsplib.Server
	ready  chan struct{} // closed when stream is set
	stream *gortsplib.ServerStream
	end    func()
}

// encoder turns a picture into packets. gortsplib has one for each format.
type encoder interface {
	Encode(unit [][]byte) ([]*rtp.Packet, error)
}

// startRTSP starts a camera at an address of loopback.
func startRTSP(t *testing.T, address string, f format.Format, packets func() ([]*rtp.Packet, error)) *rtspCamera {
	t.Helper()
	c := &rtspCamera{ready: make(chan struct{})}
	c.server = &gortsplib.Server{Handler: c, RTSPAddress: address}
	if err := c.server.Start(); err != nil {
		t.Fatal(err)
	}
	media := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{f}}
	c.stream = &gortsplib.ServerStream{Server: c.server, Desc: &description.Session{Medias: []*description.Media{media}}}
	if err := c.stream.Initialize(); err != nil {
		t.Fatal(err)
	}
	close(c.ready)
	stop := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-tick.C:
			case <-stop:
				return
			}
			all, err := packets()
			if err != nil {
				t.Error(err)
				return
			}
			for _, p := range all {
				p.Timestamp = uint32(n) * 4500
				_ = c.stream.WritePacketRTP(media, p) // fails once the server has ended
			}
		}
	})
	c.end = sync.OnceFunc(func() { close(stop); sending.Wait(); c.stream.Close(); c.server.Close() })
	t.Cleanup(c.end)
	return c
}

func (c *rtspCamera) address() string { return c.server.NetListener().Addr().String() }

func (c *rtspCamera) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	<-c.ready
	if !ctx.Conn.VerifyCredentials(ctx.Request, "me", "hid/den") {
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	return &base.Response{StatusCode: base.StatusOK}, c.stream, nil
}

func (c *rtspCamera) OnSetup(*gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return &base.Response{StatusCode: base.StatusOK}, c.stream, nil
}

func (c *rtspCamera) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// units returns the first access unit of an Annex B file of package ffmpeg: count units.
func units(t *testing.T, file string, count int) [][]byte {
	t.Helper()
	b, err := os.ReadFile("ffmpeg/testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var found [][]byte
	for _, unit := range bytes.Split(b, []byte{0, 0, 1})[1:] {
		found = append(found, bytes.TrimRight(unit, "\x00"))
	}
	return found[:count]
}

// The stream comes from a file that ffmpeg drew: red pictures of 64 x 48 pixels.
func TestRTSP_of_H264_and_H265_streams_is_cut_and_comes_back(t *testing.T) {
	t.Parallel()
	decoder := ffmpeg.New(ffmpeg.Config{})
	if !decoder.Found() {
		t.Skip("NOT TESTED: ffmpeg is not installed, see scripts/ffmpeg.sh")
	}
	h264 := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	e264, err := h264.CreateEncoder()
	if err != nil {
		t.Fatal(err)
	}
	h265 := &format.H265{PayloadTyp: 96}
	e265, err := h265.CreateEncoder()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		format format.Format
		encode encoder
		unit   [][]byte
	}{
		{"H.264", h264, e264, units(t, "red-blue.h264", 3)},
		{"H.265", h265, e265, units(t, "red-blue.h265", 4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			packets := func() ([]*rtp.Packet, error) { return c.encode.Encode(c.unit) }
			cam := startRTSP(t, "127.0.0.1:0", c.format, packets)
			address := cam.address()
			src := open(t, "rtsp://me:hid%2Fden@"+address+"/live", camera.Config{FFmpeg: decoder})
			checkRed(t, src)
			cam.end()
			await.True(t, "the camera is away", func() bool {
				_, err := src.Frame(t.Context())
				var trouble *pipeline.Trouble
				return errors.As(err, &trouble) && trouble.State == briefing.CameraAway
			})
			startRTSP(t, address, c.format, packets)
			await.True(t, "the camera is back", func() bool { _, err := src.Frame(t.Context()); return err == nil })
			checkRed(t, src)
		})
	}
}

// checkRed checks that the next frame has the file's picture.
func checkRed(t *testing.T, src pipeline.Source) {
	t.Helper()
	f, err := src.Frame(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := color.RGBAModel.Convert(f.Image.At(32, 24)).(color.RGBA)
	if f.Image.Bounds().Size() != image.Pt(64, 48) || c.R < 240 || c.G > 15 || c.B > 15 || f.Damaged {
		t.Errorf("%v, the pixel is %v, damaged %v; want red in 64 x 48", f.Image.Bounds(), c, f.Damaged)
	}
}

func TestRTSP_of_MJPEG_needs_no_ffmpeg(t *testing.T) {
	t.Parallel()
	mjpeg := &format.MJPEG{}
	e, err := mjpeg.CreateEncoder()
	if err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 320, 240)), nil); err != nil {
		t.Fatal(err)
	}
	cam := startRTSP(t, "127.0.0.1:0", mjpeg, func() ([]*rtp.Packet, error) { return e.Encode(picture.Bytes()) })
	none := ffmpeg.New(ffmpeg.Config{Path: "none"})
	src := open(t, "rtsp://me:hid%2Fden@"+cam.address()+"/live", camera.Config{FFmpeg: none})
	if got := width(t, src); got != 320 {
		t.Errorf("width %d", got)
	}
	if _, ok := src.(pipeline.Burster); !ok {
		t.Error("the source gives no bursts")
	}
}

func TestRTSP_of_H264_without_ffmpeg_says_so(t *testing.T) {
	t.Parallel()
	h264 := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	e, err := h264.CreateEncoder()
	if err != nil {
		t.Fatal(err)
	}
	cam := startRTSP(t, "127.0.0.1:0", h264, func() ([]*rtp.Packet, error) { return e.Encode([][]byte{{0x65, 1}}) })
	none := ffmpeg.New(ffmpeg.Config{Path: "none"})
	src := open(t, "rtsp://me:hid%2Fden@"+cam.address()+"/live", camera.Config{FFmpeg: none})
	_, err = src.Frame(t.Context())
	var trouble *pipeline.Trouble
	if !errors.As(err, &trouble) || trouble.Reason != briefing.TroubleNoDecoder || trouble.State != briefing.CameraIllegible {
		t.Errorf("%v, want %s", err, briefing.TroubleNoDecoder)
	}
}
