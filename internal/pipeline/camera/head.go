package camera

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"bis/internal/briefing"
)

// Bounds of the head of an answer.
const (
	maxHead     = 64 << 10 // bytes
	maxHeadLine = 16 << 10
	maxStrange  = 1 << 10 // bytes without anything of HTTP
	maxInterim  = 8       // answers such as "100 Continue" before the final one
)

// head is the head of an answer. Cameras break many rules of HTTP here, so whatever can be
// understood is.
type head struct {
	status int    // 200 if the camera sent none
	reason string // the text behind the status
	fields map[string][]string
}

// get returns the first value of a header, by its name in lower case.
func (h *head) get(name string) string {
	if v := h.fields[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// length returns the length of the body, or 0 if it is unknown. Two different lengths are unknown.
func (h *head) length() int {
	length := 0
	for _, v := range h.fields["content-length"] {
		for one := range strings.SplitSeq(v, ",") {
			n, err := strconv.Atoi(strings.Trim(one, " \t\""))
			if err != nil || n < 0 || length > 0 && n != length {
				return 0
			}
			length = n
		}
	}
	return length
}

// statusLine matches the first line of an answer of HTTP, or of its relative of internet radio.
var statusLine = regexp.MustCompile(`(?i)^(?:HTTP(?:/[0-9.]*)?|ICY)[ \t]+([0-9]{3})(?:[ \t]+(.*))?$`)

// readHead reads the head of an answer. It accepts lines that end with LF alone, lines without a
// name, continued lines, and answers without a status line or without any head at all. r must
// have room for a line. The error is a Trouble.
func readHead(r *bufio.Reader) (*head, error) {
	for range maxInterim {
		h, err := readOneHead(r)
		if err != nil || h.status >= 200 || h.status == 101 {
			return h, err
		}
	}
	return nil, refused(briefing.TroubleStatus, "too many interim answers")
}

func readOneHead(r *bufio.Reader) (*head, error) {
	h := &head{status: 200, fields: map[string][]string{}}
	if err := otherProtocol(r); err != nil {
		return nil, err
	}
	last := ""    // the name of the header that a line may continue
	http := false // something of HTTP has come
	for total, first := 0, true; ; first = false {
		if startsBody(r, first) {
			return h, nil
		}
		if !first && !http && total > maxStrange {
			return nil, errStrange()
		}
		line, err := readLine(r)
		if total += len(line) + 1; total > maxHead {
			return nil, refused(briefing.TroubleStatus, "the head is longer than %d bytes", maxHead)
		}
		switch {
		case err != nil && len(line) == 0 && (first || !errors.Is(err, io.EOF)):
			return nil, networkTrouble(err)
		case line == "" && !first && !http && err != nil:
			return nil, errStrange()
		case line == "" && !first:
			return h, nil
		}
		m := statusLine.FindStringSubmatch(line)
		name, value, named := strings.Cut(line, ":")
		switch {
		case first && m != nil:
			h.status, _ = strconv.Atoi(m[1])
			h.reason, http = m[2], true
		case last != "" && (line[0] == ' ' || line[0] == '\t'):
			v := h.fields[last]
			v[len(v)-1] += " " + strings.TrimSpace(line)
		case named && !strings.ContainsAny(strings.TrimSpace(name), " \t"):
			last, http = strings.ToLower(strings.TrimSpace(name)), true
			h.fields[last] = append(h.fields[last], strings.TrimSpace(value))
		}
	}
}

// startsBody reports whether the body begins here, without the empty line before it.
func startsBody(r *bufio.Reader, first bool) bool {
	b, _ := r.Peek(2)
	if len(b) < 2 {
		return false
	}
	switch {
	case b[0] == 0xff && b[1] == markerSOI, b[0] == 0x89 && b[1] == 'P', b[0] == '-' && b[1] == '-':
		return true
	}
	return first && (b[0] == '<' || b[0] == 0)
}

// otherProtocol recognises servers that do not speak HTTP by their first bytes.
func otherProtocol(r *bufio.Reader) error {
	b, err := r.Peek(1)
	if err != nil {
		return networkTrouble(err)
	}
	if strings.IndexByte("\x15\x16SR0123456789\xff\x00", b[0]) < 0 {
		return nil
	}
	b, _ = r.Peek(4)
	switch text := string(b); {
	case b[0] == 0x15 && len(b) > 1 && b[1] == 3, b[0] == 0x16 && len(b) > 1 && b[1] == 3:
		return refused(briefing.TroubleWantsTLS, "the port speaks TLS")
	case text == "RTSP":
		return refused(briefing.TroubleWantsRTSP, "the port speaks RTSP")
	case text == "SSH-":
		t := refused(briefing.TroubleOther, "the port speaks SSH")
		t.Words = "SSH"
		return t
	case b[0] == 0xff && len(b) > 1 && b[1] >= 0xfb: // a negotiation of Telnet
		t := refused(briefing.TroubleOther, "the port speaks Telnet")
		t.Words = "Telnet"
		return t
	case len(b) == 4 && (b[3] == ' ' || b[3] == '-') && allDigits(text[:3]):
		return refused(briefing.TroubleOther, "the port speaks FTP, SMTP or the like")
	}
	return nil
}

// errStrange is the trouble of a server that speaks no known protocol.
func errStrange() error {
	return refused(briefing.TroubleOther, "the port does not speak HTTP")
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// readLine reads a line without its end. At the end of the answer it returns what there is, and
// io.EOF. Other errors are Troubles.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	text := string(bytes.TrimRight(line, "\r\n"))
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", refused(briefing.TroubleStatus, "a line of the head is too long")
	case errors.Is(err, io.EOF):
		return text, io.EOF
	case err != nil:
		return "", networkTrouble(err)
	}
	return text, nil
}
