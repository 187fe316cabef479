package rtsp

import (
	"encoding/base64"
	"errors"
	"strings"
	"sync"

	"github.com/bluenviron/gortsplib/v5/pkg/auth"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
)

// talk watches the requests and answers of one session. The client calls it before it uses an
// answer, so it can mend what cameras get wrong.
type talk struct {
	secure bool // the connection has TLS

	mu      sync.Mutex // guards the fields below
	asked   bool       // the camera has asked for Digest, in this session or an earlier one
	method  base.Method
	signed  bool         // the last request had credentials
	renewed *auth.Sender // has the newest nonce; nil: the client's own is the newest
	stale   bool         // the last answer was 401 with a new nonce
	user    [2]string    // of the last address
	moved   string       // where the camera redirects
	noVideo bool
	status  status // of the last answer that was not 200
}

// status is the first line of an answer.
type status struct {
	code    base.StatusCode
	message string
}

// request sees each request before it is sent.
func (t *talk) request(r *base.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.method = r.Method
	if r.URL != nil && r.URL.User != nil {
		password, _ := r.URL.User.Password()
		t.user = [2]string{r.URL.User.Username(), password}
	}
	_, t.signed = r.Header["Authorization"]
	if t.signed && t.renewed != nil {
		t.renewed.AddAuthorization(r)
	}
}

// response sees each answer before it is used.
func (t *talk) response(r *base.Response) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.StatusCode != base.StatusOK {
		t.status = status{r.StatusCode, r.StatusMessage}
	}
	switch code := r.StatusCode; {
	case code == base.StatusUnauthorized:
		t.challenge(r)
	case code >= base.StatusMovedPermanently && code <= base.StatusUseProxy:
		if where := r.Header["Location"]; len(where) == 1 {
			t.moved = where[0]
			// The client would follow with the credentials, to any host.
			delete(r.Header, "Location")
		}
	case t.method == base.Options && code != base.StatusOK && code != base.StatusForbidden:
		// Some cameras do not know OPTIONS. The next request shows what they think.
		r.StatusCode = base.StatusOK
	case t.method == base.Describe && code == base.StatusOK:
		t.describe(r)
	}
}

// challenge handles 401. Without TLS it removes Basic challenges once the camera has asked for
// Digest: somebody between may want the password in clear.
func (t *talk) challenge(r *base.Response) {
	var rest base.HeaderValue
	digest := ""
	for _, v := range r.Header["WWW-Authenticate"] {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(v)), "digest") {
			digest, t.asked = v, true
			rest = append(rest, v)
		}
	}
	if t.asked && !t.secure {
		r.Header["WWW-Authenticate"] = rest
	}
	if !t.signed || !isStale(digest) {
		return
	}
	sender := &auth.Sender{WWWAuth: rest, User: t.user[0], Pass: t.user[1]}
	if sender.Initialize() == nil {
		t.renewed, t.stale = sender, true
	}
}

// isStale reports whether a Digest challenge says that only the nonce was too old.
func isStale(challenge string) bool {
	challenge = strings.ToLower(strings.ReplaceAll(challenge, " ", ""))
	return strings.Contains(challenge, "stale=true") || strings.Contains(challenge, `stale="true"`)
}

// repeat calls f again after a stale nonce, twice at most.
func (t *talk) repeat(f func() error) error {
	var err error
	for range 3 {
		err = f()
		t.mu.Lock()
		again := t.stale && err != nil
		t.stale = false
		t.mu.Unlock()
		if !again {
			break
		}
	}
	return err
}

// describe mends the answer to DESCRIBE. Of the description only the video remains: nothing else is
// used, and faults in it must not matter.
func (t *talk) describe(r *base.Response) {
	if strings.HasPrefix(string(r.Body), "v=0") {
		r.Header["Content-Type"] = base.HeaderValue{"application/sdp"}
	}
	body, video, other := onlyVideo(string(r.Body))
	t.noVideo = other && !video
	if video {
		r.Body = []byte(body)
	}
}

// onlyVideo removes all media but video from a description, and what the client cannot parse.
// video and other report which kinds of media it had.
func onlyVideo(sdp string) (body string, video, other bool) {
	var out strings.Builder
	head, within := true, false
	for line := range strings.Lines(sdp) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "m=") {
			head, within = false, strings.HasPrefix(line, "m=video")
			video, other = video || within, other || !within
		}
		if !head && !within || line == "" {
			continue
		}
		if control, ok := strings.CutPrefix(line, "a=control:"); ok && head && control != "*" &&
			!strings.HasPrefix(control, "rtsp") {
			continue // a relative address of the whole session is the session's own
		}
		out.WriteString(withoutBadSets(line) + "\r\n")
	}
	return out.String(), video, other
}

// withoutBadSets removes parameter sets that are not base64. They come again in the stream.
func withoutBadSets(line string) string {
	const name = "sprop-parameter-sets="
	at := strings.Index(line, name)
	if at < 0 {
		return line
	}
	sets, rest, _ := strings.Cut(line[at+len(name):], ";")
	for set := range strings.SplitSeq(sets, ",") {
		if _, err := base64.StdEncoding.DecodeString(set); err != nil {
			return line[:at] + rest
		}
	}
	return line
}

func (t *talk) askedDigest() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked
}

func (t *talk) movedTo() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.moved
}

func (t *talk) hasNoVideo() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.noVideo
}

// statusError is an answer other than 200.
type statusError struct {
	status
	signed bool // credentials were sent
}

func (e statusError) Error() string { return "it answered " + codeText(e.code) }

// explain adds to an error of the client what the camera answered.
func (t *talk) explain(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var bad liberrors.ErrClientBadStatusCode
	var setup liberrors.ErrClientAuthSetup
	if errors.As(err, &bad) {
		return statusError{status{bad.Code, bad.Message}, t.signed}
	}
	if errors.As(err, &setup) {
		return errLogin
	}
	return err
}

var errLogin = errors.New("it asks for credentials in an unknown way, or for a password in clear " +
	"after it asked for Digest")
