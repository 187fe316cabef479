package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// No secret of the settings is printed: neither in the greeting, nor in a log at debug level, nor
// by /metrics.
func TestServer_prints_no_secret(t *testing.T) {
	t.Parallel()
	for name, camera := range map[string]string{
		"in the query":     "http://127.0.0.1:1/cgi?cmd=snapPicture2&usr=admin&pwd=s3cretPW",
		"in a stream":      "mjpeg+http://admin:s3cretPW@127.0.0.1:1/live?token=s3cretPW",
		"behind the proxy": "http://admin:s3cretPW@192.0.2.7/key/s3cretPW.jpg",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := startChild(t, options{args: []string{"--log-level", "debug"}, env: []string{
				"BIS_CAMERA=" + camera, "OPENAI_BASE_URL=http://me:s3cretPW@127.0.0.1:1/v1?key=s3cretPW", "OPENAI_API_KEY=sk-s3cretPW",
				"HTTP_PROXY=http://me:s3cretPW@127.0.0.1:1", "BIS_CAMRA=s3cretPW",
			}})
			_, next := overSocket(t, c, startDocument("kim"))
			if b := next(); b.Degraded == nil || *b.Degraded != "CAMERA_OFFLINE" {
				t.Errorf("briefing %+v", b)
			}
			res, err := http.Get(c.url + "/metrics")
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			metrics, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			c.stop(t)
			said := c.out.String() + c.errs.String() + string(metrics)
			if strings.Contains(said, "s3cretPW") || strings.Contains(said, "admin") {
				t.Errorf("a secret is in the output: %s", said)
			}
			if !strings.Contains(said, "camera gives no picture") || !strings.Contains(said, "BIS_CAMERA?") {
				t.Errorf("the log lacks the camera's failure or the unknown setting: %s", c.errs)
			}
		})
	}
}

// An address of a database that splits in the wrong places is refused without quoting any part.
func TestStart_refuses_a_database_without_its_password(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{
		"mongodb://shop:ab@c:S3cretTail/xyz@db.example.invalid:27017/", "mongodb://shop:S3cretTail@", "mongodb://127.0.0.1/?x=S3cretTail&y",
	} {
		code, said := exits(t, options{env: []string{"DATABASE_URI=" + uri}})
		if code == 0 || strings.Contains(said, "S3cretTail") || !strings.Contains(said, "DATABASE_URI") || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q", uri, code, said)
		}
	}
}
