package camera_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/camera"
)

// digestCamera checks the answers to its challenge as RFC 7616 defines them, with code of its own.
type digestCamera struct {
	t         *testing.T
	challenge string // headers of the 401, NONCE replaced by the nonce
	user      string
	password  string
	realm     string
	algorithm string // as in the challenge
	noQop     bool
	lifetime  int  // requests with one nonce; 0: no bound
	silent    bool // a nonce that has expired is not called stale

	mu     sync.Mutex
	nonces int
	used   int
	seen   []string // one word for each request
}

// fields returns the parameters of an Authorization header.
func fields(header string) map[string]string {
	m := map[string]string{}
	for header != "" {
		name, rest, _ := strings.Cut(header, "=")
		var value string
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			var b strings.Builder
			i := 0
			for ; i < len(quoted) && quoted[i] != '"'; i++ {
				if quoted[i] == '\\' {
					i++
				}
				b.WriteByte(quoted[i])
			}
			value, rest = b.String(), strings.TrimPrefix(quoted[min(i+1, len(quoted)):], ",")
		} else {
			value, rest, _ = strings.Cut(rest, ",")
		}
		m[strings.TrimSpace(name)] = value
		header = rest
	}
	return m
}

func (d *digestCamera) answer(p []byte) func(c net.Conn, request string, n int) {
	return func(c net.Conn, request string, _ int) {
		d.mu.Lock()
		defer d.mu.Unlock()
		line, rest, _ := strings.Cut(request, "\r\n")
		target := strings.Fields(line)[1]
		_, header, found := strings.Cut(rest, "Authorization: ")
		header, _, _ = strings.Cut(header, "\r\n")
		switch {
		case !found:
			d.seen = append(d.seen, "plain")
		case !strings.HasPrefix(header, "Digest "):
			d.t.Errorf("the camera gets %s", header)
		default:
			f := fields(strings.TrimPrefix(header, "Digest "))
			if f["nonce"] == d.nonce() && (d.lifetime == 0 || d.used < d.lifetime) {
				d.used++
				d.check(f, target)
				d.seen = append(d.seen, "digest")
				_, _ = c.Write(join(okHead, "\r\n", p))
				return
			}
			d.seen = append(d.seen, "stale")
			d.nonces, d.used = d.nonces+1, 0
			head := strings.ReplaceAll(d.challenge, "NONCE", d.nonce())
			if !d.silent {
				head = strings.Replace(head, `nonce="`, `stale=true, nonce="`, 1)
			}
			_, _ = c.Write(join("HTTP/1.1 401 Unauthorized\r\n", head, "\r\n"))
			return
		}
		_, _ = c.Write(join("HTTP/1.1 401 Unauthorized\r\n", strings.ReplaceAll(d.challenge, "NONCE", d.nonce()), "\r\n"))
	}
}

func (d *digestCamera) nonce() string { return fmt.Sprintf("n%d,%s=", d.nonces, d.algorithm) }

// check compares a response with the formula of RFC 7616.
func (d *digestCamera) check(f map[string]string, target string) {
	sums := map[string]func() hash.Hash{"": md5.New, "MD5": md5.New, "SHA-256": sha256.New, "SHA-512-256": sha512.New512_256}
	name := strings.ToUpper(d.algorithm)
	sum := sums[strings.TrimSuffix(name, "-SESS")]
	h := func(s string) string {
		w := sum()
		w.Write([]byte(s))
		return hex.EncodeToString(w.Sum(nil))
	}
	a1 := d.user + ":" + d.realm + ":" + d.password
	if strings.HasSuffix(name, "-SESS") {
		a1 = h(a1) + ":" + f["nonce"] + ":" + f["cnonce"]
	}
	a2 := "GET:" + target
	want := h(h(a1) + ":" + f["nonce"] + ":" + h(a2))
	if !d.noQop {
		want = h(h(a1) + ":" + f["nonce"] + ":" + f["nc"] + ":" + f["cnonce"] + ":auth:" + h(a2))
		if f["qop"] != "auth" || f["nc"] != fmt.Sprintf("%08x", d.used) || len(f["cnonce"]) < 16 {
			d.t.Errorf("qop %q, nc %q at use %d, cnonce %q", f["qop"], f["nc"], d.used, f["cnonce"])
		}
	} else if f["qop"]+f["nc"] != "" {
		d.t.Errorf("qop %q, nc %q without a qop of the camera", f["qop"], f["nc"])
	}
	user := f["username"]
	if extended, ok := strings.CutPrefix(f["username*"], "UTF-8''"); ok {
		user, _ = url.PathUnescape(extended)
	}
	if f["userhash"] == "true" {
		user = map[bool]string{true: d.user}[user == h(d.user+":"+d.realm)]
	}
	if f["response"] != want || f["uri"] != target || user != d.user || f["realm"] != d.realm || f["algorithm"] != d.algorithm {
		d.t.Errorf("%s gets %v for %s, want the response %s", d.challenge, f, target, want)
	}
}

