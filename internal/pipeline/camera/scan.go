package camera

import (
	"bytes"
	"regexp"
	"strconv"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Bounds of what a camera sends beside pictures.
const (
	maxBetween = 1 << 20 // bytes before a picture
	maxHeaders = 4 << 10 // bytes before a picture in which its length is searched for
	maxSample  = 64 << 10
)

// scanner finds the pictures in the bytes of an answer. It ignores boundaries, because cameras
// write them in many wrong ways, and walks the markers of the pictures. The length in the header of
// a part is a hint: it ends a picture without an end marker. A scanner serves one goroutine.
type scanner struct {
	buf     []byte // what was not consumed
	picture bool   // buf begins with a picture
	png     bool   // that picture is a PNG
	walk    jpegWalk
	hint    int    // where the picture ends by its length; 0: unknown
	between int    // bytes without a picture since the last one
	sample  []byte // the first bytes of the answer, for a refusal
	faulty  []byte // the first bytes of the last part that was no picture; nil: there was none
	begun   []byte // the first bytes of a part that goes on
	length  int    // of the body, as the header says it; 0: unknown
	total   int    // bytes so far
	found   int    // pictures so far
	// examined is the total at the last call of quiet. The same bytes need no second one.
	examined int
}

// feed adds bytes.
func (s *scanner) feed(b []byte) {
	s.total += len(b)
	if n := maxSample - len(s.sample); n > 0 {
		s.sample = append(s.sample, b[:min(n, len(b))]...)
	}
	s.buf = append(s.buf, b...)
}

// next returns the next complete picture, or nil if more bytes are needed. The bytes belong to the
// caller. The error is a Trouble: too many bytes, in a picture or without one.
func (s *scanner) next() ([]byte, error) {
	for {
		if !s.picture && !s.find() {
			if s.between > maxBetween {
				return nil, illegible(briefing.TroubleNotPicture, "no picture in %d bytes", s.between)
			}
			return nil, nil
		}
		end, state := s.end()
		switch {
		case state == walkMore && len(s.buf) > maxBytes+3:
			return nil, illegible(briefing.TroubleTooLarge, "more than %d bytes", maxBytes)
		case state == walkMore:
			return nil, nil
		}
		if picture := s.consume(end); picture != nil {
			if len(picture) > maxBytes {
				return nil, illegible(briefing.TroubleTooLarge, "more than %d bytes", maxBytes)
			}
			return picture, nil
		}
	}
}

// find moves the beginning of the next picture to the beginning of buf.
func (s *scanner) find() bool {
	at := bytes.Index(s.buf, soi)
	before := s.buf
	if at >= 0 {
		before = s.buf[:at]
	}
	i := bytes.Index(before, pngMagic)
	if s.png = i >= 0; s.png {
		at = i
	}
	if at < 0 {
		s.notePart(s.buf)
		keep := min(len(s.buf), maxHeaders)
		s.between += len(s.buf) - keep
		s.buf = append(s.buf[:0], s.buf[len(s.buf)-keep:]...)
		return false
	}
	before = s.buf[:at]
	s.notePart(before)
	s.hint = 0
	if n, lead := lengthIn(before[max(0, at-maxHeaders):]); n > lead {
		s.hint = n - lead
	} else if s.total == len(s.buf) && s.length > at && n == 0 {
		s.hint = s.length - at // the whole body is one picture
	}
	s.buf = s.buf[at:]
	s.picture, s.between, s.walk = true, 0, jpegWalk{}
	return true
}

// end returns where the picture at the beginning of buf ends.
func (s *scanner) end() (int, walkState) {
	if s.png {
		if end, ok := pngEnd(s.buf); ok {
			return end, walkEnded
		}
		return 0, walkMore
	}
	state := s.walk.walk(s.buf)
	switch {
	case state == walkCut:
		return s.beforeBoundary(s.walk.at), state
	case state == walkMore && s.hinted():
		return s.hint, walkEnded
	}
	return s.walk.at, state
}

// hinted reports whether the picture has ended by its length, although its end marker is missing:
// a boundary follows. If more of the picture follows, the length was too small and is forgotten.
func (s *scanner) hinted() bool {
	if s.hint == 0 || s.walk.scans == 0 || !s.walk.coded || len(s.buf) < s.hint {
		return false
	}
	rest := bytes.TrimLeft(s.buf[s.hint:], "\r\n\x00")
	if len(rest) < 2 {
		return false // rest decides, see quiet
	}
	if bytes.HasPrefix(rest, []byte("--")) || partHeader.Match(rest[:min(len(rest), 256)]) {
		return true
	}
	s.hint = 0
	return false
}

// beforeBoundary returns the end of a picture without an end marker, before the boundary that
// follows it.
func (s *scanner) beforeBoundary(end int) int {
	if end < len("--content-type:") {
		return end
	}
	from := max(0, end-maxHeaders)
	if m := partHeader.FindIndex(s.buf[from:end]); m != nil {
		return from + m[0]
	}
	return end
}

// consume removes the picture from buf and returns it. It is nil for one without any scan: then
// only the beginning of a picture was repeated.
func (s *scanner) consume(end int) []byte {
	var picture []byte
	if s.png || s.walk.scans > 0 {
		picture = bytes.Clone(s.buf[:end])
		s.found++
	}
	s.buf = s.buf[end:] // no copy: there may be millions of beginnings
	s.picture, s.examined = false, 0
	return picture
}

// quiet returns the picture at the beginning of buf if it is complete but for its end marker:
// nothing came for a while. It is nil if the picture may go on.
func (s *scanner) quiet() []byte {
	if !s.picture || s.png || s.walk.scans == 0 || s.examined == s.total {
		return nil
	}
	s.examined = s.total
	end := len(s.buf)
	if s.hint > 0 && s.hint <= end {
		return s.consume(s.hint)
	}
	if cut := s.beforeBoundary(end); cut < end {
		return s.consume(cut)
	}
	if b, _ := mended(s.buf); !allCoded(b) {
		return nil
	}
	return s.consume(end)
}

// rest returns the picture at the beginning of buf at the end of the answer, complete or not, or
// nil if there is none.
func (s *scanner) rest() []byte {
	if !s.picture && !s.find() || len(s.buf) == 0 {
		return nil
	}
	s.walk.scans = max(s.walk.scans, 1) // even if it is too short: it is what came
	end := len(s.buf)
	if s.hint > 0 && s.hint < end {
		end = s.hint
	}
	return s.consume(s.beforeBoundary(end))
}

// notePart remembers a part that is no picture.
func (s *scanner) notePart(b []byte) {
	if len(b) == 0 {
		return
	}
	m := partHead.FindIndex(b)
	if m == nil {
		return
	}
	body := b[m[1]:]
	end := bytes.Index(body, []byte("\n--"))
	if n, _ := lengthIn(b[:m[1]]); end < 0 && n > 0 && n <= len(body) {
		end = n
	}
	if end < 0 {
		s.begun = bytes.Clone(body[:min(len(body), maxHeaders)])
	} else if len(bytes.TrimSpace(body[:end])) > 0 {
		s.faulty = bytes.Clone(body[:end])
	}
}

// fault returns the trouble of an answer without a picture.
func (s *scanner) fault(src briefing.Source) *pipeline.Trouble {
	for _, part := range [][]byte{s.faulty, s.begun} {
		if len(bytes.TrimSpace(part)) > 0 {
			return foreign(part, src)
		}
	}
	if partHead.Match(s.sample) {
		return foreign(nil, src) // parts without anything in them
	}
	return foreign(s.sample, src)
}

var (
	// partHead matches the header of a part up to its empty line.
	partHead = regexp.MustCompile(`(?i)(?:^|\n)content-[a-z]+[ \t]*:[^\n]*\n(?:[!-9;-~]+[ \t]*:?[^\n]*\n)*?\r?\n`)
	// partHeader matches a boundary with the header that follows it, or the header alone.
	partHeader = regexp.MustCompile(`(?i)(?:\r?\n|--)(?:[ -~]{0,100}\r?\n){0,4}content-(?:type|length)[ \t]*:`)
	// lengthHeader matches the length of a part.
	lengthHeader = regexp.MustCompile(`(?i)(?:^|\n)content-length[ \t]*[:=][ \t]*"?([0-9]{1,9})`)
	emptyLine    = regexp.MustCompile(`\n\r?\n`)
)

// lengthIn returns the length that the last header in a text has, and how many bytes stand between
// the empty line after that header and the end of the text. Without a length it returns 0.
func lengthIn(text []byte) (length, lead int) {
	all := lengthHeader.FindAllSubmatchIndex(text, -1)
	if len(all) == 0 {
		return 0, 0
	}
	last := all[len(all)-1]
	length, _ = strconv.Atoi(string(text[last[2]:last[3]]))
	if m := emptyLine.FindIndex(text[last[3]:]); m != nil {
		lead = len(text) - last[3] - m[1]
	}
	return length, lead
}
