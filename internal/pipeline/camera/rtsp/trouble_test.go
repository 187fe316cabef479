package rtsp_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/auth"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/format"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera/rtsp"
)

// want is the trouble that a test expects.
type want struct {
	state  briefing.CameraState
	reason briefing.TroubleReason
	words  string
}

// check compares the trouble of a camera, and that nothing of it is secret.
func check(t *testing.T, s *rtsp.Source, w want) {
	t.Helper()
	got := troubleOf(t, s)
	if (want{got.State, got.Reason, got.Words}) != w {
		t.Errorf("%s %s %q, want %s %s %q (%v)", got.State, got.Reason, got.Words, w.state, w.reason, w.words, got)
	}
	text := got.Error() + got.Words
	for _, secret := range []string{"hidden", "127.0.0.1", "://", "@"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q has %q", text, secret)
		}
	}
}

func TestTrouble_by_the_answer_to_DESCRIBE(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cam  *cam
		want want
	}{
		{&cam{status: 404}, want{briefing.CameraRefused, "NOT_FOUND", "404 Not Found"}},
		{&cam{status: 404, message: "no rtsp://me:hidden@cam/x"}, want{briefing.CameraRefused, "NOT_FOUND", "404"}},
		{&cam{status: 404, message: "채널이 없습니다 \x07"}, want{briefing.CameraRefused, "NOT_FOUND", "404 채널이 없습니다"}},
		{&cam{status: 403}, want{briefing.CameraRefused, "NOT_PERMITTED", "403 Forbidden"}},
		{&cam{status: 453}, want{briefing.CameraRefused, "BUSY", "453 Not Enough Bandwidth"}},
		{&cam{status: 503}, want{briefing.CameraRefused, "BUSY", "503 Service Unavailable"}},
		{&cam{status: 500}, want{briefing.CameraAway, "CAMERA_FAULT", "500 Internal Server Error"}},
		{&cam{status: 418, message: "teapot"}, want{briefing.CameraRefused, "UNEXPECTED_ANSWER", "418 teapot"}},
		{&cam{setup: 461}, want{briefing.CameraRefused, briefing.TroubleUDPOnly, "461 Unsupported Transport"}},
		{&cam{body: []byte("<html>"), header: base.Header{"Content-Type": base.HeaderValue{"text/html"}}},
			want{briefing.CameraIllegible, briefing.TroubleNoVideo, ""}},
		{&cam{body: sdp("m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")}, want{briefing.CameraIllegible, briefing.TroubleNoVideo, ""}},
		{&cam{body: sdp("")}, want{briefing.CameraIllegible, briefing.TroubleNoVideo, ""}},
		{&cam{body: sdp("m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n")}, want{briefing.CameraIllegible, briefing.TroubleCodec, "VP8"}},
		{&cam{body: sdp("m=video 0 RTP/AVP 96\r\na=rtpmap:96 AV1/90000\r\n")}, want{briefing.CameraIllegible, briefing.TroubleCodec, "AV1"}},
		{&cam{body: sdp("m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\n")}, want{briefing.CameraIllegible, briefing.TroubleCodec, "MPEG-4"}},
		{&cam{body: sdp("m=video 0 RTP/AVP 98\r\na=rtpmap:98 JP EG<2000>/90000\r\n")}, want{briefing.CameraIllegible, briefing.TroubleCodec, "JPEG2000"}},
	} {
		t.Run(fmt.Sprint(c.want), func(t *testing.T) {
			t.Parallel()
			if c.cam.body != nil && c.cam.header == nil {
				c.cam.header = base.Header{"Content-Type": base.HeaderValue{"application/sdp"}}
			}
			c.cam.start(t)
			check(t, open(t, c.cam.source(), config()), c.want)
		})
	}
}

// sdp returns a description with a list of media.
func sdp(media string) []byte {
	return []byte("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=cam\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n" + media)
}

// Some cameras have the credentials in the path.
func TestTrouble_does_not_repeat_a_password_of_the_path(t *testing.T) {
	t.Parallel()
	for _, message := range []string{"no hid%2Fden", "no hid/den here", "unknown user=admin"} {
		c := (&cam{status: 404, message: message}).start(t)
		src := c.source()
		src.Path = "/user=admin&password=hid%2Fden&channel=1&stream=0.sdp"
		check(t, open(t, src, config()), want{briefing.CameraRefused, "NOT_FOUND", "404"})
	}
}

