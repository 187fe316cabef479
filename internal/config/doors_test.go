package config_test

import (
	"fmt"
	"strings"
	"testing"

	"bis/internal/config"
)

// TestLoad_reads_who_may_call accepts lists with spaces and empty parts. It refuses malformed
// names, origins, proxies and addresses, and names the flag.
func TestLoad_reads_who_may_call(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load(config.Source{Dir: t.TempDir(), Args: []string{
		"--hosts", "shop.example, box.local:8000,", "--trusted-proxies", "10.0.0.0/8,192.0.2.7, fd00::/8",
		"--legacy-cors", "--explorers", "off", "--metrics-addr", ":9000",
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(cfg.Hosts, cfg.Proxies, cfg.LegacyCORS, cfg.Explorers, cfg.MetricsAddr)
	if want := "[shop.example box.local:8000] [10.0.0.0/8 192.0.2.7/32 fd00::/8] true false:9000"; got != want {
		t.Errorf("read %s, want %s", got, want)
	}
	for _, args := range [][]string{
		{"--hosts", "http://shop.example"}, {"--hosts", "shop example"}, {"--trusted-proxies", "proxy.example"},
		{"--trusted-proxies", "10.0.0.0/99"}, {"--origins", "shop.example"}, {"--metrics-addr", "9000"},
		{"--explorers", "perhaps"},
	} {
		if _, err := config.Load(config.Source{Dir: t.TempDir(), Args: args}); err == nil || !strings.Contains(err.Error(), args[0]) {
			t.Errorf("%v: %v, want an error that names the flag", args, err)
		}
	}
}

// TestLoad_retains_frames_on_loopback_only checks the default of --frames.
func TestLoad_retains_frames_on_loopback_only(t *testing.T) {
	t.Parallel()
	const network = "0.0.0.0:8000"
	for _, c := range []struct {
		addr, frames string
		want         bool
	}{
		{"127.0.0.1:8000", "", true}, {"localhost:8000", "", true}, {"[::1]:8000", "", true},
		{network, "", false}, {":8000", "", false}, {network, "last", true}, {"127.0.0.1:8000", "none", false},
	} {
		args := []string{"--addr", c.addr, "--auth", "open"}
		if c.frames != "" {
			args = append(args, "--frames", c.frames)
		}
		cfg, err := config.Load(config.Source{Dir: t.TempDir(), Args: args})
		if err != nil || cfg.KeepFrames != c.want {
			t.Errorf("%v: retains frames %v, %v, want %v", args, cfg.KeepFrames, err, c.want)
		}
	}
	if _, err := config.Load(config.Source{Dir: t.TempDir(), Args: []string{"--frames", "all"}}); err == nil || !strings.Contains(err.Error(), "--frames") {
		t.Errorf("--frames all: %v, want an error that names the flag", err)
	}
	cfg, err := config.Load(config.Source{Dir: t.TempDir(), Environ: []string{"BIS_FRAMES=none"}})
	if err != nil || cfg.KeepFrames {
		t.Errorf("BIS_FRAMES=none: retains frames %v, %v", cfg.KeepFrames, err)
	}
}
