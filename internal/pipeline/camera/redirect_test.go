package camera_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline/camera"
)

// listen starts a server on an address of loopback and returns its host and port.
func listen(t *testing.T, address string, handler http.HandlerFunc) string {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	srv := &httptest.Server{Listener: l, Config: &http.Server{Handler: handler}}
	srv.Start()
	t.Cleanup(srv.Close)
	return l.Addr().String()
}

// kinds are the kinds of cameras that speak HTTP.
var kinds = []string{"http", "mjpeg+http"}

// statuses are those of redirects.
var statuses = []int{301, 302, 303, 307, 308}

// A camera may lead to another host. That gets a plain request: no credentials, no cookie and
// nothing of the camera's address. That holds also behind a redirect to the camera itself.
func TestRedirects_to_another_host_carry_no_credentials(t *testing.T) {
	t.Parallel()
	p := fixture(t, "baseline.jpg")
	var calls atomic.Int64
	stranger := func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var all strings.Builder
		_ = r.Header.Write(&all)
		if strings.Contains(all.String()+r.RequestURI, "hidden") || r.Header.Get("Authorization")+r.Header.Get("Cookie")+r.Header.Get("Referer") != "" {
			t.Errorf("the other host at %s gets %s %v", r.Host, r.RequestURI, r.Header)
		}
		_, _ = w.Write(p)
	}
	other := listen(t, "127.0.0.2:0", stranger)
	name := strings.Replace(listen(t, "127.0.0.1:0", stranger), "127.0.0.1", "localhost", 1)
	for name, to := range map[string]string{
		"another address":            "http://" + other + "/",
		"another name":               "http://" + name + "/",
		"with credentials":           "http://me:hidden@" + other + "/",
		"without a scheme":           "//" + other + "/",
		"the camera as its userinfo": "http://CAMERA@" + other + "/",
	} {
		for _, status := range statuses {
			at := listen(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
				http.SetCookie(w, &http.Cookie{Name: "session", Value: "hidden"})
				if r.URL.Path == "/first" {
					http.Redirect(w, r, "/second", status)
					return
				}
				w.Header().Set("Location", strings.ReplaceAll(to, "CAMERA", r.Host))
				w.WriteHeader(status)
			})
			for _, kind := range kinds {
				for _, path := range []string{"/first", "/second"} {
					src := open(t, fmt.Sprintf("%s://me:hidden@%s%s?pwd=hidden", kind, at, path), camera.Config{})
					f, err := src.Frame(t.Context())
					isDrawn(t, fmt.Sprint(name, " ", status, " ", kind), f, err)
				}
			}
		}
	}
	if calls.Load() == 0 {
		t.Error("the other hosts were never called")
	}
}

// A login of another host is not that of the camera.
func TestRedirects_to_the_login_of_another_host_fail(t *testing.T) {
	t.Parallel()
	other := listen(t, "127.0.0.2:0", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("the other host gets %v", r.Header)
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="cam"`)
		w.WriteHeader(401)
	})
	at := listen(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+other+"/", http.StatusFound)
	})
	for _, kind := range kinds {
		_, err := open(t, kind+"://me:hidden@"+at+"/", camera.Config{}).Frame(t.Context())
		isTrouble(t, kind, err, briefing.CameraRefused, briefing.TroubleRedirect, "401 Unauthorized")
	}
}

// A camera may redirect within its host, also to another port: it gets its credentials again, when
// it asks for them, and no cookie.
func TestRedirects_within_the_host_carry_credentials(t *testing.T) {
	t.Parallel()
	p := fixture(t, "baseline.jpg")
	login := func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		switch {
		case !ok:
			w.Header().Set("WWW-Authenticate", `Basic realm="cam"`)
			w.WriteHeader(401)
		case user != "me" || password != "hidden" || r.Header.Get("Cookie") != "":
			t.Errorf("%s has the headers %v", r.URL.Path, r.Header)
		case r.URL.Path == "/picture":
			_, _ = w.Write(p)
		default:
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "x"})
			w.Header().Set("Location", "../picture")
			w.WriteHeader(302)
		}
	}
	port := listen(t, "127.0.0.1:0", login)
	for _, status := range statuses {
		at := listen(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+port+"/a/b?c", status)
		})
		for _, address := range []string{at, port} {
			for _, kind := range kinds {
				src := open(t, kind+"://me:hidden@"+address+"/a/b", camera.Config{})
				for range 2 {
					f, err := src.Frame(t.Context())
					isDrawn(t, fmt.Sprint(kind, " ", status), f, err)
				}
			}
		}
	}
}

// Each hop is checked against the permitted nets.
func TestRedirects_are_checked_against_the_nets(t *testing.T) {
	t.Parallel()
	other := listen(t, "127.0.0.2:0", func(_ http.ResponseWriter, r *http.Request) { t.Errorf("called: %v", r.URL) })
	at := listen(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+other+"/", http.StatusFound)
	})
	only := func(a netip.Addr) error {
		if a != netip.MustParseAddr("127.0.0.1") {
			return errors.New("not permitted")
		}
		return nil
	}
	for _, kind := range kinds {
		_, err := open(t, kind+"://"+at+"/", camera.Config{Nets: only}).Frame(t.Context())
		isTrouble(t, kind, err, briefing.CameraAway, briefing.TroubleForbidden, "")
	}
}

func TestRedirects_end(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		location string
		reason   briefing.TroubleReason
	}{
		"in a loop":        {"/again", briefing.TroubleLoop},
		"further and on":   {"x/", briefing.TroubleLoop},
		"at no address":    {"http://me:hidden@%zz/", briefing.TroubleRedirect},
		"at another sort":  {"hidden://x/", briefing.TroubleRedirect},
		"at a file":        {"file:///etc/passwd", briefing.TroubleRedirect},
		"at RTSP":          {"rtsp://me:hidden@192.0.2.1/", briefing.TroubleRedirect},
		"without a target": {"", briefing.TroubleStatus},
	} {
		n := 0
		at := rawCamera(t, func(conn net.Conn, _ string, _ int) {
			n++
			location := "Location: " + c.location + "\r\n"
			if c.location == "" {
				location = ""
			}
			_, _ = conn.Write(join("HTTP/1.1 302 Found\r\n", location, "Content-Length: 0\r\n\r\n"))
		})
		_, err := open(t, "http://me:hidden@"+at+"/", camera.Config{}).Frame(t.Context())
		isTrouble(t, name, err, briefing.CameraRefused, c.reason, "*")
		if n > 6 {
			t.Errorf("%s: %d requests, want at most 6", name, n)
		}
	}
}

// Five redirects are followed.
func TestRedirects_may_be_five(t *testing.T) {
	t.Parallel()
	p := fixture(t, "baseline.jpg")
	at := rawCamera(t, func(c net.Conn, _ string, n int) {
		if n <= 5 {
			_, _ = c.Write(join("HTTP/1.1 302 Found\r\nLocation: /", n, "\r\n\r\n"))
			return
		}
		_, _ = c.Write(join(okHead, "\r\n", p))
	})
	f, err := open(t, "http://"+at+"/", camera.Config{}).Frame(t.Context())
	isDrawn(t, "five", f, err)
}
