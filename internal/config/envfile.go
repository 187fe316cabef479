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

// maxEnvFile bounds the file of settings, so that a wrong file is noticed before it is read.
const maxEnvFile = 1 << 20

// readEnvFile reads the file of settings. A missing file has none. Errors name the file
// and the line, and never quote a line: it may hold a secret.
func readEnvFile(dir string) (map[string]string, error) {
	path := filepath.Join(dir, EnvFile)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return map[string]string{}, nil
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", EnvFile, errors.Unwrap(err))
	case !info.Mode().IsRegular() || info.Size() > maxEnvFile:
		return nil, fmt.Errorf("%s cannot be read; it must be a text file of at most 1 MiB", EnvFile)
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

// parseEnvFile reads lines of the form NAME=value. Values stand as they are: nothing in them
// is expanded and no backslash means anything. The reader removes a byte order mark,
// "export " before a name, the space around a value, the quotes around a value, and a
// comment, which begins with # at the start of a line or after a space. A later line wins.
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

// What can be wrong with a line.
var (
	errForm    = errors.New("each line must be NAME=value")
	errLong    = fmt.Errorf("a line may have at most %d bytes", maxLine)
	errOpen    = errors.New("the quote that opens the value must be closed on the same line")
	errBehind  = errors.New("nothing but a comment may follow the quote that closes the value")
	errNotUTF8 = errors.New("it is no UTF-8 text; save the file again as UTF-8")
)

// maxLine bounds a line, in bytes. Finding the closing quote among many takes time.
const maxLine = 8 << 10

// parseSetting takes a line apart. Only its comment may be in another encoding than UTF-8.
func parseSetting(line string) (name, value string, err error) {
	if len(line) > maxLine {
		return "", "", errLong
	}
	name, rest, ok := splitSetting(line)
	value, err = settingValue(rest)
	switch {
	case !utf8.ValidString(name), !utf8.ValidString(value), (!ok || err != nil) && !utf8.ValidString(line):
		return "", "", errNotUTF8
	case !ok:
		return "", "", errForm
	}
	return name, value, err
}

// byteOrderMark is what Windows editors write before UTF-8 text.
const byteOrderMark = "\ufeff"

// splitSetting splits a line at its first = or colon, which old files may have instead.
func splitSetting(line string) (name, rest string, ok bool) {
	if after, cut := strings.CutPrefix(line, "export"); cut && after != strings.TrimLeftFunc(after, unicode.IsSpace) {
		line = strings.TrimLeftFunc(after, unicode.IsSpace)
	}
	i := strings.IndexAny(line, "=:")
	if i < 0 {
		return "", "", false
	}
	name = strings.TrimSpace(line[:i])
	strange := func(r rune) bool { return r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	return name, line[i+1:], name != "" && !strings.ContainsFunc(name, strange)
}

// settingValue takes the value out of what follows the name.
func settingValue(rest string) (string, error) {
	trimmed := strings.TrimSpace(rest)
	if trimmed == "" || trimmed[0] != '"' && trimmed[0] != '\'' {
		return strings.TrimSpace(cutComment(rest)), nil
	}
	quote, inner := trimmed[:1], trimmed[1:]
	for _, tight := range []bool{false, true} { // a comment right behind the quote counts if nothing else closes the value
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

// withoutComment cuts text at the first # that follows a space.
func cutComment(text string) string {
	for i, r := range text {
		if before, _ := utf8.DecodeLastRuneInString(text[:i]); r == '#' && i > 0 && unicode.IsSpace(before) {
			return text[:i]
		}
	}
	return text
}
