package config

import "errors"

// frameFlags are the flags of stored pictures.
type frameFlags struct {
	FrameStore int `name:"frame-store" setting:"BIS_FRAME_STORE" default:"1024" placeholder:"MIB" help:"MiB of pictures that are stored, of all cameras together; the oldest are deleted first."`
}

// apply checks the flags and sets their fields of cfg.
func (f frameFlags) apply(cfg *Config) error {
	if f.FrameStore < 16 || f.FrameStore > 1<<20 {
		return errors.New("--frame-store must be 16 to 1048576, in MiB")
	}
	cfg.FrameBytes = int64(f.FrameStore) << 20
	return nil
}