// Every kind of Digest that cameras ask for is answered. Nothing is sent before a challenge, each
// nonce is used again, and an expired one is exchanged.
func TestDigest(t *testing.T) {
	t.Parallel()
	p := fixture(t, "baseline.jpg")
	usual := `WWW-Authenticate: Digest realm="cam", qop="auth", nonce="NONCE"`
	for name, d := range map[string]*digestCamera{
		"MD5 unsaid":                    {challenge: usual + "\r\n"},
		"MD5":                           {challenge: usual + ", algorithm=MD5\r\n", algorithm: "MD5"},
		"MD5 in quotes":                 {challenge: usual + `, algorithm="MD5"` + "\r\n", algorithm: "MD5"},
		"md5 in small letters":          {challenge: usual + ", algorithm=md5\r\n", algorithm: "md5"},
		"MD5-sess":                      {challenge: usual + ", algorithm=MD5-sess\r\n", algorithm: "MD5-sess"},
		"SHA-256":                       {challenge: usual + ", algorithm=SHA-256\r\n", algorithm: "SHA-256"},
		"SHA-256-sess":                  {challenge: usual + ", algorithm=SHA-256-sess\r\n", algorithm: "SHA-256-sess"},
		"SHA-512-256":                   {challenge: usual + ", algorithm=SHA-512-256\r\n", algorithm: "SHA-512-256"},
		"no qop":                        {challenge: `WWW-Authenticate: Digest realm="cam", nonce="NONCE"` + "\r\n", noQop: true},
		"an empty qop":                  {challenge: `WWW-Authenticate: Digest realm="cam", qop="", nonce="NONCE"` + "\r\n", noQop: true},
		"qop unquoted":                  {challenge: `WWW-Authenticate: Digest realm="cam",qop=auth,nonce="NONCE"` + "\r\n"},
		"qop auth and auth-int":         {challenge: `WWW-Authenticate: Digest realm="cam", qop="auth-int,auth", nonce="NONCE"` + "\r\n"},
		"qop with spaces":               {challenge: `WWW-Authenticate: Digest realm="cam", qop=" auth , auth-int ", nonce="NONCE"` + "\r\n"},
		"opaque":                        {challenge: usual + `, opaque="a,b=\"c\""` + "\r\n"},
		"a realm with commas":           {challenge: `WWW-Authenticate: Digest realm="a, Basic b=\"c\"", qop="auth", nonce="NONCE"` + "\r\n", realm: `a, Basic b="c"`},
		"no realm":                      {challenge: `WWW-Authenticate: Digest qop="auth", nonce="NONCE"` + "\r\n", realm: " "},
		"a realm of other bytes":        {challenge: "WWW-Authenticate: Digest realm=\"\xc4\xab\", qop=\"auth\", nonce=\"NONCE\"\r\n", realm: "\xc4\xab"},
		"small letters":                 {challenge: strings.ToLower(strings.Replace(usual, "NONCE", "@", 1)) + "\r\n"},
		"Basic in the same header":      {challenge: strings.Replace(usual, "Digest", `Basic realm="x", Digest`, 1) + "\r\n"},
		"Basic behind it":               {challenge: usual + `, Basic realm="x"` + "\r\n"},
		"Basic in a header before":      {challenge: `WWW-Authenticate: Basic realm="x"` + "\r\n" + usual + "\r\n"},
		"Basic in a header behind":      {challenge: usual + "\r\n" + `WWW-Authenticate: Basic realm="x"` + "\r\n"},
		"MD5 and SHA-256":               {challenge: usual + ", algorithm=MD5\r\n" + usual + ", algorithm=SHA-256\r\n", algorithm: "SHA-256"},
		"SHA-256 and MD5 in one":        {challenge: usual + ", algorithm=SHA-256, " + strings.TrimPrefix(usual, "WWW-Authenticate: ") + ", algorithm=MD5\r\n", algorithm: "SHA-256"},
		"an unknown algorithm besides":  {challenge: usual + ", algorithm=SHA3\r\n" + usual + ", algorithm=MD5\r\n", algorithm: "MD5"},
		"other ways besides":            {challenge: "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM TlRMTVNTUA==, Bearer\r\n" + usual + "\r\n"},
		"UTF-8":                         {challenge: usual + ", charset=UTF-8\r\n", user: "사장", password: "비밀, \"번호\""},
		"UTF-8 unsaid":                  {challenge: usual + "\r\n", user: "사장", password: "비밀"},
		"a hashed user":                 {challenge: usual + ", userhash=true, charset=UTF-8\r\n"},
		"quotes in the user":            {challenge: usual + "\r\n", user: `a"b\c`},
		"a nonce for one request":       {challenge: usual + "\r\n", lifetime: 1},
		"a nonce that expires":          {challenge: usual + "\r\n", lifetime: 2},
		"a nonce that expires silently": {challenge: usual + "\r\n", lifetime: 2, silent: true},
	} {
		d.challenge = strings.Replace(d.challenge, "@", "NONCE", 1)
		if d.user == "" {
			d.user = "admin"
		}
		if d.password == "" {
			d.password = "p@ss:w/rd"
		}
		if d.realm = map[string]string{"": "cam", " ": ""}[d.realm] + strings.TrimSpace(d.realm); strings.Contains(name, "lower") {
			d.realm = "cam"
		}
		for _, kind := range kinds {
			one := &digestCamera{
				t: t, challenge: d.challenge, user: d.user, password: d.password, realm: d.realm,
				algorithm: d.algorithm, noQop: d.noQop, lifetime: d.lifetime, silent: d.silent,
			}
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				at := rawCamera(t, one.answer(p))
				address := kind + "://" + url.PathEscape(one.user) + ":" + url.PathEscape(one.password) + "@" + at + "/a/b?c=%2F&d=e,f"
				src := open(t, address, camera.Config{})
				for range 4 {
					f, err := src.Frame(t.Context())
					isDrawn(t, name, f, err)
				}
				one.mu.Lock()
				defer one.mu.Unlock()
				want := "[plain digest digest digest digest]"
				switch one.lifetime {
				case 1:
					want = "[plain digest stale digest stale digest stale digest]"
				case 2:
					want = "[plain digest digest stale digest digest]"
				}
				if got := fmt.Sprint(one.seen); got != want {
					t.Errorf("the camera saw %s, want %s", got, want)
				}
			})
		}
	}
}

