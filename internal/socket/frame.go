package socket

import (
	"encoding/binary"

	"github.com/gorilla/websocket"
)

// chunkLen is the length of a long message's frames and about the length of a write, in bytes. The
// write timeout applies to each write, so a slow phone can receive a long message, too.
const chunkLen = 16 << 10

// maxHeader is the length of the longest header of a server's frame, in bytes.
const maxHeader = 10

// frameEnd is the header bit of a message's last frame.
const frameEnd = 0x80

// appendHeader appends the header of a server's frame of n bytes, which has no mask (RFC 6455,
// section 5.2).
func appendHeader(b []byte, opcode byte, n int) []byte {
	switch {
	case n < 126:
		return append(b, opcode, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, opcode, 126), uint16(n))
	}
	return binary.BigEndian.AppendUint64(append(b, opcode, 127), uint64(n))
}

// headerLen returns the length of the header that appendHeader appends.
func headerLen(n int) int {
	switch {
	case n < 126:
		return 2
	case n < 1<<16:
		return 4
	}
	return maxHeader
}

// appendControl appends a control frame.
func appendControl(b []byte, kind byte, payload []byte) []byte {
	return append(appendHeader(b, frameEnd|kind, len(payload)), payload...)
}

// appendText appends a text message of one frame. The text is the concatenation of parts.
func appendText(b []byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b = appendHeader(b, frameEnd|websocket.TextMessage, n)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}
