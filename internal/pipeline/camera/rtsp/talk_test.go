package rtsp_test

import (
	"encoding/base64"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/pipeline/camera/rtsp"
)

// said are the requests that a script got.
type said struct {
	mu  sync.Mutex
	all []request
}

func (s *said) add(r request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, r)
}

// authorizations returns the Authorization headers.
func (s *said) authorizations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, r := range s.all {
		if v := r.header["Authorization"]; v != "" {
			all = append(all, v)
		}
	}
	return all
}

// answer returns an RTSP answer with header lines.
func answer(status string, lines ...string) string {
	return "RTSP/1.0 " + status + "\r\nCSEQ\r\n" + strings.Join(append(lines, ""), "\r\n") + "\r\n"
}

const (
	digest = `WWW-Authenticate: Digest realm="cam", nonce="0001"`
	basic  = `WWW-Authenticate: Basic realm="cam"`
)

func TestRedirect_is_followed(t *testing.T) {
	t.Parallel()
	c := (&cam{}).start(t)
	c.every(t, 10*time.Millisecond, func(int) any { return pictureOf(t, 64) })
	for _, to := range []string{"rtsp://" + c.address + "/stream2", "rtsp://" + c.address + "/?a=b"} {
		for _, method := range []string{"OPTIONS", "DESCRIBE"} {
			from := answerBy(t, func(r request) string {
				if r.method == method {
					return answer("302 Moved", "Location: "+to)
				}
				return answer("200 OK")
			})
			if got := width(t, open(t, at(from), config())); got != 64 {
				t.Errorf("redirected at %s: width %d", method, got)
			}
		}
	}
}

// A camera that leads elsewhere does not take the credentials along.
func TestRedirect_to_another_host_has_no_credentials(t *testing.T) {
	t.Parallel()
	var got said
	stranger := answerBy(t, func(r request) string {
		got.add(r)
		return answer("401 Unauthorized", basic, digest)
	})
	_, port, err := net.SplitHostPort(stranger.Addr().String())
	must(t, err)
	from := answerBy(t, func(request) string { return answer("301 Moved", "Location: rtsp://localhost:"+port+"/live") })
	check(t, open(t, at(from), config()), want{briefing.CameraRefused, "PASSWORD_NEEDED", "401 Unauthorized"})
	if all := got.authorizations(); len(all) > 0 || len(got.all) == 0 {
		t.Errorf("the stranger got %q in %d requests", all, len(got.all))
	}
	// The same host on another port is the camera.
	from = answerBy(t, func(request) string { return answer("301 Moved", "Location: rtsp://127.0.0.1:"+port+"/live") })
	check(t, open(t, at(from), config()), want{briefing.CameraRefused, "WRONG_PASSWORD", "401 Unauthorized"})
}

func TestRedirect_is_refused(t *testing.T) {
	t.Parallel()
	var loop *script
	loop = answerBy(t, func(request) string { return answer("302 Moved", "Location: rtsp://"+loop.Addr().String()+"/") })
	check(t, open(t, at(loop), config()), want{briefing.CameraRefused, "TOO_MANY_REDIRECTS", ""})
	for _, location := range []string{"http://me:hidden@cam/", "file:///etc/passwd", "rtsp:", "/relative", "rtsp://%zz/"} {
		from := answerBy(t, func(request) string { return answer("302 Moved", "Location: "+location) })
		check(t, open(t, at(from), config()), want{briefing.CameraRefused, "REDIRECT_NOT_ALLOWED", ""})
	}
	from := answerBy(t, func(request) string { return answer("302 Moved") })
	check(t, open(t, at(from), config()), want{briefing.CameraRefused, "UNEXPECTED_ANSWER", "302 Moved"})
}

// A nonce that is too old is no wrong password.
func TestDigest_with_a_stale_nonce(t *testing.T) {
	t.Parallel()
	var got said
	c := answerBy(t, func(r request) string {
		got.add(r)
		switch auth := r.header["Authorization"]; {
		case r.method == "OPTIONS":
			return answer("200 OK")
		case auth == "":
			return answer("401 Unauthorized", digest)
		case strings.Contains(auth, `nonce="0001"`):
			return answer("401 Unauthorized", `WWW-Authenticate: Digest realm="cam", stale=TRUE, nonce="0002"`)
		default:
			return answer("404 Not Found")
		}
	})
	check(t, open(t, at(c), config()), want{briefing.CameraRefused, "NOT_FOUND", "404 Not Found"})
	all := got.authorizations()
	if len(all) != 2 || !strings.Contains(all[1], `nonce="0002"`) || !strings.Contains(all[1], `username="me"`) {
		t.Errorf("the camera got %q", all)
	}
	endless := answerBy(t, func(r request) string {
		if r.method == "OPTIONS" {
			return answer("200 OK")
		}
		return answer("401 Unauthorized", `WWW-Authenticate: Digest realm="cam", stale="true", nonce="0002"`)
	})
	check(t, open(t, at(endless), config()), want{briefing.CameraRefused, "WRONG_PASSWORD", "401 Unauthorized"})
}

