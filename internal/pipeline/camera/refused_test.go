package camera_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

// A camera that refuses the credentials is told apart from one that is away, by a snapshot as by a
// stream.
func TestFrame_tells_refused_credentials_apart(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{401: true, 403: true, 404: false, 500: false, 503: false} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(srv.Close)
		for _, scheme := range []string{"http://", "mjpeg+http://"} {
			src := open(t, scheme+"me:hidden@"+strings.TrimPrefix(srv.URL, "http://"), camera.Config{})
			_, err := src.Frame(t.Context())
			if !errors.Is(err, pipeline.ErrOffline) || errors.Is(err, pipeline.ErrRefused) != want || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%s after %d: %v, want refused: %v", scheme, status, err, want)
			}
		}
	}
}