func TestTrouble_without_a_decoder(t *testing.T) {
	t.Parallel()
	c := (&cam{format: &format.H265{PayloadTyp: 96}}).start(t)
	cfg := config()
	cfg.Keyframes = lengths{&pipeline.Trouble{State: briefing.CameraIllegible, Reason: briefing.TroubleNoDecoder}}
	check(t, open(t, c.source(), cfg), want{briefing.CameraIllegible, briefing.TroubleNoDecoder, ""})
	select {
	case <-c.plays:
		t.Error("the camera sends video that cannot be decoded")
	default:
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	for name, methods := range map[string][]auth.VerifyMethod{
		"Basic": {auth.VerifyMethodBasic}, "Digest MD5": {auth.VerifyMethodDigestMD5},
		"Digest SHA-256": {auth.VerifyMethodDigestSHA256},
		"both":           {auth.VerifyMethodBasic, auth.VerifyMethodDigestMD5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := (&cam{user: "me:hid den#%/@비밀", methods: methods}).start(t)
			c.every(t, 10*time.Millisecond, func(int) any { return pictureOf(t, 64) })
			if got := width(t, open(t, c.source(), config())); got != 64 {
				t.Errorf("width %d", got)
			}
			c.asked.Range(func(header, _ any) bool {
				if basic := strings.HasPrefix(header.(string), "Basic"); basic != (name == "Basic") {
					t.Errorf("the camera got %s", header)
				}
				return true
			})
			src := c.source()
			src.Password = "hidden"
			check(t, open(t, src, config()), want{briefing.CameraRefused, "WRONG_PASSWORD", "401 Unauthorized"})
			src.User, src.Password = "", ""
			check(t, open(t, src, config()), want{briefing.CameraRefused, "PASSWORD_NEEDED", "401 Unauthorized"})
		})
	}
}

// script is a camera that answers by a function of the request's number and method. It lets tests
// send what a library would not.
type script struct {
	net.Listener
	answers sync.WaitGroup
}

// request is what a script is asked.
type request struct {
	n            int // of the connection, from 1
	connection   int // from 1
	method, line string
	header       map[string]string
}

// answerBy starts a script. An empty answer closes the connection.
func answerBy(t *testing.T, answer func(r request) string) *script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := &script{Listener: l}
	s.answers.Go(func() {
		for n := 1; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.answers.Go(func() { serveScript(conn, n, answer) })
		}
	})
	t.Cleanup(func() { l.Close(); s.answers.Wait() })
	return s
}

func serveScript(conn net.Conn, connection int, answer func(r request) string) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for n := 1; ; n++ {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		r := request{n: n, connection: connection, line: strings.TrimSpace(line), header: map[string]string{}}
		r.method, _, _ = strings.Cut(line, " ")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			if name == "" {
				break
			}
			r.header[name] = value
		}
		text := answer(r)
		if text == "" {
			return
		}
		text = strings.ReplaceAll(text, "CSEQ", "CSeq: "+r.header["CSeq"])
		if _, err := conn.Write([]byte(text)); err != nil {
			return
		}
	}
}

// at returns the address of a server.
func at(l net.Listener) briefing.Source {
	return briefing.Source{Scheme: "rtsp", Host: l.Addr().String(), Path: "/live", User: "me", Password: "hidden"}
}

func TestTrouble_of_another_protocol(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(nil)
	t.Cleanup(web.Close)
	secure := httptest.NewTLSServer(nil)
	t.Cleanup(secure.Close)
	for name, c := range map[string]struct {
		l      net.Listener
		reason briefing.TroubleReason
		words  string
	}{
		"HTTP":              {web.Listener, briefing.TroubleNotRTSP, "HTTP"},
		"HTTP slowly":       {answerBy(t, func(request) string { return "HTTP/1.1 404 no\r\n\r\n" }), briefing.TroubleNotRTSP, "HTTP"},
		"HTTP and a secret": {answerBy(t, func(request) string { return "HTTP/1.1 302 to me:hidden@cam\r\n\r\n" }), briefing.TroubleNotRTSP, "HTTP"},
		"SSH":               {greets(t, "SSH-2.0-OpenSSH_9.2\r\n"), briefing.TroubleNotRTSP, "SSH"},
		"FTP":               {greets(t, "220 ready\r\n"), briefing.TroubleNotRTSP, "FTP"},
		"something":         {answerBy(t, func(request) string { return "\x00\x01\x02\x03\x04" }), briefing.TroubleNotRTSP, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			cfg.Timeout = 2 * time.Minute
			if name == "something" { // which only the timeout ends
				cfg.Timeout = time.Second
			}
			started := time.Now()
			check(t, open(t, at(c.l), cfg), want{briefing.CameraRefused, c.reason, c.words})
			if took := time.Since(started); took > time.Minute {
				t.Errorf("it took %v", took)
			}
		})
	}
	t.Run("TLS", func(t *testing.T) {
		got := troubleOf(t, open(t, at(secure.Listener), config()))
		if got.Reason != briefing.TroubleWantsRTSPS && got.Reason != briefing.TroubleNotRTSP {
			t.Errorf("%+v", got)
		}
	})
}

