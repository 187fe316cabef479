package camera_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

// isTrouble checks an error of a camera: its state, its reason and its words. The words "*" are
// not checked. No text may contain the password of the tests, which is "hidden".
func isTrouble(t *testing.T, name string, err error, state briefing.CameraState, reason briefing.TroubleReason, words string) {
	t.Helper()
	trouble, ok := errors.AsType[*pipeline.Trouble](err)
	if !ok {
		t.Errorf("%s: %v, want a Trouble of reason %s", name, err, reason)
		return
	}
	if trouble.State != state || trouble.Reason != reason || words != "*" && trouble.Words != words {
		t.Errorf("%s: %s %s %q (%v), want %s %s %q", name, trouble.State, trouble.Reason, trouble.Words, err, state, reason, words)
	}
	if strings.Contains(strings.ToLower(err.Error()+trouble.Words), "hidden") || len(trouble.Words) > briefing.MaxTroubleWords || strings.ContainsAny(trouble.Words, "\r\n\x00\x1b\u202e") {
		t.Errorf("%s betrays a secret or is no line: %v, %q", name, err, trouble.Words)
	}
	if briefing.Sentence(trouble.Reason, false) == "" || briefing.Sentence(trouble.Reason, true) == "" {
		t.Errorf("%s: no sentence for %s", name, trouble.Reason)
	}
	kind := map[briefing.CameraState]error{briefing.CameraIllegible: pipeline.ErrUnreadable}[state]
	if kind == nil {
		kind = pipeline.ErrOffline
	}
	if !errors.Is(err, kind) || errors.Is(err, pipeline.ErrRefused) != (state == briefing.CameraRefused && reason.Login()) {
		t.Errorf("%s: %v is of another kind", name, err)
	}
}