// A camera that has offered Digest never gets the password in clear, whatever it asks for later.
func TestLogin_is_never_in_clear_after_Digest(t *testing.T) {
	t.Parallel()
	for name, challenges := range map[string][]string{
		"Basic later":                   {`Digest realm="cam", qop="auth", nonce="a"`, `Basic realm="cam"`},
		"Basic for the second frame":    {`Digest realm="cam", qop="auth", nonce="a"`, `Digest realm="cam", qop="auth", nonce="a"`, `Basic realm="cam"`},
		"Digest of an unknown kind":     {`Digest realm="cam", algorithm=SHA3, nonce="a"`, `Basic realm="cam"`},
		"Digest and Basic of one kind":  {`Digest realm="cam", algorithm=SHA3, nonce="a", Basic realm="cam"`},
		"auth-int alone, Basic besides": {`Digest realm="cam", qop="auth-int", nonce="a", Basic realm="cam"`},
	} {
		for _, kind := range kinds {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				at := rawCamera(t, func(c net.Conn, request string, n int) {
					if strings.Contains(request, "Basic ") {
						t.Errorf("the camera gets %q", request)
					}
					_, _ = c.Write(join("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ", challenges[min(n, len(challenges))-1], "\r\n\r\n"))
				})
				src := open(t, kind+"://me:hidden@"+at+"/", camera.Config{})
				for range 2 {
					_, err := src.Frame(t.Context())
					if trouble := reason(err); trouble != briefing.TroubleLogin && trouble != briefing.TroubleScheme {
						t.Errorf("%v", err)
					}
				}
			})
		}
	}
}

