package config_test

import (
	"fmt"
	"strings"
	"testing"

	"bis/internal/config"
)

// The bounds of documents have defaults, are set by flags and variables, and have ranges.
func TestLoad_documents(t *testing.T) {
	t.Parallel()
	load := func(environ []string, args ...string) (config.Config, error) {
		return config.Load(config.Source{Args: args, Environ: environ, Dir: t.TempDir()})
	}
	cfg, err := load(nil)
	if want := (config.Documents{Bytes: 16 << 10, Tokens: 2_000, Depth: 15, Aliases: 50, Mutations: 5, Cost: 20_000}); err != nil || cfg.Documents != want {
		t.Errorf("by default: %+v, %v, want %+v", cfg.Documents, err, want)
	}
	cfg, err = load([]string{"BIS_MAX_DEPTH=20", "BIS_MAX_COST=300"}, "--max-document", "2", "--max-tokens", "100", "--max-aliases", "7", "--max-mutations", "1", "--max-cost", "400")
	if want := (config.Documents{Bytes: 2 << 10, Tokens: 100, Depth: 20, Aliases: 7, Mutations: 1, Cost: 400}); err != nil || cfg.Documents != want {
		t.Errorf("as set: %+v, %v, want %+v", cfg.Documents, err, want)
	}
	for flag, bounds := range map[string][2]int{
		"--max-document": {1, 64}, "--max-tokens": {10, 20_000}, "--max-depth": {2, 100},
		"--max-aliases": {1, 1_000}, "--max-mutations": {1, 100}, "--max-cost": {100, 1_000_000},
	} {
		for _, n := range bounds {
			if _, err := load(nil, flag, fmt.Sprint(n)); err != nil {
				t.Errorf("%s %d: %v", flag, n, err)
			}
		}
		for _, value := range []string{fmt.Sprint(bounds[0] - 1), fmt.Sprint(bounds[1] + 1), "-1", "0", "1e3", "x", "99999999999999999999", ""} {
			_, err := load(nil, flag+"="+value)
			if err == nil || !strings.Contains(err.Error(), flag) {
				t.Errorf("%s=%q: %v, want an error that names the flag", flag, value, err)
			}
		}
		name := "BIS_" + strings.ToUpper(strings.ReplaceAll(flag[2:], "-", "_"))
		if _, err := load([]string{name + "=0"}); err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%s=0: %v, want an error that names %s", name, err, flag)
		}
	}
}
