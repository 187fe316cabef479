package config

import (
	"errors"
	"strings"
)

// videoFlags are the flags for the video of cameras.
type videoFlags struct {
	FFmpeg string `name:"ffmpeg" setting:"BIS_FFMPEG" default:"ffmpeg" placeholder:"PROGRAM" help:"Program that decodes H.264 and H.265 of rtsp:// cameras: a path, a name in PATH, or none."`
}

// apply checks the flags and sets their fields of cfg.
func (f videoFlags) apply(cfg *Config) error {
	// The value is not quoted, because it may be an address with a password.
	if strings.TrimSpace(f.FFmpeg) == "" || strings.Contains(f.FFmpeg, "://") || looksLikeLogin(f.FFmpeg) {
		return errors.New("--ffmpeg must name a program, such as /usr/bin/ffmpeg")
	}
	cfg.FFmpeg = f.FFmpeg
	return nil
}
