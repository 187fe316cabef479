package app

import (
	"testing"

	"bis/internal/config"
)

func TestCameraKind_shows_nothing_but_the_kind(t *testing.T) {
	t.Parallel()
	for address, want := range map[config.Address]string{
		"demo:":                                "demo",
		"demo:?seed=7":                         "demo",
		"file:/home/kim/shop":                  "folder",
		"file:picture.jpg":                     "folder",
		"http://kim:secret@192.0.2.7/snap.jpg": "HTTP",
		"https://192.0.2.7/snap.jpg?key=s":     "HTTP",
		"mjpeg+http://kim:secret@192.0.2.7/":   "HTTP",
		"mjpeg+https://192.0.2.7/":             "HTTP",
		"rtsp://kim:secret@192.0.2.7/stream":   "RTSP",
		"rtsps://192.0.2.7/stream":             "RTSP",
	} {
		if got := cameraKind(address); got != want {
			t.Errorf("cameraKind(%s) = %s, want %s", address, got, want)
		}
	}
}
