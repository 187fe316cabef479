package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// secretSettings are the settings whose value may be in a file of its own, as container engines
// provide secrets. The setting NAME_FILE has the path.
var secretSettings = []string{
	"OPENAI_API_KEY", "OPENAI_FALLBACK_API_KEY", "DATABASE_URI", "DATABASE_ID", "DATABASE_PASSWORD",
	"BIS_CAMERA_KEY", "BIS_CAMERA_OLD_KEY",
}

// maxSecret bounds such a file, in bytes, so that a wrong path is noticed before the file is
// read.
const maxSecret = 64 << 10

// readSecrets reads the secrets whose files one layer names, into that layer. Errors name the
// setting alone: its value may be the secret itself, because the two are easily confused.
func readSecrets(layer map[string]string, dir string) error {
	for _, name := range secretSettings {
		path := layer[name+"_FILE"]
		switch {
		case path == "":
			continue
		case layer[name] != "":
			return fmt.Errorf("%s and %s_FILE are both set; which of them is meant?", name, name)
		}
		value, err := readSecret(path, dir)
		if err != nil {
			return fmt.Errorf("%s_FILE: the file that it names %w", name, err)
		}
		layer[name] = value
	}
	return nil
}

// readSecret reads a file of one line. A relative path is relative to dir.
func readSecret(path, dir string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("does not exist")
	case err != nil:
		return "", errors.New("cannot be read")
	case info.Size() > maxSecret || !info.Mode().IsRegular():
		return "", errors.New("is no file with a secret in it")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cannot be read by user %d", os.Getuid())
	}
	value := strings.TrimSpace(strings.TrimPrefix(string(text), byteOrderMark))
	if value == "" || strings.ContainsAny(value, "\r\n") {
		return "", errors.New("must hold one line")
	}
	return value, nil
}

// hiddenValue is printed in place of a value that must not be shown.
const hiddenValue = "(not shown, because it may hold a password)"

// keyPattern matches the first characters of keys that services issue, and keys of hexadecimal
// digits.
var keyPattern = regexp.MustCompile(`^(?i:sk-|sk_|gsk_|xai-|aiza|hf_|nvapi-|pplx-|bearer |[0-9a-f]{32,}$)`)

// looksLikeKey reports whether a value looks like an API key.
func looksLikeKey(value string) bool { return keyPattern.MatchString(trimQuotes(value)) }

// isSecret reports whether a value equals one of the secrets that are set.
func isSecret(value string, vars map[string]string) bool {
	for _, name := range []string{
		"OPENAI_API_KEY", "OPENAI_FALLBACK_API_KEY", "DATABASE_PASSWORD",
		"BIS_CAMERA_KEY", "BIS_CAMERA_OLD_KEY",
	} {
		if secret := trimQuotes(vars[name]); secret != "" && secret == trimQuotes(value) {
			return true
		}
	}
	return false
}

// trimQuotes returns a value without the spaces and quotes around it, which some container
// engines pass on.
func trimQuotes(value string) string { return strings.Trim(value, "\"' \t") }

// looksLikeLogin reports whether a path looks like credentials before a host. The colon of a
// Windows drive and an @ after a separator are normal in a path.
func looksLikeLogin(path string) bool {
	if len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/') {
		path = path[2:]
	}
	before, _, found := strings.Cut(path, "@")
	return found && (strings.Contains(before, ":") || !strings.ContainsAny(before, `/\`))
}
