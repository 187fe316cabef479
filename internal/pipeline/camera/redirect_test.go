package camera_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/pipeline"
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

// A camera that leads elsewhere is offline. Nothing reaches the other host: no credentials, and no
// call at all. That holds for every kind of redirect, also behind one to the camera itself, and for
// another port of the camera's host.
func TestRedirects_lead_to_no_other_host(t *testing.T) {
	t.Parallel()
	var heard atomic.Int64
	stranger := func(_ http.ResponseWriter, r *http.Request) {
		heard.Add(1)
		t.Errorf("the stranger at %s hears of %v", r.Host, r.Header)
	}
	other := listen(t, "127.0.0.2:0", stranger)
	port := listen(t, "127.0.0.1:0", stranger)
	for name, to := range map[string]string{
		"another address":            "http://" + other + "/",
		"another port":               "http://" + port + "/",
		"another name":               "http://" + strings.Replace(port, "127.0.0.1", "localhost", 1) + "/",
		"with credentials":           "http://me:hidden@" + other + "/",
		"without a scheme":           "//" + other + "/",
		"the camera as its userinfo": "http://CAMERA@" + other + "/",
		"another scheme":             "https://" + other + "/",
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
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
					src := open(t, fmt.Sprintf("%s://me:hidden@%s%s?pwd=hidden", kind, at, path), camera.Config{Timeout: 5 * time.Second})
					_, err := src.Frame(t.Context())
					if !errors.Is(err, pipeline.ErrOffline) || strings.Contains(err.Error(), "hidden") {
						t.Errorf("%s %d to %s: %v, want %v and no secret", kind, status, name, err, pipeline.ErrOffline)
					}
				}
			}
		}
	}
	if n := heard.Load(); n != 0 {
		t.Errorf("strangers were called %d times", n)
	}
}

// A camera may redirect within itself: it gets its credentials again, and no cookie.
func TestRedirects_within_the_camera_are_followed(t *testing.T) {
	t.Parallel()
	at := listen(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "me" || password != "hidden" || r.Header.Get("Cookie") != "" {
			t.Errorf("%s has the headers %v", r.URL.Path, r.Header)
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "x"})
		if r.URL.Path == "/" {
			http.Redirect(w, r, "http://"+r.Host+"/picture", http.StatusFound)
			return
		}
		_, _ = w.Write(jpegOf(t, 24))
	})
	if got := width(t, open(t, "http://me:hidden@"+at+"/", camera.Config{})); got != 24 {
		t.Errorf("the picture is %d wide, want 24", got)
	}
}

func TestCheckRedirect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		follow   bool
	}{
		{"http://cam/", "https://cam/x", true},
		{"http://cam:80/", "https://cam/", true},
		{"http://cam/", "https://cam:443/", true},
		{"http://cam/", "http://CAM:80/", true},
		{"http://cam:8080/", "https://cam:8080/", true},
		{"https://cam/", "https://cam/x", true},
		{"http://[::1]:8080/", "http://[::1]:8080/x", true},
		{"https://cam/", "http://cam/", false},
		{"https://cam:8443/", "http://cam:8443/", false},
		{"http://cam/", "https://cam:8443/", false},
		{"http://cam/", "http://cam:443/", false},
		{"http://cam/", "http://cam.evil/", false},
		{"http://cam/", "http://sub.cam/", false},
		{"http://sub.cam/", "http://cam/", false},
		{"http://cam/", "http://cam@evil/", false},
		{"http://[::1]/", "http://[::2]/", false},
	} {
		from, to := httptest.NewRequest(http.MethodGet, c.from, http.NoBody), httptest.NewRequest(http.MethodGet, c.to, http.NoBody)
		if err := camera.CheckRedirect(to, []*http.Request{from}); (err == nil) != c.follow {
			t.Errorf("from %s to %s: %v, want follow %v", c.from, c.to, err, c.follow)
		}
	}
}
