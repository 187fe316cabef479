package briefing_test

import (
	"testing"

	"bis/internal/briefing"
)

func TestSource_Authority(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://192.0.2.7/a.jpg":              "192.0.2.7:80",
		"http://me:pw@192.0.2.7:80/b.jpg":     "192.0.2.7:80",
		"mjpeg+http://192.0.2.7:8080/":        "192.0.2.7:8080",
		"https://Cam.Example/":                "cam.example:443",
		"https://cam.example./":               "cam.example:443",
		"mjpeg+https://cam.example:8443/":     "cam.example:8443",
		"rtsp://cam.example/live":             "cam.example:554",
		"rtsps://cam.example/live":            "cam.example:322",
		"http://[2001:DB8::7]/":               "[2001:db8::7]:80",
		"http://[2001:db8:0:0::7]:81/":        "[2001:db8::7]:81",
		"demo:":                               "",
		"push:":                               "",
		"http://user:p@ss/w0rd@192.0.2.7/pic": "192.0.2.7:80",
	} {
		s, err := briefing.ParseSource(address)
		if err != nil || s.Authority() != want {
			t.Errorf("Authority of %s = %q, %v, want %q", address, s.Authority(), err, want)
		}
	}
}
