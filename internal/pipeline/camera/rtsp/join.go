package rtsp

import (
	"errors"
	"fmt"

	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph264"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph265"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/pion/rtp"
)

// Bounds of one picture.
const (
	maxBytes   = 10 << 20
	maxPackets = 20_000 // a packet may be empty, so bytes alone are no bound
)

// joiner joins the packets of a video to pictures. One goroutine uses it.
type joiner struct {
	track  track
	decode func(*rtp.Packet) ([][]byte, error) // returns the parts of a picture
	pick   func(parts [][]byte) []byte         // returns what can be decoded alone, or nil

	jpegs          jpegs // of MJPEG
	bytes, packets int   // since the last picture
	last           rtp.Header
	started        bool
	gap            bool // a packet of the current picture is missing
}

func newJoiner(t track) *joiner {
	j := &joiner{track: t}
	switch f := t.format.(type) {
	case *format.H264:
		j.pick = (&sets{avc: true, sets: map[byte][][]byte{7: some(f.SPS), 8: some(f.PPS)}}).keyframe
	case *format.H265:
		j.pick = (&sets{sets: map[byte][][]byte{
			32: some(f.VPS), 33: some(f.SPS), 34: some(f.PPS),
		}}).keyframe
	default:
		j.pick = func(parts [][]byte) []byte { return parts[0] }
	}
	j.reset()
	return j
}

// some returns a list with a parameter set, or none if it is empty.
func some(set []byte) [][]byte {
	if len(set) == 0 {
		return nil
	}
	return [][]byte{set}
}

// reset starts anew, without the parts of a picture that came so far.
func (j *joiner) reset() {
	j.bytes, j.packets, j.gap = 0, 0, false
	switch f := j.track.format.(type) {
	case *format.H264:
		// A mode that nobody knows is read like the usual one.
		j.decode = (&rtph264.Decoder{PacketizationMode: f.PacketizationMode & 1}).Decode
	case *format.H265:
		j.decode = (&rtph265.Decoder{MaxDONDiff: f.MaxDONDiff}).Decode
	default:
		j.jpegs.decoder = rtpmjpeg.Decoder{}
		j.decode = j.jpegs.decode
	}
}

// push adds a packet. It returns a picture that can be decoded alone, or nil if the packet
// completes none. The only errors are panics of the parsers. A fault of a packet costs a picture
// and no more: the next one comes soon.
func (j *joiner) push(p *rtp.Packet) (picture []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			picture, err = nil, fmt.Errorf("%w: %v", errPanicked, cause)
		}
	}()
	whole := j.follow(p.Header)
	j.bytes += len(p.Payload)
	j.packets++
	if j.bytes > maxBytes || j.packets > maxPackets {
		j.reset()
		j.gap = true // the rest of this picture is worthless
		return nil, nil
	}
	parts, err := j.decode(p)
	if err != nil || len(parts) == 0 {
		return nil, nil // more packets are needed, or one is wrong
	}
	j.bytes, j.packets = 0, 0
	if !whole {
		return nil, nil
	}
	return j.pick(parts), nil
}

// follow notes the header of a packet. It reports whether a picture that the packet completes has
// all its packets. A picture may be complete only with the first packet of the next one.
func (j *joiner) follow(h rtp.Header) (whole bool) {
	jump := j.started && h.SequenceNumber != j.last.SequenceNumber+1
	whole = !j.gap && !jump
	if h.Timestamp != j.last.Timestamp {
		j.gap = false
	}
	j.gap = j.gap || jump
	j.started, j.last = true, h
	return whole
}

var errPanicked = errors.New("a parser panicked")
