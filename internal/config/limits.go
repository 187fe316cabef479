package config

import "errors"

// limitFlags are the flags for the limits of each caller.
type limitFlags struct {
	Limits     string  `setting:"BIS_LIMITS" default:"on" enum:"on,off" help:"Whether rates and sockets of one address are limited: on or off. Benchmarks and tests switch the limits off."`
	RateFactor float64 `name:"rate-factor" setting:"BIS_RATE_FACTOR" default:"1" placeholder:"N" help:"Multiplies how often an address and a user may call."`
	MaxSockets int     `name:"max-sockets" setting:"BIS_MAX_SOCKETS" default:"20000" placeholder:"N" help:"Sockets and streams open at once; one address may have half of them."`
}

// apply checks the flags and sets their fields of cfg.
func (f limitFlags) apply(cfg *Config) error {
	if !(f.RateFactor >= 0.001 && f.RateFactor <= 10_000) { // false for NaN, too
		return errors.New("--rate-factor must be 0.001 to 10000")
	}
	if f.MaxSockets < 2 || f.MaxSockets > 1_000_000 {
		return errors.New("--max-sockets must be 2 to 1000000")
	}
	cfg.LimitsOff, cfg.RateFactor, cfg.MaxSockets = f.Limits == "off", f.RateFactor, f.MaxSockets
	return nil
}
