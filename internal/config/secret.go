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
var inFiles = []string{"OPENAI_API_KEY", "DATABASE_URI", "DATABASE_ID", "DATABASE_PASSWORD"}

// maxSecret bounds such a file, so that a wrong name is noticed before it is read.
const maxSecret = 64 << 10

// readSecrets puts in what the files hold that the settings of one layer name. Errors name the file and never its contents.
func readSecrets(layer map[string]string, dir string) error {
	for _, name := range inFiles {
		path := layer[name+"_FILE"]
		switch {
		case path == "":
			continue
		case layer[name] != "":
			return fmt.Errorf("%s and %s_FILE are both set; which of them is meant?", name, name)
		}
		value, err := readSecret(path, dir)
		if err != nil {
			return fmt.Errorf("%s_FILE: %s %w", name, shownPath(path), err)
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

// pathForm is what a path looks like and a secret hardly ever does.
var pathForm = regexp.MustCompile(`^(\.{0,2}/|[A-Za-z]:[\\/])[^@]*$|^[a-z._/-]+$`)

// shownPath is a path for an error, unless it looks like the secret itself: the two are easily
// mixed up.
func shownPath(path string) string {
	if !pathForm.MatchString(path) || strings.Contains(path, "://") {
		return "the file (its name is not shown, because it may be the secret itself)"
	}
	return path
}