// greets starts a server that speaks first.
func greets(t *testing.T, greeting string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var calls sync.WaitGroup
	calls.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			calls.Go(func() {
				defer conn.Close()
				_, _ = conn.Write([]byte(greeting))
				_, _ = bufio.NewReader(conn).ReadString(0) // until the client leaves
			})
		}
	})
	t.Cleanup(func() { l.Close(); calls.Wait() })
	return l
}

func TestTrouble_of_the_network(t *testing.T) {
	t.Parallel()
	away, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	away.Close()
	hangs := greets(t, "")
	src := at(away)
	check(t, open(t, src, config()), want{briefing.CameraAway, "CONNECTION_REFUSED", ""})
	src.Host = "no-such-camera.invalid:554"
	check(t, open(t, src, config()), want{briefing.CameraAway, "NAME_UNKNOWN", ""})
	cfg := config()
	cfg.Timeout = 200 * time.Millisecond
	check(t, open(t, at(hangs), cfg), want{briefing.CameraAway, "TIMEOUT", ""})
	cuts := answerBy(t, func(request) string { return "" })
	check(t, open(t, at(cuts), config()), want{briefing.CameraAway, "CONNECTION_LOST", ""})
	cfg = config()
	cfg.Dial = func(context.Context, string, string) (net.Conn, error) {
		return nil, &pipeline.Trouble{State: briefing.CameraRefused, Reason: "ADDRESS_NOT_ALLOWED"}
	}
	check(t, open(t, at(hangs), cfg), want{briefing.CameraRefused, "ADDRESS_NOT_ALLOWED", ""})
}

// certificate is that of httptest's servers.
func certificate(t *testing.T) *tls.Config {
	t.Helper()
	srv := httptest.NewTLSServer(nil)
	defer srv.Close()
	return &tls.Config{Certificates: srv.TLS.Certificates}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	c := (&cam{user: "me:hidden", tls: certificate(t)}).start(t)
	c.every(t, 10*time.Millisecond, func(int) any { return pictureOf(t, 64) })
	if got := width(t, open(t, c.source(), config())); got != 64 {
		t.Errorf("width %d", got)
	}
	for name, f := range map[string]func(host string) *tls.Config{
		"an unknown certificate": func(host string) *tls.Config { return &tls.Config{ServerName: host, RootCAs: x509.NewCertPool()} },
		"a version too old":      func(string) *tls.Config { return &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS10} },
	} {
		cfg := config()
		cfg.Secure = secure(f)
		if got := troubleOf(t, open(t, c.source(), cfg)); got.Reason != "TLS_FAILED" || got.State != briefing.CameraRefused {
			t.Errorf("%s: %+v", name, got)
		}
	}
	cfg := config()
	cfg.Secure = secure(func(string) *tls.Config {
		return &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(tls.ConnectionState) error {
			return &pipeline.Trouble{State: briefing.CameraRefused, Reason: "CERTIFICATE_CHANGED", Words: "two fingerprints"}
		}}
	})
	check(t, open(t, c.source(), cfg), want{briefing.CameraRefused, "CERTIFICATE_CHANGED", "two fingerprints"})
	plain := (&cam{}).start(t)
	src := plain.source()
	src.Scheme = "rtsps"
	check(t, open(t, src, config()), want{briefing.CameraRefused, briefing.TroubleNoRTSPS, ""})
	src = c.source()
	src.Scheme = "rtsp"
	if got := troubleOf(t, open(t, src, config())); !errors.Is(got, pipeline.ErrOffline) {
		t.Errorf("rtsp:// at a port with TLS: %+v", got)
	}
}
