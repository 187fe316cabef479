package config

import (
	"errors"
	"net/url"
	"slices"
	"strings"
)

// Detector is what counts people and things besides motion: a model file or a server. Without
// either, motion counts.
type Detector struct {
	Model   string  // file of the model
	Classes string  // file of the names of its classes; empty: the model's own
	Kind    string  // one of DetectorKinds; empty: it is recognised
	URL     Address // of a server with the interface of DeepStack
}

// DetectorKinds are the kinds of models.
var DetectorKinds = []string{"detr", "yolox", "yolo", "nanodet"}

// detectorFlags are the flags for the detector.
type detectorFlags struct {
	Detector string `name:"detector" setting:"BIS_DETECTOR" default:"" shown:"motion" placeholder:"FILE|URL" help:"What counts: a model file (PATH.onnx), or the http(s) address of a DeepStack or CodeProject.AI server."`
	Classes  string `name:"detector-classes" setting:"BIS_DETECTOR_CLASSES" default:"" shown:"the model's" placeholder:"FILE" help:"Names of the model's classes, one a line."`
	Kind     string `name:"detector-kind" setting:"BIS_DETECTOR_KIND" default:"" shown:"recognised" placeholder:"detr|yolox|yolo|nanodet" help:"Kind of the model, where its outputs fit several."`
}

// apply checks the flags and sets their fields of cfg. Files are checked later, because motion
// counts without them. Errors do not quote values, which may contain a password.
func (f detectorFlags) apply(cfg *Config, vars map[string]string) error {
	d := Detector{Classes: f.Classes, Kind: strings.ToLower(strings.TrimSpace(f.Kind))}
	if d.Kind != "" && !slices.Contains(DetectorKinds, d.Kind) {
		return errors.New("--detector-kind must be detr, yolox, yolo or nanodet")
	}
	if notFile(d.Classes, vars) {
		return errors.New("--detector-classes must name a file; write ./ before one with an @ in its name")
	}
	scheme, _, address := strings.Cut(f.Detector, "://")
	switch scheme = strings.ToLower(scheme); {
	case address && (scheme != "http" && scheme != "https" || !isDetectorURL(f.Detector)):
		return errors.New("--detector must name a model file or look like http://host:port; " +
			"reserved characters in a user and a password must be URL-escaped: %40 for @, %3A for :, %2F for /")
	case address && d != Detector{}:
		return errors.New("--detector-classes and --detector-kind need a model file in --detector")
	case address:
		d.URL = Address(f.Detector)
	case notFile(f.Detector, vars) || f.Detector != "" && strings.TrimSpace(f.Detector) == "":
		return errors.New("--detector must name a model file or look like http://host:port; " +
			"write ./ before a file with an @ in its name")
	default:
		d.Model = f.Detector
	}
	cfg.Detector = d
	return nil
}

// notFile reports whether a value looks like an address or a secret and not like a file.
func notFile(value string, vars map[string]string) bool {
	return strings.Contains(value, "://") || looksLikeLogin(value) || looksLikeKey(value) || isSecret(value, vars)
}

// isDetectorURL reports whether the host of a web address is certain. A slash in a password ends
// the authority too early.
func isDetectorURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && isWebAddress(s) && isHost(u.Hostname()) && !strings.Contains(u.Path+u.RawQuery+u.Fragment, "@")
}
