package rtsp_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline/camera/rtsp"
)

var errStop = errors.New("stop")

// Config.Dial decides about every connection: it gets the host as the owner wrote it, and the port.
func TestDial_gets_the_host_and_the_usual_port(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src  briefing.Source
		want string
	}{
		{briefing.Source{Scheme: "rtsp", Host: "cam.example"}, "[cam.example 554]"},
		{briefing.Source{Scheme: "rtsps", Host: "cam.example", Path: "/1"}, "[cam.example 322]"},
		{briefing.Source{Scheme: "rtsp", Host: "192.0.2.7:8554", Path: "/a b?c"}, "[192.0.2.7 8554]"},
		{briefing.Source{Scheme: "rtsp", Host: "[2001:db8::7]", Path: "/1"}, "[2001:db8::7 554]"},
		{briefing.Source{Scheme: "rtsp", Host: "[2001:db8::7]:1", Path: "1"}, "[2001:db8::7 1]"},
	} {
		got := make(chan string, 100)
		cfg := config()
		cfg.Dial = func(_ context.Context, host, port string) (net.Conn, error) {
			got <- fmt.Sprint([]string{host, port})
			return nil, errStop
		}
		s := open(t, c.src, cfg)
		troubleOf(t, s)
		if dialled := <-got; dialled != c.want {
			t.Errorf("%s: dialled %s, want %s", c.src, dialled, c.want)
		}
	}
}

// A redirect is dialled like the address itself, so that it is checked, too. Certificates of another
// host than the camera's are not the camera's own.
func TestDial_of_a_redirect(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{"cam2.example": "false", "127.0.0.1": "true"} {
		from := answerBy(t, func(request) string { return answer("302 Moved", "Location: rtsps://"+to+":99/x") })
		got := make(chan string, 100)
		cfg := config()
		cfg.Dial = func(ctx context.Context, host, port string) (net.Conn, error) {
			if port == "99" {
				got <- host
			}
			return new(net.Dialer).DialContext(ctx, "tcp", from.Addr().String())
		}
		cfg.Secure = func(_ context.Context, conn net.Conn, host string, own bool) (net.Conn, error) {
			got <- fmt.Sprint(host, " ", own)
			conn.Close()
			return nil, errStop
		}
		troubleOf(t, open(t, at(from), cfg))
		if dialled, secured := <-got, <-got; dialled != to || secured != to+" "+want {
			t.Errorf("to %s: dialled %s, secured %s, want own %s", to, dialled, secured, want)
		}
	}
}

func TestOpen_refuses(t *testing.T) {
	t.Parallel()
	for _, src := range []briefing.Source{
		{}, {Scheme: "http", Host: "cam"}, {Scheme: "rtsp"}, {Scheme: "rtsp", Host: "%zz"},
		{Scheme: "rtsp", Host: "cam", Path: "/%zz", Password: "hidden"}, {Scheme: "rtsp", Host: "cam", Path: "/x#hidden"},
	} {
		if s, err := rtsp.Open(src, config()); err == nil || s != nil {
			t.Errorf("Open(%q) = %v", src, err)
		} else if got := err.Error(); got != "camera address must be like rtsp://192.0.2.7:554/stream1" {
			t.Errorf("Open(%q) = %s", src, got)
		}
	}
}
