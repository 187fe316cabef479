package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bis/internal/config"
)

func TestLoad_detector(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args, environ []string
		want          config.Detector
	}{
		{},
		{args: []string{"--detector", "/srv/a b.onnx"}, want: config.Detector{Model: "/srv/a b.onnx"}},
		{environ: []string{"BIS_DETECTOR=C:\\models\\a.onnx", "BIS_DETECTOR_KIND=YOLOX", "BIS_DETECTOR_CLASSES=names.txt"},
			want: config.Detector{Model: "C:\\models\\a.onnx", Kind: "yolox", Classes: "names.txt"}},
		{args: []string{"--detector=./me@home.onnx"}, environ: []string{"BIS_DETECTOR=x"}, want: config.Detector{Model: "./me@home.onnx"}},
		{args: []string{"--detector=HTTP://me:p%40ss@host:5000/v1?k=v"}, want: config.Detector{URL: "HTTP://me:p%40ss@host:5000/v1?k=v"}},
		{environ: []string{"BIS_DETECTOR=https://[::1]:5000"}, want: config.Detector{URL: "https://[::1]:5000"}},
	} {
		cfg, err := config.Load(config.Source{Args: c.args, Environ: c.environ, Dir: t.TempDir()})
		if err != nil || cfg.Detector != c.want {
			t.Errorf("%q %q: %+v, %v; want %+v", c.args, c.environ, cfg.Detector, err, c.want)
		}
		if text := fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg); strings.Contains(text, "p%40ss") {
			t.Errorf("the password is printed: %s", text)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--detector-kind=hidden"}, "--detector-kind must be detr, yolox, yolo or nanodet"},
		{[]string{"--detector= "}, "--detector must name a model file"},
		{[]string{"--detector=me:hidden@host"}, "--detector must name a model file"},
		{[]string{"--detector=rtsp://me:hidden@host"}, "--detector must name a model file"},
		{[]string{"--detector=http://"}, "--detector must name a model file"},
		{[]string{"--detector=http://me:hidden/x@host"}, "--detector must name a model file"},
		{[]string{"--detector=http://me:12345/hidden@host"}, "--detector must name a model file"},
		{[]string{"--detector=http://me:12345?hidden@host"}, "--detector must name a model file"},
		{[]string{"--detector=http://a", "--detector-kind=yolo"}, "need a model file"},
		{[]string{"--detector=http://a", "--detector-classes=hidden"}, "need a model file"},
		{[]string{"--detector=a.onnx", "--detector-classes=http://hidden"}, "--detector-classes must name a file"},
	} {
		_, err := config.Load(config.Source{Args: c.args, Dir: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v; want %q", c.args, err, c.want)
		}
	}
}

func TestLoad_detect(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load(config.Source{
		Args:    []string{"detect", "a.jpg", "b c.png", "--json", "--threshold", "0.4"},
		Environ: []string{"BIS_DETECTOR=x.onnx"}, Dir: t.TempDir(),
	})
	d := cfg.Detect
	if err != nil || cfg.Command != config.CommandDetect || !d.JSON || d.Threshold != .4 || !slices.Equal(d.Pictures, []string{"a.jpg", "b c.png"}) {
		t.Errorf("%+v, %v", cfg, err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"detect", "a.jpg"}, "--detector or BIS_DETECTOR"},
		{[]string{"detect", "a.jpg", "--detector-kind=yolo"}, "--detector or BIS_DETECTOR"},
		{[]string{"detect", "--detector=x.onnx"}, "pictures"},
		{[]string{"detect", "--detector=x.onnx", "a.jpg", "--threshold=1.1"}, "--threshold"},
		{[]string{"detect", "--detector=x.onnx", "a.jpg", "--threshold=-1"}, "--threshold"},
		{[]string{"detect", "--detector=x.onnx", "a.jpg", "--threshold=NaN"}, "--threshold"},
		{[]string{"detect", "--detector=x.onnx", "a.jpg", "http://me:hidden@x"}, "names of pictures"},
	} {
		_, err := config.Load(config.Source{Args: c.args, Dir: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v; want %q", c.args, err, c.want)
		}
	}
}
