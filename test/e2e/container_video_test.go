package e2e

import (
	"slices"
	"strings"
	"testing"
)

// The image with ffmpeg differs from the small one in its base, what it installs, and where ffmpeg
// is. The small one stays the default, so it comes last.
func TestDockerfile_with_ffmpeg(t *testing.T) {
	t.Parallel()
	list := instructions(t)
	video, small := slices.Index(list, "FROM debian:trixie-slim AS video"), slices.Index(list, "FROM scratch")
	if video < 0 || small < video {
		t.Fatalf("stages at %d and %d", video, small)
	}
	own := list[video+1 : small]
	if !strings.Contains(own[0], "ffmpeg") || !strings.Contains(own[0], "ca-certificates") {
		t.Errorf("%q installs no ffmpeg or no certificates", own[0])
	}
	for _, line := range list[small+1:] {
		switch {
		case strings.Contains(line, "ca-certificates"):
		case strings.HasPrefix(line, "ENV "):
			if !slices.Contains(own, line+" BIS_FFMPEG=/usr/bin/ffmpeg") {
				t.Errorf("the stage with ffmpeg lacks the settings of %q", line)
			}
		case !slices.Contains(own, line):
			t.Errorf("the stage with ffmpeg lacks %q", line)
		}
	}
	if strings.Contains(strings.Join(own, "\n"), "BIS_AUTH") {
		t.Error("the stage with ffmpeg opens the server to others")
	}
}
