package camera

import (
	"context"
	"sync"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera/ffmpeg"
	"bis/internal/pipeline/camera/rtsp"
)

// openRTSP returns the source of an rtsp:// or rtsps:// address.
func openRTSP(src briefing.Source, cfg Config) (*rtsp.Source, error) {
	pins, err := newPins(cfg, src.Host)
	if err != nil {
		return nil, err
	}
	return rtsp.Open(src, rtsp.Config{
		Clock: cfg.Clock, Timeout: cfg.Timeout, Log: cfg.Log,
		Dial: newDialer(cfg).dial, Secure: pins.client,
		Picture: func(ctx context.Context, b []byte) (pipeline.Frame, error) {
			return frameOf(ctx, b, time.Time{})
		},
		Keyframes: keyframes{decoderOf(cfg)},
	})
}

// decoderOf returns the decoder of a configuration.
func decoderOf(cfg Config) *ffmpeg.Decoder {
	if cfg.FFmpeg != nil {
		return cfg.FFmpeg
	}
	return ffmpegInPath()
}

// ffmpegInPath is one decoder for all sources without their own, so that its bound on children
// holds for all of them.
var ffmpegInPath = sync.OnceValue(func() *ffmpeg.Decoder { return ffmpeg.New(ffmpeg.Config{}) })

// keyframes decodes the video of RTSP by ffmpeg.
type keyframes struct{ *ffmpeg.Decoder }

func (k keyframes) Decode(
	ctx context.Context, codec rtsp.Codec, stream []byte,
) (pipeline.Frame, error) {
	name := ffmpeg.H264
	if codec == rtsp.H265 {
		name = ffmpeg.H265
	}
	return k.Decoder.Decode(ctx, name, stream)
}
