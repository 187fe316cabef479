package config

import (
	"errors"
	"slices"
)

// detectCommand is the command line of CommandDetect.
type detectCommand struct {
	Pictures  []string `arg:"" placeholder:"PICTURE" help:"JPEG and PNG files."`
	JSON      bool     `help:"Print JSON."`
	Threshold float64  `default:"0" placeholder:"SCORE" help:"Least score of a box, 0.01 to 1; 0 means the detector's default."`
}

// apply checks the arguments and sets cfg.Detect.
func (d detectCommand) apply(cfg *Config, vars map[string]string) error {
	switch {
	case cfg.Detector == Detector{Classes: cfg.Detector.Classes, Kind: cfg.Detector.Kind}:
		return errors.New("bis detect needs --detector or BIS_DETECTOR: a model file or the address of a detector")
	case !(d.Threshold == 0 || d.Threshold >= .01 && d.Threshold <= 1):
		return errors.New("--threshold must be 0.01 to 1, or 0")
	case slices.ContainsFunc(d.Pictures, func(name string) bool { return name == "" || notFile(name, vars) }):
		return errors.New("bis detect must be given the names of pictures; write ./ before one with an @ in it")
	}
	cfg.Detect = DetectCommand(d)
	return nil
}
