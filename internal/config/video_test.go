package config_test

import (
	"strings"
	"testing"

	"bis/internal/config"
)

func TestLoad_ffmpeg(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args, environ []string
		want          string
	}{
		{want: "ffmpeg"},
		{environ: []string{"BIS_FFMPEG=/opt/ffmpeg/bin/ffmpeg"}, want: "/opt/ffmpeg/bin/ffmpeg"},
		{args: []string{"--ffmpeg", "none"}, environ: []string{"BIS_FFMPEG=x"}, want: "none"},
	} {
		cfg, err := config.Load(config.Source{Args: c.args, Environ: c.environ, Dir: t.TempDir()})
		if err != nil || cfg.FFmpeg != c.want {
			t.Errorf("%q %q: %q, %v; want %q", c.args, c.environ, cfg.FFmpeg, err, c.want)
		}
	}
	for _, value := range []string{" ", "rtsp://me:hidden@cam", "me:hidden@cam"} {
		_, err := config.Load(config.Source{Args: []string{"--ffmpeg", value}, Dir: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), "--ffmpeg must name a program") || strings.Contains(err.Error(), "hidden") {
			t.Errorf("--ffmpeg %q: %v", value, err)
		}
	}
}

func TestLoad_accepts_cameras_with_RTSP(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"rtsp://me:hidden@cam/1", "rtsps://cam:322/stream"} {
		cfg, err := config.Load(config.Source{Environ: []string{"BIS_CAMERA=" + address}, Dir: t.TempDir()})
		if err != nil || string(cfg.Camera) != address || strings.Contains(cfg.Camera.String(), "hidden") {
			t.Errorf("%v, %v", cfg.Camera, err)
		}
	}
}
