package rtsp

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/pion/rtp"
)

// jpegs joins the packets of MJPEG (RFC 2435). It adds to the library's decoder what some cameras
// need: restart intervals, and quantization tables that are sent once.
type jpegs struct {
	decoder rtpmjpeg.Decoder
	tables  map[byte][]byte // by the number in the packets, 128 to 255
	restart uint16          // interval of the current picture; 0: none
}

// Sizes of the headers in a packet, in bytes.
const (
	jpegHeader    = 8
	restartHeader = 4
	tablesHeader  = 4
)

// errTables is the error of a picture whose tables never came.
var errTables = errors.New("quantization tables are missing")

// decode adds a packet and returns the picture that it completes.
func (j *jpegs) decode(p *rtp.Packet) ([][]byte, error) {
	payload, err := j.mend(p.Payload)
	if err != nil {
		return nil, err
	}
	mended := *p
	mended.Payload = payload
	picture, err := j.decoder.Decode(&mended)
	if err != nil {
		return nil, err
	}
	if j.restart > 0 {
		// DRI comes behind SOI: ITU-T T.81, B.2.4.4.
		segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xdd, 0, 4}, j.restart)
		picture = slices.Insert(picture, 2, segment...)
	}
	return [][]byte{picture}, nil
}

// mend returns a payload without restart header, and with the tables of earlier packets if it has
// none of its own. A payload that is too short is left to the decoder.
func (j *jpegs) mend(payload []byte) ([]byte, error) {
	if len(payload) < jpegHeader {
		return payload, nil
	}
	head, rest := slices.Clone(payload[:jpegHeader]), payload[jpegHeader:]
	first := head[1]|head[2]|head[3] == 0 // the offset of the fragment
	if first {
		j.restart = 0
	}
	if head[4] >= 64 && head[4] < 128 && len(rest) >= restartHeader { // the type
		j.restart = binary.BigEndian.Uint16(rest)
		head[4], rest = head[4]-64, rest[restartHeader:]
	}
	if number := head[5]; first && number >= 128 && len(rest) >= tablesHeader {
		size := int(binary.BigEndian.Uint16(rest[2:]))
		switch {
		case size == 0 && j.tables[number] == nil:
			return nil, errTables
		case size == 0:
			rest = slices.Concat(j.tables[number], rest[tablesHeader:])
		case len(rest) >= tablesHeader+size && size <= 128:
			if j.tables == nil {
				j.tables = map[byte][]byte{}
			}
			j.tables[number] = slices.Clone(rest[:tablesHeader+size])
		}
	}
	return append(head, rest...), nil
}
