package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bis/internal/config"
)

// secret writes a file and returns its path.
func secret(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad_reads_secrets_from_files(t *testing.T) {
	t.Parallel()
	env := []string{
		"DATABASE_URI=mongodb://<DATABASE_ID>:<DATABASE_PASSWORD>@mongo:27017/?replicaSet=rs0", "DATABASE_ID_FILE=" + secret(t, "bis"),
		"DATABASE_PASSWORD_FILE=" + secret(t, "hidden%21\n"), "OPENAI_API_KEY_FILE=" + secret(t, "\ufeff  sk-hidden \r\n"),
	}
	cfg, _, err := load(t, "", env)
	if err != nil {
		t.Fatal(err)
	}
	if want := "mongodb://bis:hidden%21@mongo:27017/?replicaSet=rs0"; string(cfg.Database.URI) != want || cfg.Model.APIKey != "sk-hidden" {
		t.Errorf("URI %q, key %q", string(cfg.Database.URI), string(cfg.Model.APIKey))
	}
	if cfg, _, err = load(t, "", []string{"DATABASE_URI_FILE=" + secret(t, "mongodb://h")}); err != nil || string(cfg.Database.URI) != "mongodb://h" {
		t.Errorf("URI %q, %v", string(cfg.Database.URI), err)
	}
	// The environment precedes the file, whether it has the secret or names its file.
	cfg, _, err = load(t, "OPENAI_API_KEY=old\n", []string{"OPENAI_API_KEY_FILE=" + secret(t, "new")})
	if err != nil || cfg.Model.APIKey != "new" {
		t.Errorf("key %q, %v", string(cfg.Model.APIKey), err)
	}
	cfg, _, err = load(t, "OPENAI_API_KEY_FILE="+secret(t, "old")+"\n", []string{"OPENAI_API_KEY=new"})
	if err != nil || cfg.Model.APIKey != "new" {
		t.Errorf("key %q, %v", string(cfg.Model.APIKey), err)
	}
}

func TestLoad_refuses_files_that_hold_no_secret(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ env, want string }{
		{"OPENAI_API_KEY_FILE=nowhere", "OPENAI_API_KEY_FILE: the file that it names does not exist"},
		{"OPENAI_API_KEY_FILE=" + secret(t, "\n"), "must hold one line"},
		{"OPENAI_API_KEY_FILE=" + secret(t, "hidden\nhidden\n"), "must hold one line"},
		{"OPENAI_API_KEY_FILE=" + secret(t, strings.Repeat("hidden", 20_000)), "is no file with a secret in it"},
		{"OPENAI_API_KEY_FILE=" + t.TempDir(), "is no file with a secret in it"},
	} {
		if _, _, err := load(t, "", []string{c.env}); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v, want %q and no secret", c.env, err, c.want)
		}
	}
	_, _, err := load(t, "", []string{"DATABASE_PASSWORD=hidden", "DATABASE_PASSWORD_FILE=" + secret(t, "hidden")})
	if err == nil || !strings.Contains(err.Error(), "both set") || strings.Contains(err.Error(), "hidden") {
		t.Errorf("both: %v", err)
	}
}

func TestLoad_health_needs_no_database(t *testing.T) {
	t.Parallel()
	if cfg, _, err := load(t, "", nil, "health"); err != nil || cfg.Command != config.CommandHealth {
		t.Errorf("%q, %v", cfg.Command, err)
	}
}
