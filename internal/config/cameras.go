package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// cameraFlags are the flags for the cameras of users.
type cameraFlags struct {
	CameraNets string `name:"camera-nets" setting:"BIS_CAMERA_NETS" default:"" shown:"public,private; on loopback also loopback" placeholder:"NET,..." help:"Networks that cameras of users may be in: public, private, loopback, IP addresses and networks such as 10.0.0.0/8, or none. Link-local and metadata addresses are never asked. --camera itself may be anywhere."`

	CameraEgress string `name:"camera-egress" setting:"BIS_CAMERA_EGRESS" default:"counts" placeholder:"counts|blurred|full" help:"What a provider of models may get of --camera: counts, never a picture; pictures with blurred people; or full pictures. Users choose for their own cameras."`
}

// apply checks the flags and the keys of credentials, and sets their fields of cfg.
func (f cameraFlags) apply(cfg *Config, vars map[string]string) (err error) {
	for name, to := range map[string]*Secret{
		"BIS_CAMERA_KEY": &cfg.CameraKey, "BIS_CAMERA_OLD_KEY": &cfg.CameraOldKey,
	} {
		key := vars[name]
		if raw, err := hex.DecodeString(key); err != nil || key != "" && len(raw) != 32 {
			return fmt.Errorf("%s must be 64 hexadecimal digits, as openssl rand -hex 32 prints them", name)
		}
		*to = Secret(key)
	}
	if cfg.CameraKey != "" && cfg.CameraKey == cfg.CameraOldKey {
		return errors.New("BIS_CAMERA_OLD_KEY must be another key than BIS_CAMERA_KEY")
	}
	switch cfg.CameraEgress = strings.ToUpper(strings.TrimSpace(f.CameraEgress)); cfg.CameraEgress {
	case "COUNTS", "BLURRED", "FULL":
	default:
		return errors.New("--camera-egress must be counts, blurred or full")
	}
	cfg.CameraNets, err = parseNets(f.CameraNets, cfg.Addr)
	return err
}