// Somebody between the camera and the server may ask for the password in clear.
func TestDigest_once_asked_for_is_not_replaced_by_Basic(t *testing.T) {
	t.Parallel()
	var got said
	var attempts atomic.Int64
	c := answerBy(t, func(r request) string {
		got.add(r)
		if r.n == 1 {
			attempts.Store(int64(r.connection))
		}
		if r.connection == 1 {
			if r.header["Authorization"] == "" {
				return answer("401 Unauthorized", digest)
			}
			return "" // the connection breaks
		}
		return answer("401 Unauthorized", basic)
	})
	s := open(t, at(c), fast(config()))
	await.True(t, "the camera is refused", func() bool {
		return troubleOf(t, s).Reason == "LOGIN_UNSUPPORTED" && attempts.Load() > 1
	})
	for _, header := range got.authorizations() {
		if strings.HasPrefix(header, "Basic") || strings.Contains(header, base64.StdEncoding.EncodeToString([]byte("me:hidden"))) {
			t.Errorf("the camera got %s", header)
		}
	}
}

func TestNoCredentials_before_a_challenge(t *testing.T) {
	t.Parallel()
	var got said
	c := answerBy(t, func(r request) string { got.add(r); return answer("404 Not Found") })
	check(t, open(t, at(c), config()), want{briefing.CameraRefused, "NOT_FOUND", "404 Not Found"})
	for _, r := range got.all {
		if r.header["Authorization"] != "" || strings.Contains(r.line, "hidden") {
			t.Errorf("the camera got %+v", r)
		}
	}
}

// Some cameras do not know OPTIONS.
func TestOptions_that_are_refused_do_not_matter(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"400 Bad Request", "405 Method Not Allowed", "501 Not Implemented", "454 Session Not Found", "404 no"} {
		c := answerBy(t, func(r request) string {
			if r.method == "OPTIONS" {
				return answer(status)
			}
			return answer("453 Not Enough Bandwidth")
		})
		check(t, open(t, at(c), config()), want{briefing.CameraRefused, "BUSY", "453 Not Enough Bandwidth"})
	}
}

// Faults in what is not used, such as the sound, do not matter.
func TestDescription_of_the_video_alone_is_read(t *testing.T) {
	t.Parallel()
	c := answerBy(t, func(r request) string {
		body := string(sdp("a=control:trackID=0\r\n" +
			"m=audio 0 RTP/AVP 97\r\na=rtpmap:97 mpeg4-generic/nonsense\r\na=fmtp:97 config=zz\r\na=control:trackID=1\r\n" +
			"m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n" +
			"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n" +
			"a=fmtp:96 packetization-mode=1;sprop-parameter-sets=%%%,aO48gA==;profile-level-id=64001e\r\na=control:trackID=2\r\n"))
		switch r.method {
		case "DESCRIBE":
			return answer("200 OK", "Content-Length: "+strconv.Itoa(len(body))) + body
		case "SETUP":
			if !strings.Contains(r.line, "trackID=2") {
				return answer("404 Not Found")
			}
			return answer("503 Service Unavailable")
		}
		return answer("200 OK")
	})
	check(t, open(t, at(c), config()), want{briefing.CameraRefused, "BUSY", "503 Service Unavailable"})
}

func TestOnlyVideo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, body     string
		video, other bool
	}{
		{"", "", false, false},
		{"v=0\ns=x\n", "v=0\r\ns=x\r\n", false, false},
		{"v=0\nm=video 0 RTP/AVP 26\na=x\n\n", "v=0\r\nm=video 0 RTP/AVP 26\r\na=x\r\n", true, false},
		{"v=0\r\nm=audio 0\r\na=y\r\nm=video 0\r\na=x\r\nm=text 0\r\na=z", "v=0\r\nm=video 0\r\na=x\r\n", true, true},
		{"a=control:*\na=control:rtsp://x/\na=control:y\n", "a=control:*\r\na=control:rtsp://x/\r\n", false, false},
		{"m=video\na=fmtp:96 a=b;sprop-parameter-sets=!;c=d", "m=video\r\na=fmtp:96 a=b;c=d\r\n", true, false},
	} {
		body, video, other := rtsp.OnlyVideo(c.in)
		if body != c.body || video != c.video || other != c.other {
			t.Errorf("OnlyVideo(%q) = %q, %v, %v; want %q, %v, %v", c.in, body, video, other, c.body, c.video, c.other)
		}
	}
}

// A server that breaks the rules is not away: its power and its network are in order.
func TestTrouble_of_answers_against_the_rules(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]string{
		"a long header":      "RTSP/1.0 200 OK\r\nX: " + strings.Repeat("a", 100_000) + "\r\n\r\n",
		"a long description": "RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: 4000000000\r\n\r\n",
		"no number":          "RTSP/1.0 OK 200\r\n\r\n",
	} {
		camera := answerBy(t, func(r request) string {
			if r.method == "DESCRIBE" {
				return broken
			}
			return answer("200 OK", "CSeq: "+r.header["cseq"])
		})
		s := open(t, at(camera), config())
		if got := troubleOf(t, s); got.Reason != "UNEXPECTED_ANSWER" || got.Words != "" {
			t.Errorf("%s: %+v, want UNEXPECTED_ANSWER", name, got)
		}
	}
}