// Each answer that is no picture has a reason, and the camera's own words.
func TestTroubles_of_answers(t *testing.T) {
	t.Parallel()
	const away, refused, illegible = briefing.CameraAway, briefing.CameraRefused, briefing.CameraIllegible
	status := func(line string, more ...any) []byte {
		return join(append([]any{"HTTP/1.1 " + line + "\r\n\r\n"}, more...)...)
	}
	ok := func(kind string, more ...any) []byte {
		return join(append([]any{okHead + "Content-Type: " + kind + "\r\n\r\n"}, more...)...)
	}
	basic := "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"cam\"\r\n\r\n"
	type trouble struct {
		answer []byte
		state  briefing.CameraState
		reason briefing.TroubleReason
		words  string
	}
	p := fixture(t, "baseline.jpg")
	for login, rows := range map[string]map[string]trouble{
		"": {
			"401":                {status("401 Unauthorized"), refused, briefing.TroubleNeedsLogin, "401 Unauthorized"},
			"401 Basic":          {[]byte(basic), refused, briefing.TroubleNeedsLogin, "401 Unauthorized"},
			"401 without phrase": {status("401"), refused, briefing.TroubleNeedsLogin, "401"},
			"403":                {status("403 Forbidden"), refused, briefing.TroubleNeedsLogin, "403 Forbidden"},
			"404":                {status("404 Not Found", "<html>"), refused, briefing.TroubleNotFound, "404 Not Found"},
			"410":                {status("410 Gone"), refused, briefing.TroubleNotFound, "410 Gone"},
			"400":                {status("400 Bad Request"), refused, briefing.TroubleStatus, "400 Bad Request"},
			"400 of nginx": {status("400 Bad Request", "<title>400 The plain HTTP request was sent to HTTPS port</title>"),
				refused, briefing.TroubleWantsTLS, "400 Bad Request"},
			"400 of Go":        {join("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"), refused, briefing.TroubleWantsTLS, "400 Bad Request"},
			"405":              {status("405 Method Not Allowed"), refused, briefing.TroubleStatus, "405 Method Not Allowed"},
			"500":              {status("500 Internal Server Error"), refused, briefing.TroubleFault, "500 Internal Server Error"},
			"502":              {status("502 Bad Gateway"), refused, briefing.TroubleFault, "502 Bad Gateway"},
			"999":              {status("999 What"), refused, briefing.TroubleFault, "999 What"},
			"204":              {status("204 No Content"), refused, briefing.TroubleEmpty, "204 No Content"},
			"304":              {status("304 Not Modified"), refused, briefing.TroubleEmpty, "304 Not Modified"},
			"nothing":          {ok("image/jpeg"), illegible, briefing.TroubleEmpty, ""},
			"blanks":           {ok("image/jpeg", "\r\n \r\n"), illegible, briefing.TroubleEmpty, ""},
			"a page":           {ok("text/html", "<!DOCTYPE html><html><head><title>NVR\n  web</title>"), illegible, briefing.TroubleWebPage, ""},
			"a page as JPEG":   {ok("image/jpeg", "\ufeff<HTML><body>hello"), illegible, briefing.TroubleWebPage, ""},
			"a login page":     {ok("text/html", "<html><title>카메라 로그인</title><input type='password'>"), illegible, briefing.TroubleLoginPage, ""},
			"JSON about login": {ok("text/html", `[{"cmd":"Snap","code":1,"error":{"detail":"please login first"}}]`), refused, briefing.TroubleNeedsLogin, ""},
			"JSON":             {ok("text/html", `{"error":"channel 9"}`), illegible, briefing.TroubleNotPicture, ""},
			"escapes in text":  {ok("text/plain", "a\u202eb\tc"), illegible, briefing.TroubleNotPicture, ""},
			"bytes":            {ok("image/jpeg", bytes0(300)), illegible, briefing.TroubleNotPicture, ""},
			"WebP":             {ok("image/jpeg", fixture(t, "picture.webp")), illegible, briefing.TroubleFormat, "WebP"},
			"AVIF":             {ok("image/avif", fixture(t, "picture.avif")), illegible, briefing.TroubleFormat, "AVIF"},
			"HEIC":             {ok("image/heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", bytes0(99)), illegible, briefing.TroubleFormat, "HEIC"},
			"HEIC as mif1":     {ok("image/heic", "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", bytes0(99)), illegible, briefing.TroubleFormat, "HEIC"},
			"GIF":              {ok("image/gif", fixture(t, "picture.gif")), illegible, briefing.TroubleFormat, "GIF"},
			"BMP":              {ok("image/bmp", fixture(t, "picture.bmp")), illegible, briefing.TroubleFormat, "BMP"},
			"JPEG 2000":        {ok("image/jp2", fixture(t, "picture.jp2")), illegible, briefing.TroubleFormat, "JPEG 2000"},
			"TIFF":             {ok("image/tiff", fixture(t, "picture.tiff")), illegible, briefing.TroubleFormat, "TIFF"},
			"SVG":              {ok("image/svg+xml", `<?xml version="1.0"?><svg width="1"/>`), illegible, briefing.TroubleFormat, "SVG"},
			"JPEG XL":          {ok("image/jxl", "\xff\x0a\xfa\x1f", bytes0(60)), illegible, briefing.TroubleFormat, "JPEG XL"},
			"H.264":            {ok("video/h264", fixture(t, "picture.h264")), illegible, briefing.TroubleVideo, "H.264"},
			"H.265":            {ok("video/h265", "\x00\x00\x00\x01\x40\x01\x0c\x01\xff\xff", bytes0(60)), illegible, briefing.TroubleVideo, "H.265"},
			"MP4":              {ok("video/mp4", "\x00\x00\x00\x1cftypisom", bytes0(60)), illegible, briefing.TroubleVideo, "MP4"},
			"MPEG-TS":          {ok("video/mp2t", mpegTS()), illegible, briefing.TroubleVideo, "MPEG-TS"},
			"HLS":              {ok("text/plain", "#EXTM3U\n#EXT-X-VERSION:3\n"), illegible, briefing.TroubleVideo, "HLS"},
			"FLV":              {ok("video/x-flv", "FLV\x01\x05\x00\x00\x00\x09", bytes0(60)), illegible, briefing.TroubleVideo, "FLV"},
			"a cut head":       {ok("image/jpeg", p[:300]), illegible, briefing.TroubleBroken, ""},
			"zeros inside":     {ok("image/jpeg", zeroed(p)), illegible, briefing.TroubleBroken, ""},
			"a cut PNG":        {ok("image/png", fixture(t, "picture.png")[:120]), illegible, briefing.TroubleBroken, ""},
			"too many pixels":  {ok("image/jpeg", jpegHeader(9000, 9000, 0xc0, 0x22)), illegible, briefing.TroubleTooLarge, ""},
			"a WebP stream": {join(okHead, "Content-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n--b\r\nContent-Type: image/webp\r\n\r\n", fixture(t, "picture.webp"), "\r\n--b\r\n"),
				illegible, briefing.TroubleFormat, "WebP"},
			"an empty stream":     {join(okHead, "Content-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n--b\r\nContent-Type: image/jpeg\r\nContent-Length: 0\r\n\r\n\r\n--b--\r\n"), illegible, briefing.TroubleEmpty, "*"},
			"nothing at all":      {nil, away, briefing.TroubleCut, ""},
			"TLS":                 {[]byte{0x15, 3, 1, 0, 2, 2, 0x28}, refused, briefing.TroubleWantsTLS, ""},
			"RTSP":                {join("RTSP/1.0 400 Bad Request\r\n\r\n"), refused, briefing.TroubleWantsRTSP, ""},
			"SSH":                 {join("SSH-2.0-dropbear_2019.78\r\n"), refused, briefing.TroubleOther, "SSH"},
			"FTP":                 {join("220 FTP server ready\r\n"), refused, briefing.TroubleOther, ""},
			"SMTP":                {join("220-mail\r\n220 ready\r\n"), refused, briefing.TroubleOther, ""},
			"Telnet":              {[]byte("\xff\xfd\x01\xff\xfd\x1flogin: "), refused, briefing.TroubleOther, "Telnet"},
			"MySQL":               {[]byte("J\x00\x00\x00\n5.7.30\x00\x0b\x00\x00\x00"), refused, briefing.TroubleOther, ""},
			"words":               {join(strings.Repeat("abc def\n", 40)), refused, briefing.TroubleOther, ""},
			"a head without end":  {join(okHead, strings.Repeat("X: y\r\n", 20_000)), refused, briefing.TroubleStatus, ""},
			"a line without end":  {join(okHead, "X: ", strings.Repeat("y", 200_000)), refused, briefing.TroubleStatus, ""},
			"interim without end": {join(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 50)), refused, briefing.TroubleStatus, ""},
			"a compressed page":   {join(okHead, "Content-Encoding: gzip\r\n\r\n", gzipped([]byte("<html><title>x</title>"))), illegible, briefing.TroubleWebPage, ""},
		},
		"me:hidden@": {
			"401 without a way":    {status("401 Unauthorized"), refused, briefing.TroubleScheme, "401 Unauthorized"},
			"401 of another way":   {join("HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=x\r\nWWW-Authenticate: NTLM\r\n\r\n"), refused, briefing.TroubleScheme, "*"},
			"401 Basic":            {[]byte(basic), refused, briefing.TroubleLogin, "401 Unauthorized"},
			"403":                  {status("403 Forbidden"), refused, briefing.TroubleDenied, "403 Forbidden"},
			"401 with a lock":      {join(basic, "<userCheck><lockStatus>lock</lockStatus><unlockTime>1800</unlockTime></userCheck>"), refused, briefing.TroubleLocked, "401 Unauthorized"},
			"401 without a lock":   {join(basic, "<userCheck><lockStatus>unlock</lockStatus><retryTimes>4</retryTimes></userCheck>"), refused, briefing.TroubleLogin, "401 Unauthorized"},
			"a phrase with secret": {status("404 no hidden here"), refused, briefing.TroubleNotFound, "404"},
			"a phrase with a link": {status("404 see http://me@cam/"), refused, briefing.TroubleNotFound, "404"},
			"a page with secret":   {ok("text/html", "<html><title>hi HIDDEN</title>"), illegible, briefing.TroubleWebPage, ""},
			"text with base64":     {ok("text/plain", "Basic bWU6aGlkZGVu"), illegible, briefing.TroubleNotPicture, ""},
			"text about a login":   {ok("text/plain", "login failed"), refused, briefing.TroubleLogin, ""},
			"a long phrase":        {status("404 " + strings.Repeat("가", 300)), refused, briefing.TroubleNotFound, "*"},
			"a phrase of bytes":    {status("404 \xb0\xa1\x07\x1b[31m"), refused, briefing.TroubleNotFound, "404 [31m"},
		},
	} {
		for name, row := range rows {
			t.Run(login+name, func(t *testing.T) {
				t.Parallel()
				at := fixed(t, row.answer)
				for _, kind := range kinds {
					_, err := open(t, kind+"://"+login+at+"/x?pwd=hidden", camera.Config{}).Frame(t.Context())
					if login == "" { // no credentials at all
						_, err = open(t, kind+"://"+at+"/x", camera.Config{}).Frame(t.Context())
					}
					isTrouble(t, kind+" "+name, err, row.state, row.reason, row.words)
				}
			})
		}
		t.Logf("%d answers in trouble", len(rows))
	}
}

