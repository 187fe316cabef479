package app

import (
	"strings"

	"bis/internal/briefing"
	"bis/internal/config"
)

// about returns what the API says about this server, but for what changes.
func about(cfg config.Config, opened openedStore) briefing.About {
	return briefing.About{Version: version(), Store: opened.kind, Camera: cameraKind(cfg.Camera)}
}

// cameraKind returns the kind of a camera. An address may contain credentials in any part but the
// scheme.
func cameraKind(a config.Address) string {
	scheme, _, _ := strings.Cut(string(a), ":")
	switch strings.ToLower(scheme) {
	case "demo":
		return "demo"
	case "file":
		return "folder"
	case "rtsp", "rtsps":
		return "RTSP"
	}
	return "HTTP"
}
