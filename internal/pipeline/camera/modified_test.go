package camera_test

import (
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A camera whose pictures stop to change says so by its headers. The frames then are as old as the
// picture. A header that never changes says nothing.
func TestSnapshot_is_as_old_as_the_camera_reports(t *testing.T) {
	t.Parallel()
	p := fixture(t, "baseline.jpg")
	synctest.Test(t, func(t *testing.T) {
		const skew = 1000 * time.Hour // of the camera's clock
		stamp := func(at time.Time) string { return at.Add(skew).UTC().Format(http.TimeFormat) }
		changed := stamp(time.Now().Add(-time.Hour))
		src := open(t, "http://192.0.2.7/", pipes(func(c net.Conn, _ int) {
			_, _ = c.Write(join(okHead, "Date: ", stamp(time.Now()), "\r\nLast-Modified: ", changed, "\r\n\r\n", p))
		}))
		age := func() time.Duration {
			f, err := src.Frame(t.Context())
			isDrawn(t, "a picture", f, err)
			time.Sleep(10 * time.Second)
			return time.Since(f.At) - 10*time.Second
		}
		for range 3 {
			if got := age(); got != 0 {
				t.Errorf("with a header that never changes: %v old", got)
			}
		}
		for range 3 {
			changed = stamp(time.Now())
			if got := age(); got != 0 {
				t.Errorf("with a fresh picture: %v old", got)
			}
		}
		time.Sleep(50 * time.Second)
		if got := age(); got != time.Minute {
			t.Errorf("of a picture of a minute ago: %v old", got)
		}
		finish(src)
	})
}