// bytes0 returns n bytes of no format.
func bytes0(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + 1)
	}
	return b
}

// mpegTS returns the beginning of an MPEG transport stream.
func mpegTS() []byte {
	b := make([]byte, 188*3)
	for i := 0; i < len(b); i += 188 {
		b[i] = 0x47
	}
	return b
}

// zeroed returns a JPEG whose coded data have zeros and a wrong marker inside.
func zeroed(p []byte) []byte {
	b := append([]byte(nil), p...)
	at := len(b) - 40
	copy(b[at:], make([]byte, 8))
	b[at+8], b[at+9] = 0xff, 0x13
	return b
}

// Each way in which no answer comes has its reason.
func TestTroubles_without_an_answer(t *testing.T) {
	t.Parallel()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(tls.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	hang := func(head ...any) string {
		b := join(head...)
		return rawCamera(t, func(c net.Conn, _ string, _ int) { _, _ = c.Write(b); waitClosed(c) })
	}
	p := fixture(t, "baseline.jpg")
	drip := rawCamera(t, func(c net.Conn, _ string, _ int) {
		_, _ = c.Write(join(okHead, "\r\n", p[:400]))
		loop(c, 20*time.Millisecond, func(n int) []byte { return p[400+n%10 : 401+n%10] })
	})
	endless := rawCamera(t, func(c net.Conn, _ string, _ int) {
		_, _ = c.Write(join(okHead, "\r\n"))
		loop(c, time.Microsecond, func(int) []byte { return bytes0(64 << 10) })
	})
	grows := rawCamera(t, func(c net.Conn, _ string, _ int) {
		_, _ = c.Write(join(okHead, "\r\n", p[:len(p)-20]))
		loop(c, time.Microsecond, func(int) []byte { return make([]byte, 256<<10) })
	})
	const away, refused, illegible = briefing.CameraAway, briefing.CameraRefused, briefing.CameraIllegible
	for name, c := range map[string]struct {
		at     string
		state  briefing.CameraState
		reason briefing.TroubleReason
	}{
		"a name that does not exist":       {"http://no-such-camera.invalid/", away, briefing.TroubleName},
		"nothing listens":                  {"http://" + gone.Addr().String(), away, briefing.TroubleNotListening},
		"silence":                          {"http://" + hang(), away, briefing.TroubleTimeout},
		"silence after half a head":        {"http://" + hang("HTTP/1.1 200 OK\r\nX:"), away, briefing.TroubleTimeout},
		"silence after the head":           {"http://" + hang(okHead, "\r\n"), away, briefing.TroubleNoPicture},
		"silence after half a picture":     {"http://" + hang(okHead, "\r\n", p[:len(p)-60]), away, briefing.TroubleSlow},
		"silence after a page":             {"http://" + hang(okHead, "\r\n<html>"), illegible, briefing.TroubleWebPage},
		"silence after a page of a length": {"http://" + hang(okHead, "Content-Length: 6\r\n\r\n<html>"), illegible, briefing.TroubleWebPage},
		"a slow drip":                      {"http://" + drip, away, briefing.TroubleSlow},
		"bytes without end":                {"http://" + endless, illegible, briefing.TroubleNotPicture},
		"a picture without end":            {"http://" + grows, illegible, briefing.TroubleTooLarge},
		"https at an http port":            {strings.Replace(plain.URL, "http:", "https:", 1), refused, briefing.TroubleNoTLS},
		"http at an https port":            {strings.Replace(tls.URL, "https:", "http:", 1), refused, briefing.TroubleWantsTLS},
	} {
		for _, prefix := range []string{"", "mjpeg+"} {
			t.Run(prefix+name, func(t *testing.T) {
				t.Parallel()
				begun := time.Now()
				timeout := 700 * time.Millisecond
				if c.reason == briefing.TroubleTooLarge || c.reason == briefing.TroubleNotPicture || c.reason == briefing.TroubleName {
					timeout = 20 * time.Second
				}
				address := strings.Replace(c.at, "://", "://me:hidden@", 1)
				_, err := open(t, prefix+address, camera.Config{Timeout: timeout}).Frame(t.Context())
				reason := c.reason
				if prefix != "" && reason == briefing.TroubleSlow {
					reason = briefing.TroubleNoPicture // a stream may be slow
				}
				isTrouble(t, name, err, c.state, reason, "*")
				if took := time.Since(begun); took > timeout+5*time.Second {
					t.Errorf("%s took %v", name, took)
				}
			})
		}
	}
}

// A busy camera is asked again after a second, as long as the deadline permits.
func TestTroubles_busy_is_asked_again(t *testing.T) {
	t.Parallel()
	p := fixture(t, "baseline.jpg")
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			times := make(chan time.Time, 10)
			at := rawCamera(t, func(c net.Conn, _ string, n int) {
				times <- time.Now()
				if n <= 2 {
					_, _ = c.Write(join("HTTP/1.1 503 Service Unavailable\r\n\r\nbusy"))
					return
				}
				_, _ = c.Write(join(okHead, "\r\n", p))
			})
			f, err := open(t, kind+"://"+at, camera.Config{Timeout: 10 * time.Second}).Frame(t.Context())
			isDrawn(t, "busy", f, err)
			if first, second := <-times, <-times; second.Sub(first) < time.Second {
				t.Errorf("asked again after %v", second.Sub(first))
			}
			never := fixed(t, "HTTP/1.1 503 Service Unavailable\r\n\r\nbusy")
			_, err = open(t, kind+"://"+never, camera.Config{Timeout: 1500 * time.Millisecond}).Frame(t.Context())
			isTrouble(t, "always busy", err, briefing.CameraRefused, briefing.TroubleBusy, "*")
		})
	}
}

