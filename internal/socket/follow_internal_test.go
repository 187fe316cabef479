package socket

import (
	"math/rand/v2"
	"testing"
)

// However the bytes are split, the frames are the same.
func TestFrames_are_followed_byte_by_byte(t *testing.T) {
	t.Parallel()
	long := func(first byte, n int) string {
		h := string([]byte{first, 0x80 | 126, byte(n >> 8), byte(n), 1, 2, 3, 4})
		return h + string(make([]byte, n))
	}
	huge := "\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00abcd" + string(make([]byte, 1<<16))
	all := "\x81\x80abcd" + "\x89\x85abcdhello" + "\x01\x81abcdx" + "\x8a\x80abcd" + long(0x00, 300) + "\x80\x80abcd" + huge + "\x81\x05hello" + long(0x81, 65_535) + "\x81\x8aabcdhalf"
	for range 200 {
		var f frames
		counted := 0
		for rest := all; rest != ""; {
			n := min(len(rest), 1+rand.IntN(1_000))
			frames, _ := f.follow([]byte(rest[:n]))
			counted += frames
			rest = rest[n:]
		}
		if counted != 9 || f.left != 6 || f.open || f.oneByte || !f.unfinished() || f.messages != 1 {
			t.Fatalf("%d frames, then %+v; want 9, and 6 bytes to come", counted, f)
		}
	}
	var f frames
	if _, ended := f.follow([]byte("\x01\x80abcd\x80\x80abcd\x81")); !ended || !f.unfinished() {
		t.Errorf("a message that ends before another begins: ended %v, %+v", ended, f)
	}
	if f.follow([]byte("\x80abcd\x88\x81abcdx")); !f.oneByte || f.unfinished() {
		t.Errorf("a close of one byte: %+v", f)
	}
	if f = (frames{}); true {
		f.follow([]byte("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xffabcd"))
		if f.left != 1<<64-1 || !f.unfinished() {
			t.Errorf("the longest length: %+v", f)
		}
	}
}