// A wrong password is tried once for each frame, so that the camera does not lock the account at
// once. Nothing is tried without credentials.
func TestLogin_tries_a_wrong_password_once(t *testing.T) {
	t.Parallel()
	for name, challenge := range map[string]string{
		"Basic": `Basic realm="cam"`, "Digest": `Digest realm="cam", qop="auth", nonce="a"`, "Digest with a new nonce": `Digest realm="cam", qop="auth", nonce="N"`,
	} {
		for login, want := range map[string]int{"me:hidden@": 2, "": 1} {
			t.Run(name+login, func(t *testing.T) {
				t.Parallel()
				requests := make(chan string, 10)
				at := rawCamera(t, func(c net.Conn, request string, n int) {
					requests <- request
					_, _ = c.Write(join("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ", strings.Replace(challenge, "N", fmt.Sprint(n), 1), "\r\n\r\n"))
				})
				_, err := open(t, "http://"+login+at+"/", camera.Config{}).Frame(t.Context())
				wrong := map[int]briefing.TroubleReason{2: briefing.TroubleLogin, 1: briefing.TroubleNeedsLogin}[want]
				isTrouble(t, name, err, briefing.CameraRefused, wrong, "401 Unauthorized")
				if len(requests) != want {
					t.Errorf("%d requests, want %d", len(requests), want)
				}
			})
		}
	}
}

// A camera that goes on refusing the password is asked once a minute, so that it does not lock the
// account for ever. It is asked again at once when it has accepted the password.
func TestLogin_pauses_after_refusals(t *testing.T) {
	t.Parallel()
	p := fixture(t, "baseline.jpg")
	for _, kind := range kinds {
		synctest.Test(t, func(t *testing.T) {
			var tries atomic.Int64
			var good atomic.Bool
			connect := func(context.Context, string) (net.Conn, error) {
				near, far := net.Pipe()
				go func() {
					defer far.Close()
					b := make([]byte, 4096)
					n, _ := far.Read(b)
					switch login := strings.Contains(string(b[:n]), "Authorization"); {
					case login && good.Load():
						_, _ = far.Write(join(okHead, "\r\n", p))
						return
					case login:
						tries.Add(1)
					}
					_, _ = far.Write(join("HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=a, nonce=b\r\n\r\n"))
				}()
				return near, nil
			}
			src := open(t, kind+"://me:hidden@192.0.2.7/", camera.WithConnect(camera.Config{}, connect))
			for range 30 * 60 {
				_, err := src.Frame(t.Context())
				isTrouble(t, kind, err, briefing.CameraRefused, briefing.TroubleLogin, "*")
				time.Sleep(time.Second)
			}
			if n := tries.Load(); n < 25 || n > 36 {
				t.Errorf("%s: the password is tried %d times in half an hour", kind, n)
			}
			good.Store(true)
			time.Sleep(70 * time.Second)
			if kind == "mjpeg+http" { // its reader has ended meanwhile
				_, _ = src.Frame(t.Context())
			}
			f, err := src.Frame(t.Context())
			isDrawn(t, kind, f, err)
			finish(src)
		})
	}
}

// FuzzLogin reads any challenge and answers it in one line.
func FuzzLogin(f *testing.F) {
	for _, seed := range []string{`Digest realm="a", nonce="b", qop="auth"`, `Basic realm="x", Digest a`, `Digest realm="\`, "Digest ,,=,=\"", "Digest realm=\"a\r\nX: y\", nonce=b"} {
		f.Add(seed, "/a")
	}
	f.Fuzz(func(t *testing.T, challenge, target string) {
		if header := camera.AnswerTo(challenge, target); strings.ContainsAny(header, "\r\n\x00") {
			t.Errorf("%q is answered by %q", challenge, header)
		}
	})
}
