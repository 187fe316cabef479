package rtsp

import (
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"
)

// WithTimes returns cfg with times for tests. Zero means the default.
func WithTimes(cfg Config, stale, silent, idle, keyframe, pause time.Duration) Config {
	set := func(to *time.Duration, value time.Duration) {
		if value > 0 {
			*to = value
		}
	}
	cfg.times = defaults
	set(&cfg.times.stale, stale)
	set(&cfg.times.broken, stale)
	set(&cfg.times.silent, silent)
	set(&cfg.times.idle, idle)
	set(&cfg.times.keyframe, keyframe)
	set(&cfg.times.pause[0], pause)
	set(&cfg.times.pause[1], pause)
	set(&cfg.times.refused[0], pause)
	set(&cfg.times.refused[1], pause)
	return cfg
}

// Join returns the pictures in the packets of a format.
func Join(f format.Format, packets []*rtp.Packet) (pictures [][]byte, err error) {
	codec, _ := codecOf(f)
	j := newJoiner(track{codec: codec, format: f})
	for _, p := range packets {
		b, err := j.push(p)
		if err != nil {
			return pictures, err
		}
		if b != nil {
			pictures = append(pictures, b)
		}
	}
	return pictures, nil
}

// OnlyVideo is onlyVideo.
var OnlyVideo = onlyVideo

// MaxPackets is maxPackets.
const MaxPackets = maxPackets
