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

// inFiles are the settings that may lie in a file of their own, as container engines hand secrets over.
var secretSettings = []string{"OPENAI_API_KEY", "DATABASE_URI", "DATABASE_ID", "DATABASE_PASSWORD"}

// maxSecret bounds such a file, so that a wrong name is noticed before it is read.
const maxSecret = 64 << 10

// readSecrets puts in what the files hold that the settings of one layer name. Errors name
// the setting alone: its value may be the secret itself, since the two are easily mixed up.
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

// readSecret reads a file of one line. A relative path is the working folder's.
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

// notShown takes the place of what was given.
const hiddenValue = "(not shown, because it may hold a password)"

// keys matches the beginnings of keys that services give out, and keys of hexadecimal digits.
var keyPattern = regexp.MustCompile(`^(?i:sk-|sk_|gsk_|xai-|aiza|hf_|nvapi-|pplx-|bearer |[0-9a-f]{32,}$)`)

// keyForm reports whether a value looks like a key.
func looksLikeKey(value string) bool { return keyPattern.MatchString(trimQuotes(value)) }

// isSecret reports whether a value is one of the secrets that are set.
func isSecret(value string, vars map[string]string) bool {
	for _, name := range []string{"OPENAI_API_KEY", "DATABASE_PASSWORD"} {
		if secret := trimQuotes(vars[name]); secret != "" && secret == trimQuotes(value) {
			return true
		}
	}
	return false
}

// unquoted is a value without the spaces and quotes around it, which some engines pass on.
func trimQuotes(value string) string { return strings.Trim(value, "\"' \t") }

// loginForm reports whether a path looks like credentials before a host. The colon of a drive, and
// an @ behind a separator, belong to a path.
func looksLikeLogin(path string) bool {
	if len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/') {
		path = path[2:]
	}
	before, _, found := strings.Cut(path, "@")
	return found && (strings.Contains(before, ":") || !strings.ContainsAny(before, `/\`))
}
