package config_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"bis/internal/config"
)

// warned returns what the program logs about its settings.
func warned(t *testing.T, file string, environ []string, args ...string) string {
	t.Helper()
	cfg, _, err := load(t, file, environ, args...)
	if err != nil {
		t.Log(err)
	}
	var out strings.Builder
	cfg.Warn(slog.New(slog.NewTextHandler(&out, nil)))
	return out.String()
}

// An unknown name with the prefix of a setting is logged, with the setting that was probably meant.
func TestLoad_warns_of_unknown_names(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, meant string }{
		{"BIS_CAMRA", "BIS_CAMERA"}, {"BIS_CAMERAS", "BIS_CAMERA"}, {"bis_camera", "BIS_CAMERA"}, {"Bis_Data", "BIS_DATA"},
		{"BIS_ADDRESS", "BIS_ADDR"}, {"BIS_LOGLEVEL", "BIS_LOG_LEVEL"}, {"BIS_TIME_ZONE", "BIS_TIMEZONE"}, {"BIS_ORIGIN", "BIS_ORIGINS"},
		{"BIS_DATA_DIR", "BIS_DATA"}, {"BIS_LEGACY_LOGIN_WORD", "BIS_LEGACY_LOGIN_WORDS"}, {"BIS_NOTHING_LIKE_IT", ""}, {"BIS_", ""},
	} {
		for where, said := range map[string]string{
			"environment": warned(t, "", []string{c.name + "=hidden"}), "file": warned(t, c.name+"=hidden\n", nil),
		} {
			if !strings.Contains(said, "unknown setting is ignored") || !strings.Contains(said, "name="+c.name+"\n") && !strings.Contains(said, "name="+c.name+" ") {
				t.Errorf("%s in the %s: %q", c.name, where, said)
			}
			if hint := fmt.Sprintf("did you mean %s?", c.meant); (c.meant != "") != strings.Contains(said, hint) || strings.Contains(said, "hidden") {
				t.Errorf("%s in the %s: %q, want the hint %s and no value", c.name, where, said, c.meant)
			}
		}
	}
	for file, meant := range map[string]string{
		"DATABASE_URL=x\n": "DATABASE_URI?", "OPENAI_API_KEYS=x\n": "OPENAI_API_KEY?", "DATABASE_PASSWD=x": "DATABASE_PASSWORD?",
		"openai_api_key=x\n": "OPENAI_API_KEY?",
	} {
		if said := warned(t, file, nil); !strings.Contains(said, meant) {
			t.Errorf("%q: %q, want %s", file, said, meant)
		}
	}
	// The warnings are returned even with an error, because they may explain it.
	if said := warned(t, "DATABASE_URL=mongodb://hidden\n", nil, "import"); !strings.Contains(said, "DATABASE_URI?") {
		t.Errorf("bis import: %q", said)
	}
}

func TestLoad_does_not_warn_of_settings(t *testing.T) {
	t.Parallel()
	file := "OPENAI_API_KEY=k\nOPENAI_BASE_URL=http://h\nOPENAI_MODEL=m\nDATABASE_ID=i\nDATABASE_PASSWORD=p\nBIS_CAMERA=demo:\nPATH=/\nSHOP=x\n"
	env := []string{"BIS_ADDR=127.0.0.1:1", "BIS_AUTH=open", "DATABASE_URL=postgres://another", "OPENAI_ORG=another", "PATH=/bin", "bisque=1"}
	if said := warned(t, file, env); said != "" {
		t.Errorf("%q", said)
	}
}

// Earlier versions expanded the values of the file, so old files may have a backslash before a
// dollar sign.
func TestLoad_warns_of_escaped_dollars(t *testing.T) {
	t.Parallel()
	if said := warned(t, `OPENAI_API_KEY=hid\$den`, nil); !strings.Contains(said, "name=OPENAI_API_KEY") || strings.Contains(said, "den") {
		t.Errorf("%q", said)
	}
	var none config.Config
	none.Warn(slog.New(slog.DiscardHandler))
}
