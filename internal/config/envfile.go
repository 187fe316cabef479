package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxEnvFile bounds the settings file, in bytes, so that a wrong file is refused before it is
// read.
const maxEnvFile = 1 << 20

// readEnvFile reads the settings file of a folder. A missing file sets nothing. Errors name the
// file and the line and never quote a line, because it may contain a secret.
func readEnvFile(dir string) (map[string]string, error) {
	path := filepath.Join(dir, EnvFile)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return map[string]string{}, nil
	case err != nil: // without the path, which the inner error does not have
		return nil, fmt.Errorf("%s cannot be read: %w", EnvFile, errors.Unwrap(err))
	case !info.Mode().IsRegular() || info.Size() > maxEnvFile:
		return nil, fmt.Errorf(
			"%s cannot be read; it must be a text file of at most 1 MiB", EnvFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read by user %d", EnvFile, os.Getuid())
	}
	vars, err := parseEnvFile(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", EnvFile, err)
	}
	return vars, nil
}

// parseEnvFile reads lines of the form NAME=value. A value is literal: nothing in it is
// expanded, and a backslash has no meaning. These are removed: a byte order mark, "export " before
// a name, space around a value, quotes around a value, and comments. A comment starts with
// # at the start of a line or after a space. A later line overrides an earlier one.
func parseEnvFile(text string) (map[string]string, error) {
	text = strings.TrimPrefix(text, byteOrderMark)
	if strings.ContainsRune(text, 0) {
		return nil, errors.New("it is no UTF-8 text; save it again as UTF-8")
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	vars := map[string]string{}
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, err := parseSetting(line)
		if err != nil {
			return nil, fmt.Errorf("line %d is wrong; %w", number, err)
		}
		vars[name] = value
	}
	return vars, nil
}

// The errors of a line.
var (
	errForm    = errors.New("each line must be NAME=value")
	errLong    = fmt.Errorf("a line may have at most %d bytes", maxLine)
	errOpen    = errors.New("the quote that opens the value must be closed on the same line")
	errBehind  = errors.New("nothing but a comment may follow the quote that closes the value")
	errNotUTF8 = errors.New("it is no UTF-8 text; save the file again as UTF-8")
)

// maxLine bounds a line, in bytes, because the search for the closing quote is quadratic.
const maxLine = 8 << 10

// parseSetting splits a line into name and value. Both must be UTF-8; the comment need not be.
func parseSetting(line string) (name, value string, err error) {
	if len(line) > maxLine {
		return "", "", errLong
	}
	// An encoding error explains the other errors of a line, so it is checked first.
	name, rest, ok := splitSetting(line)
	value, err = settingValue(rest)
	switch {
	case !utf8.ValidString(name), !utf8.ValidString(value),
		(!ok || err != nil) && !utf8.ValidString(line):
		return "", "", errNotUTF8
	case !ok:
		return "", "", errForm
	}
	return name, value, err
}

// byteOrderMark is what Windows editors write at the start of UTF-8 text.
const byteOrderMark = "\ufeff"

// splitSetting splits a line at its first "=", or ":", which old files may have instead.
func splitSetting(line string) (name, rest string, ok bool) {
	after, found := strings.CutPrefix(line, "export")
	trimmed := strings.TrimLeftFunc(after, unicode.IsSpace)
	if found && after != trimmed { // a name may also start with "export"
		line = trimmed
	}
	i := strings.IndexAny(line, "=:")
	if i < 0 {
		return "", "", false
	}
	name = strings.TrimSpace(line[:i])
	strange := func(r rune) bool {
		return r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsNumber(r)
	}
	return name, line[i+1:], name != "" && !strings.ContainsFunc(name, strange)
}

// settingValue returns the value in the text after the name.
func settingValue(rest string) (string, error) {
	trimmed := strings.TrimSpace(rest)
	// A value without quotes ends at its comment.
	if trimmed == "" || trimmed[0] != '"' && trimmed[0] != '\'' {
		return strings.TrimSpace(cutComment(rest)), nil
	}
	quote, inner := trimmed[:1], trimmed[1:]
	// A comment may follow the quote without a space, but only if no other quote closes the value.
	for _, tight := range []bool{false, true} {
		// The value may contain its own quote. The first one that only a comment follows closes it.
		for end := 0; ; end++ {
			next := strings.Index(inner[end:], quote)
			if next < 0 {
				break
			}
			end += next
			behind := inner[end+1:]
			if strings.TrimSpace(cutComment(behind)) == "" || tight && behind[0] == '#' {
				return inner[:end], nil
			}
		}
	}
	if strings.Contains(inner, quote) {
		return "", errBehind
	}
	return "", errOpen
}

// cutComment returns text up to the first # that follows a space.
func cutComment(text string) string {
	for i, r := range text {
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		if r == '#' && i > 0 && unicode.IsSpace(before) {
			return text[:i]
		}
	}
	return text
}
