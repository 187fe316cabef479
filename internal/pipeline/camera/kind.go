package camera

import (
	"bytes"
	"regexp"
	"strings"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// magic is how a format begins.
type magic struct {
	at     int // bytes before the text
	text   string
	name   string // for people
	reason briefing.TroubleReason
}

// magics are the formats that cameras and recorders send in place of JPEG and PNG.
var magics = []magic{
	{8, "WEBP", "WebP", briefing.TroubleFormat},
	{4, "ftypavif", "AVIF", briefing.TroubleFormat},
	{4, "ftypavis", "AVIF", briefing.TroubleFormat},
	{4, "ftyphei", "HEIC", briefing.TroubleFormat},
	{4, "ftyphev", "HEIC", briefing.TroubleFormat},
	{4, "ftypmif1", "HEIC", briefing.TroubleFormat},
	{4, "ftypmsf1", "HEIC", briefing.TroubleFormat},
	{0, "\xff\x0a", "JPEG XL", briefing.TroubleFormat},
	{4, "JXL ", "JPEG XL", briefing.TroubleFormat},
	{4, "jP  ", "JPEG 2000", briefing.TroubleFormat},
	{0, "\xff\x4f\xff\x51", "JPEG 2000", briefing.TroubleFormat},
	{0, "GIF8", "GIF", briefing.TroubleFormat},
	{0, "BM", "BMP", briefing.TroubleFormat},
	{0, "II*\x00", "TIFF", briefing.TroubleFormat},
	{0, "MM\x00*", "TIFF", briefing.TroubleFormat},
	{4, "ftyp", "MP4", briefing.TroubleVideo},
	{4, "moov", "MP4", briefing.TroubleVideo},
	{8, "AVI ", "AVI", briefing.TroubleVideo},
	{0, "\x1a\x45\xdf\xa3", "Matroska", briefing.TroubleVideo},
	{0, "FLV\x01", "FLV", briefing.TroubleVideo},
	{0, "#EXTM3U", "HLS", briefing.TroubleVideo},
	{0, "DHAV", "Dahua video", briefing.TroubleVideo},
	{0, "IMKH", "Hikvision video", briefing.TroubleVideo},
	{0, "\x00\x00\x01\xba", "MPEG", briefing.TroubleVideo},
	{0, "\x00\x00\x01\xb3", "MPEG", briefing.TroubleVideo},
	{0, "$\x00", "RTP", briefing.TroubleVideo},
	{0, "%PDF", "PDF", briefing.TroubleNotPicture},
	{0, "PK\x03\x04", "ZIP", briefing.TroubleNotPicture},
}

var (
	pagePattern  = regexp.MustCompile(`(?i)^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body|script|meta|title|frameset|center|h1|div|p)\b`)
	formPattern  = regexp.MustCompile(`(?i)type\s*=\s*["']?password|\blog-?in\b|sign.?in|로그인|비밀번호`)
	loginPattern = regexp.MustCompile(`(?i)log-?in|password|unauthori|not authori|authenti|permission`)
)

// foreign returns the trouble of bytes that are neither JPEG nor PNG. It names their format, and
// repeats nothing of them: the address may be that of any service, which a user must not read
// through this server.
func foreign(b []byte, src briefing.Source) *pipeline.Trouble {
	b = bytes.TrimLeft(b, "\xef\xbb\xbf \t\r\n")
	if len(b) == 0 {
		return illegible(briefing.TroubleEmpty, "the answer is empty")
	}
	if name := videoOf(b); name != "" {
		return saying(illegible(briefing.TroubleVideo, "it is %s", name), name, src)
	}
	for _, m := range magics {
		if len(b) >= m.at && bytes.HasPrefix(b[m.at:], []byte(m.text)) {
			return saying(illegible(m.reason, "it is %s", m.name), m.name, src)
		}
	}
	head := b[:min(len(b), 64<<10)]
	if bytes.Contains(head[:min(len(head), 1<<10)], []byte("<svg")) {
		return saying(illegible(briefing.TroubleFormat, "it is SVG"), "SVG", src)
	}
	if pagePattern.Match(head) || bytes.Contains(bytes.ToLower(head), []byte("<html")) {
		return page(head, src)
	}
	if !printable(head) {
		return illegible(briefing.TroubleNotPicture, "its bytes are of no known format")
	}
	if t := saidInText(head, src); t != nil {
		return t
	}
	if loginPattern.Match(head) {
		return refused(loginReason(src), "its text is about a login")
	}
	return illegible(briefing.TroubleNotPicture, "it is text")
}

// page returns the trouble of a web page.
func page(head []byte, src briefing.Source) *pipeline.Trouble {
	if unauthorized.Match(head) && !fieldPattern.Match(head) {
		return refused(loginReason(src), "its page asks for a login")
	}
	if formPattern.Match(head) {
		return illegible(briefing.TroubleLoginPage, "it is a web page with a login")
	}
	return illegible(briefing.TroubleWebPage, "it is a web page")
}

// loginReason is the reason of a camera that wants credentials, or others than it got.
func loginReason(src briefing.Source) briefing.TroubleReason {
	if src.Credentials() == "" {
		return briefing.TroubleNeedsLogin
	}
	return briefing.TroubleLogin
}

// videoOf returns the name of a raw video stream: H.264 and H.265 by the type of the first unit
// after a start code, and an MPEG transport stream by its repeated first byte.
func videoOf(b []byte) string {
	if len(b) > 188 && b[0] == 0x47 && b[188] == 0x47 {
		return "MPEG-TS"
	}
	unit, found := bytes.CutPrefix(b, []byte{0, 0, 0, 1})
	if !found {
		unit, found = bytes.CutPrefix(b, []byte{0, 0, 1})
	}
	if !found || len(unit) < 2 || unit[0]&0x80 != 0 {
		return ""
	}
	switch unit[0] >> 1 & 0x3f { // the type of H.265
	case 32, 33, 34, 35, 39:
		if unit[1] == 1 {
			return "H.265"
		}
	}
	switch unit[0] & 0x1f {
	case 1, 5, 6, 7, 8, 9:
		return "H.264"
	}
	return ""
}

// printable reports whether the bytes are text.
func printable(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool {
		return r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == 0x7f
	}) && bytes.Count(bytes.ToValidUTF8(b, []byte("\x00")), []byte{0}) <= len(b)/10
}
