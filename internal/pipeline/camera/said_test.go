package camera_test

import (
	"net"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/camera"
)

// Some makes write their refusals into an answer with status 200.
func TestTroubles_that_makes_write_into_texts(t *testing.T) {
	t.Parallel()
	const refused = briefing.CameraRefused
	for name, row := range map[string]struct {
		body   string
		reason briefing.TroubleReason // without a login, and with one if that is another
		login  briefing.TroubleReason
	}{
		"Foscam's password":      {"<CGI_Result>\n    <result>-2</result>\n</CGI_Result>\n", briefing.TroubleNeedsLogin, briefing.TroubleLogin},
		"Foscam's rights":        {"<CGI_Result>\n    <result>-3</result>\n</CGI_Result>\n", briefing.TroubleDenied, briefing.TroubleDenied},
		"Synology's session":     {`{"error":{"code":119},"success":false}`, briefing.TroubleNeedsLogin, briefing.TroubleLogin},
		"Synology's rights":      {`{"error":{"code":105},"success":false}`, briefing.TroubleDenied, briefing.TroubleDenied},
		"Reolink's sessions":     {`[{"cmd":"Snap","code":1,"error":{"detail":"max session","rspCode":-5}}]`, briefing.TroubleBusy, briefing.TroubleBusy},
		"Dahua's viewers":        {"Error\r\nDevice is busy\r\n", briefing.TroubleBusy, briefing.TroubleBusy},
		"a page without a field": {"<html><body>ZoneMinder Error: Not authorised</body></html>", briefing.TroubleNeedsLogin, briefing.TroubleLogin},
	} {
		at := fixed(t, join(okHead, "\r\n", row.body))
		_, err := open(t, "http://"+at+"/x", camera.Config{}).Frame(t.Context())
		isTrouble(t, name, err, refused, row.reason, "")
		_, err = open(t, "http://me:hidden@"+at+"/x", camera.Config{}).Frame(t.Context())
		isTrouble(t, name+" with a login", err, refused, row.login, "")
	}
	for _, body := range []string{`{"code":105}`, "<CGI_Result><result>-1</result></CGI_Result>"} {
		_, err := open(t, "http://"+fixed(t, join(okHead, "\r\n", body))+"/x", camera.Config{}).Frame(t.Context())
		isTrouble(t, body, err, briefing.CameraIllegible, briefing.TroubleNotPicture, "")
	}
}

// A stream that goes on with parts that are no pictures does send something: what that is matters
// more than that no picture came.
func TestTrouble_of_an_open_stream_of_other_parts(t *testing.T) {
	t.Parallel()
	part := "--b\r\nContent-Type: image/webp\r\nContent-Length: 130\r\n\r\n"
	stream := join(okHead, "Content-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n",
		part, fixture(t, "picture.webp"), "\r\n", part, fixture(t, "picture.webp"), "\r\n", part)
	for _, kind := range kinds {
		at := rawCamera(t, func(c net.Conn, _ string, _ int) { _, _ = c.Write(stream); waitClosed(c) })
		_, err := open(t, kind+"://"+at+"/x", camera.Config{Timeout: time.Second}).Frame(t.Context())
		isTrouble(t, kind, err, briefing.CameraIllegible, briefing.TroubleFormat, "WebP")
	}
}
