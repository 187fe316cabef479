package rtsp

import (
	"strings"

	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// track is the video of a camera that is read.
type track struct {
	codec  Codec
	media  *description.Media // with this format alone
	format format.Format
}

// choose returns the video to read. MJPEG comes first, because it needs no decoder but our own;
// then comes the first in the description. The error is a pipeline.Trouble.
func choose(desc *description.Session, keyframes Keyframes) (track, error) {
	var best track
	var unknown string
	for _, media := range desc.Medias {
		if media.IsBackChannel {
			continue
		}
		for _, f := range media.Formats {
			codec, name := codecOf(f)
			if codec == "" {
				unknown = name
				continue
			}
			if best.codec == "" || codec == MJPEG && best.codec != MJPEG {
				single := *media
				single.Formats = []format.Format{f}
				best = track{codec, &single, f}
			}
		}
	}
	switch {
	case best.codec == MJPEG:
		return best, nil
	case best.codec != "":
		return best, keyframes.Ready()
	case unknown != "":
		return track{}, &pipeline.Trouble{State: briefing.CameraIllegible,
			Reason: briefing.TroubleCodec, Words: unknown, Err: errText("codec " + unknown)}
	}
	return track{}, errNoVideo
}

// codecOf returns the codec of a format, or the name of one that is not read.
func codecOf(f format.Format) (codec Codec, name string) {
	switch f := f.(type) {
	case *format.MJPEG:
		return MJPEG, ""
	case *format.H264:
		return H264, ""
	case *format.H265:
		return H265, ""
	case *format.MPEG4Video:
		return "", "MPEG-4"
	case *format.MPEG1Video:
		return "", "MPEG-1/2"
	case *format.MPEGTS:
		return "", "MPEG-TS"
	case *format.Generic:
		name, _, _ := strings.Cut(f.RTPMap(), "/")
		if strings.EqualFold(name, "JPEG") {
			return MJPEG, "" // with a payload type of the camera's own
		}
		return "", cleanName(name)
	}
	name, _, _ = strings.Cut(f.RTPMap(), "/")
	return "", cleanName(name)
}

// cleanName bounds the name of a codec, which the camera has chosen.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return -1
	}, name)
	if name == "" {
		return "?"
	}
	return name[:min(len(name), 20)]
}

// packets returns the function that receives the packets of the video. The client calls it on one
// goroutine.
func (t track) packets(got receive) func(*rtp.Packet) {
	join := newJoiner(t)
	return func(p *rtp.Packet) {
		data, err := join.push(p)
		got(t.codec, data, err)
	}
}
