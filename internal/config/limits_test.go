package config_test

import (
	"strings"
	"testing"

	"bis/internal/config"
)

// The limits are on by default, and one setting disables them.
func TestLoad_limits(t *testing.T) {
	t.Parallel()
	load := func(args ...string) (config.Config, error) {
		return config.Load(config.Source{Args: args, Dir: t.TempDir()})
	}
	cfg, err := load()
	if err != nil || cfg.LimitsOff || cfg.RateFactor != 1 || cfg.MaxSockets != 20_000 {
		t.Errorf("by default: %v, %v, %v, %v", cfg.LimitsOff, cfg.RateFactor, cfg.MaxSockets, err)
	}
	cfg, err = load("--limits", "off", "--rate-factor", "2.5", "--max-sockets", "100")
	if err != nil || !cfg.LimitsOff || cfg.RateFactor != 2.5 || cfg.MaxSockets != 100 {
		t.Errorf("as set: %v, %v, %v, %v", cfg.LimitsOff, cfg.RateFactor, cfg.MaxSockets, err)
	}
	for _, args := range [][]string{
		{"--limits", "perhaps"}, {"--rate-factor", "0"}, {"--rate-factor", "-1"}, {"--rate-factor", "NaN"},
		{"--rate-factor", "1e9"}, {"--rate-factor", "x"}, {"--max-sockets", "1"}, {"--max-sockets", "-5"},
		{"--max-sockets", "1000001"}, {"--max-sockets", "1e3"},
	} {
		if _, err := load(args...); err == nil || !strings.Contains(err.Error(), args[0]) {
			t.Errorf("%q: %v, want an error that names the flag", args, err)
		}
	}
}
