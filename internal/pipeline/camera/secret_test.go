package camera_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

// net/http quotes parts of addresses in several of its errors.
func TestErrors_of_a_camera_do_not_show_its_secrets(t *testing.T) {
	t.Parallel()
	away, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := away.Close(); err != nil {
		t.Fatal(err)
	}
	raw := func(text string) string {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = conn.Write([]byte(text)) // the camera's client may have left
			conn.Close()
		}))
		t.Cleanup(srv.Close)
		return strings.TrimPrefix(srv.URL, "http://")
	}
	for name, host := range map[string]string{
		"refuses connections":           away.Addr().String(),
		"redirects to nowhere":          raw("HTTP/1.1 302 Found\r\nLocation: http://me:hidden@%zz/\r\nContent-Length: 0\r\n\r\n"),
		"redirects elsewhere":           raw("HTTP/1.1 302 Found\r\nLocation: http://me:hidden@192.0.2.1/?pwd=hidden\r\nContent-Length: 0\r\n\r\n"),
		"redirects to a strange scheme": raw("HTTP/1.1 302 Found\r\nLocation: hidden://x/\r\nContent-Length: 0\r\n\r\n"),
		"echoes the request":            raw("GET /?pwd=hidden HTTP/1.1\r\n\r\n"),
		"sends a strange header":        raw("HTTP/1.1 200 OK\r\nhidden\r\n\r\n"),
		"refuses the password":          raw("HTTP/1.1 401 hidden\r\nContent-Length: 0\r\n\r\n"),
	} {
		for _, scheme := range []string{"http", "mjpeg+http"} {
			src := open(t, scheme+"://me:hidden@"+host+"/hidden/x.cgi?usr=me&pwd=hidden", camera.Config{Timeout: 5 * time.Second})
			_, err := src.Frame(t.Context())
			if err == nil || !errors.Is(err, pipeline.ErrOffline) && !errors.Is(err, pipeline.ErrUnreadable) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("a camera that %s: %v, want a cause and no secret", name, err)
			}
		}
	}
	_, err = camera.Open("file://me:hidden@nas/pictures", camera.Config{})
	if err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("a share of the network: %v", err)
	}
}

// HTTP_PROXY may contain a password. net/http reads it once per process, so the test gives its
// errors to offline instead of setting it.
func TestErrors_of_a_proxy_do_not_show_its_address(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`invalid proxy address "me:hidden@%zz": parse "http://me:hidden@%zz": invalid URL escape "%zz"`,
		`proxyconnect tcp: http://me:hidden@proxy/ is away`, `"hidden"`, "me:hidden@proxy",
	} {
		err := camera.Offline(errors.New(text))
		if !errors.Is(err, pipeline.ErrOffline) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s gives %v", text, err)
		}
	}
}
