package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bis/internal/config"
)

func load(t *testing.T, file string, environ []string, args ...string) (config.Config, string, error) {
	t.Helper()
	dir := t.TempDir()
	if file != "" {
		if err := os.WriteFile(filepath.Join(dir, config.EnvFile), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	cfg, err := config.Load(config.Source{Args: args, Environ: environ, Dir: dir, Out: &out, Version: "1.2.3"})
	return cfg, out.String(), err
}

func TestLoad(t *testing.T) {
	t.Parallel()
	t.Run("starts without any setting", func(t *testing.T) {
		cfg, _, err := load(t, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if cfg.Addr != "127.0.0.1:8000" || cfg.Data != "./bis-data" || cfg.Camera != "demo:" ||
			cfg.Zone.String() != "Asia/Seoul" || cfg.LoginWords != "code" || cfg.Model.On() {
			t.Errorf("defaults = %+v", cfg)
		}
	})
	t.Run("takes flags before environment before file", func(t *testing.T) {
		file := "BIS_ADDR=127.0.0.1:1\nBIS_DATA=file\nBIS_CAMERA=file:file\n"
		cfg, _, err := load(t, file, []string{"BIS_ADDR=127.0.0.1:2", "BIS_DATA=env"}, "--addr", "127.0.0.1:3")
		if err != nil {
			t.Fatal(err)
		}
		if cfg.Addr != "127.0.0.1:3" || cfg.Data != "env" || cfg.Camera != "file:file" {
			t.Errorf("addr %q, data %q, camera %q; want those of flag, environment, file", cfg.Addr, cfg.Data, cfg.Camera)
		}
	})
	t.Run("reads the old settings file as it stands", func(t *testing.T) {
		file := "DATABASE_ID=\"your_id\"\nDATABASE_PASSWORD=\"your_pw%21\"\n" +
			"DATABASE_URI=mongodb+srv://<DATABASE_ID>:<DATABASE_PASSWORD>@cluster.example.mongodb.net\nOPENAI_API_KEY=k\n"
		cfg, _, err := load(t, file, nil)
		if want := "mongodb+srv://your_id:your_pw%21@cluster.example.mongodb.net"; err != nil || string(cfg.Database.URI) != want {
			t.Errorf("URI %q, %v; want %q", string(cfg.Database.URI), err, want)
		}
		if got := fmt.Sprintf("%+v %s", cfg, cfg.Database.Host()); strings.Contains(got, "your_pw") || !strings.Contains(got, "cluster.example") {
			t.Errorf("printed: %s", got)
		}
		if !cfg.Database.On() || cfg.Database.Adopt != "auto" || cfg.Command != config.CommandServe {
			t.Errorf("%+v", cfg)
		}
	})
	t.Run("turns the model on by a key or a base URL alone", func(t *testing.T) {
		for _, v := range []string{"OPENAI_API_KEY=k", "OPENAI_BASE_URL=http://127.0.0.1:1/v1"} {
			if cfg, _, err := load(t, v, nil); err != nil || !cfg.Model.On() {
				t.Errorf("%s: on %v, %v; want on", v, cfg.Model.On(), err)
			}
		}
	})
	t.Run("prints help with every setting and its default", func(t *testing.T) {
		_, out, err := load(t, "", nil, "--help")
		if !errors.Is(err, config.ErrDone) {
			t.Fatalf("err = %v, want ErrDone", err)
		}
		for _, want := range []string{"--addr", "BIS_ADDR", "127.0.0.1:8000", "BIS_DATA", "BIS_CAMERA", "BIS_TIMEZONE", "Asia/Seoul",
			"BIS_ORIGINS", "BIS_HOSTS", "BIS_TRUSTED_PROXIES", "BIS_LEGACY_CORS", "BIS_EXPLORERS", "BIS_METRICS_ADDR", "BIS_LIMITS", "BIS_RATE_FACTOR", "BIS_MAX_SOCKETS", "BIS_MAX_RUNS", "BIS_LOG_LEVEL", "BIS_LOG_FORMAT", "BIS_AUTH", "BIS_LEGACY_LOGIN_WORDS",
			"OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "DATABASE_URI", "BIS_ADOPT_LEGACY", "_FILE", "import", "export", "backup", "health"} {
			if !strings.Contains(out, want) {
				t.Errorf("help lacks %s:\n%s", want, out)
			}
		}
	})
	t.Run("names the file of a backup", func(t *testing.T) {
		if cfg, _, err := load(t, "", nil, "backup", "a file"); err != nil || cfg.Command != config.CommandBackup || cfg.Backup != "a file" {
			t.Errorf("%q, %q, %v", cfg.Command, cfg.Backup, err)
		}
	})
	t.Run("prints the version", func(t *testing.T) {
		if _, out, err := load(t, "", nil, "--version"); !errors.Is(err, config.ErrDone) || out != "bis 1.2.3\n" {
			t.Errorf("%q, %v", out, err)
		}
	})
}

func TestLoad_refuses_with_a_sentence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		env  string
		want string
	}{
		{args: []string{"--addr", "8000"}, want: "--addr must be HOST:PORT"},
		{args: []string{"--addr", "127.0.0.1:http"}, want: "port of 0 to 65535"},
		{args: []string{"--addr", "0.0.0.0:8000"}, want: "BIS_AUTH=open"},
		{args: []string{"--addr", ":8000"}, want: "BIS_AUTH=open"},
		{args: []string{"--timezone", "Asia/Atlantis"}, want: "--timezone must be an IANA name"},
		{args: []string{"--max-runs=-1"}, want: "--max-runs must be"},
		{args: []string{"--max-runs", "many"}, want: "max-runs"},
		{args: []string{"--log-level", "loud"}, want: "log-level"},
		{args: []string{"--origins", "shop.example"}, want: "--origins must be origins"},
		{args: []string{"--auth", "accounts"}, want: "later version"},
		{args: []string{"--ffmpeg", "rtsp://cam"}, want: "--ffmpeg must name"},
		{args: []string{"--legacy-login-words", "both"}, want: "legacy-login-words"},
		{args: []string{"--nonsense"}, want: "--help"},
		{args: []string{"--data", " "}, want: "--data must name a folder"},
		{env: "DATABASE_URI=postgres://h", want: "must begin with mongodb://"},
		{env: "DATABASE_URI=mongodb://<DATABASE_ID>:x@h", want: "DATABASE_ID is not set"},
		{args: []string{"--adopt-legacy", "maybe"}, want: "adopt-legacy"},
		{args: []string{"import"}, want: "bis import needs DATABASE_URI"},
		{args: []string{"export"}, want: "bis export needs DATABASE_URI"},
		{args: []string{"backup", "x"}, env: "DATABASE_URI=mongodb://h", want: "mongodump"},
		{args: []string{"backup"}, want: "<file>"},
		{args: []string{"--auth", "closed"}, want: "--auth must be"},
		{env: "BIS_AUTH=accounts", want: "later version"},
	} {
		_, _, err := load(t, "", []string{c.env}, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %s: err = %v, want one with %q", c.args, c.env, err, c.want)
		}
	}
	if _, _, err := load(t, "OPENAI_API_KEY=\"sk-secret\nnonsense", nil); err == nil || strings.Contains(err.Error(), "sk-secret") {
		t.Errorf("a broken file: err = %v, want one without its lines", err)
	}
}

func TestLoad_listens_to_the_network_when_told_so(t *testing.T) {
	t.Parallel()
	if _, _, err := load(t, "", []string{"BIS_AUTH=open"}, "--addr", "0.0.0.0:8000"); err != nil {
		t.Errorf("BIS_AUTH=open: %v", err)
	}
	if _, _, err := load(t, "", nil, "--addr", "0.0.0.0:8000", "--auth", "open"); err != nil {
		t.Errorf("--auth open: %v", err)
	}
}

func TestSecret_does_not_print_itself(t *testing.T) {
	t.Parallel()
	m := config.Model{APIKey: "sk-secret"}
	for _, form := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got := fmt.Sprintf(form, m); strings.Contains(got, "sk-secret") {
			t.Errorf("%s prints %s", form, got)
		}
	}
}