// reason returns the reason of an error.
func reason(err error) briefing.TroubleReason {
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok {
		return trouble.Reason
	}
	return ""
}

// docs/cameras.md says for each reason what to do.
func TestReasons_are_documented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/cameras.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range briefing.TroubleReasons() {
		if !strings.Contains(string(page), "`"+string(reason)+"`") {
			t.Errorf("docs/cameras.md does not explain %s", reason)
		}
	}
}

// What an address answers with 200 is in no words and in no error, whatever it is and wherever it
// redirects: a user must not read another service through the server.
func TestTrouble_repeats_no_foreign_content(t *testing.T) {
	t.Parallel()
	const content = "internal-figure-4711"
	bodies := map[string]string{
		"text": content, "JSON": `{"a":"` + content + `"}`, "a page": "<html><title>" + content + "</title>", "a login": "login " + content,
		"XML": `<?xml version="1.0"?><svg>` + content, "bytes": "\x01\x02" + content, "a stream": "--b\r\nContent-Type: text/plain\r\n\r\n" + content + "\r\n--b\r\n",
		"a playlist": "#EXTM3U\n" + content,
	}
	for name, body := range bodies {
		for _, head := range []string{okHead, "HTTP/1.1 203 " + content + "\r\n", "HTTP/1.1 206 x\r\nX-Secret: " + content + "\r\n"} {
			at := fixed(t, join(head, "Content-Type: text/plain\r\n\r\n", body))
			for _, kind := range kinds {
				_, err := open(t, kind+"://"+at+"/", camera.Config{}).Frame(t.Context())
				trouble, ok := errors.AsType[*pipeline.Trouble](err)
				if !ok || strings.Contains(err.Error()+trouble.Words, "4711") {
					t.Errorf("%s %s: %v", kind, name, err)
				}
			}
		}
	}
	// The reason phrase of a refusal is short, and that of another host is left out.
	phrase := fixed(t, join("HTTP/1.1 403 "+strings.Repeat("long ", 60)+"\r\n\r\n", content))
	_, err := open(t, "http://"+phrase+"/", camera.Config{}).Frame(t.Context())
	trouble, _ := errors.AsType[*pipeline.Trouble](err)
	if trouble == nil || len(trouble.Words) > 80 || !strings.HasPrefix(trouble.Words, "403 long") {
		t.Errorf("a long phrase: %+v", trouble)
	}
	_, port, _ := strings.Cut(phrase, ":")
	leads := fixed(t, join("HTTP/1.1 302 Found\r\nLocation: http://localhost:"+port+"/\r\n\r\n"))
	_, err = open(t, "http://"+leads+"/", camera.Config{}).Frame(t.Context())
	if trouble, _ := errors.AsType[*pipeline.Trouble](err); trouble == nil || trouble.Words != "403 Forbidden" {
		t.Errorf("another host: %+v", trouble)
	}
}
