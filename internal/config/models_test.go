package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLoad_models(t *testing.T) {
	t.Parallel()
	t.Run("a_fallback_stands_behind_the_model", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(file, []byte("sk-fallback\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, _, err := load(t, "", []string{
			"OPENAI_BASE_URL=http://127.0.0.1:11434", "OPENAI_FALLBACK_API_KEY_FILE=" + file,
			"OPENAI_FALLBACK_BASE_URL=https://b.example/v1", "OPENAI_FALLBACK_MODEL=m-b",
		})
		f := cfg.Fallback
		if err != nil || f.APIKey != "sk-fallback" || f.BaseURL != "https://b.example/v1" || f.Name != "m-b" || !f.On() {
			t.Errorf("Fallback = %+v, %v", f, err)
		}
		if cfg.ModelCallsADay != 5000 || cfg.SheetTime != 2*time.Minute {
			t.Errorf("defaults: %d calls, %v", cfg.ModelCallsADay, cfg.SheetTime)
		}
	})
	t.Run("the_bounds_are_settings", func(t *testing.T) {
		t.Parallel()
		cfg, _, err := load(t, "", []string{"BIS_MODEL_CALLS_A_DAY=0", "BIS_SHEET_TIME=5m"})
		if err != nil || cfg.ModelCallsADay != 0 || cfg.SheetTime != 5*time.Minute {
			t.Errorf("%d calls, %v: %v", cfg.ModelCallsADay, cfg.SheetTime, err)
		}
	})
	const first = "OPENAI_BASE_URL=http://127.0.0.1:1\n"
	for want, env := range map[string]string{
		"OPENAI_FALLBACK_MODEL must be the name":                 first + "OPENAI_FALLBACK_API_KEY=k\nOPENAI_FALLBACK_MODEL=sk-hidden",
		"OPENAI_FALLBACK_MODEL must be":                          first + "OPENAI_FALLBACK_API_KEY=hidden\nOPENAI_FALLBACK_MODEL=hidden",
		"OPENAI_FALLBACK_BASE_URL must look like":                first + "OPENAI_FALLBACK_BASE_URL=me:hidden@b",
		"OPENAI_FALLBACK_MODEL needs":                            first + "OPENAI_FALLBACK_MODEL=m",
		"stand behind another model":                             "OPENAI_FALLBACK_API_KEY=hidden",
		"--model-calls-a-day must be":                            "BIS_MODEL_CALLS_A_DAY=-1",
		"--sheet-time must be":                                   "BIS_SHEET_TIME=0s",
		"OPENAI_API_KEY or OPENAI_BASE_URL, too":                 "OPENAI_FALLBACK_BASE_URL=http://127.0.0.1:1",
		"OPENAI_FALLBACK_API_KEY and OPENAI_FALLBACK_API_KEY_FI": first + "OPENAI_FALLBACK_API_KEY=hidden\nOPENAI_FALLBACK_API_KEY_FILE=hidden",
	} {
		_, _, err := load(t, "", strings.Split(env, "\n"))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v, want %q", env, err, want)
		}
	}
}
