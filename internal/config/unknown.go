package config

import (
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Warning is something about the settings that the program can live with. It never holds a value.
type Warning struct {
	Message string // what is wrong
	Name    string // of the setting
	Hint    string // what to do; empty: nothing is known
}

// Warn logs the warnings.
func (c Config) Warn(log *slog.Logger) {
	for _, w := range c.Warnings {
		attrs := []any{"name", w.Name}
		if w.Hint != "" {
			attrs = append(attrs, "hint", w.Hint)
		}
		log.Warn(w.Message, attrs...)
	}
}

// ours are the beginnings of names that a file of settings holds for this program alone. In the
// environment only the first is this program's own.
var reservedPrefixes = []string{"BIS_", "DATABASE_", "OPENAI_"}

// settingNames are the names of all settings.
func settingNames() []string {
	names := []string{"OPENAI_BASE_URL", "OPENAI_MODEL"}
	for _, name := range secretSettings {
		names = append(names, name, name+"_FILE")
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[flags]()) {
		if name := field.Tag.Get("setting"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// warnings tells which names of the file and of the environment set nothing, and which values of
// the file were written for the expansion that this program no longer does.
func findWarnings(file, environ map[string]string) []Warning {
	var list []Warning
	known := settingNames()
	for _, layer := range []struct {
		vars     map[string]string
		prefixes []string
	}{{file, reservedPrefixes}, {environ, reservedPrefixes[:1]}} {
		for _, name := range slices.Sorted(maps.Keys(layer.vars)) {
			has := func(prefix string) bool { return strings.HasPrefix(strings.ToUpper(name), prefix) }
			if !slices.Contains(known, name) && slices.ContainsFunc(layer.prefixes, has) {
				list = append(list, Warning{Message: "unknown setting is ignored", Name: name, Hint: suggestion(name, known)})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(file)) {
		if slices.Contains(known, name) && strings.Contains(file[name], `\$`) {
			list = append(list, Warning{Message: "value holds a backslash before a dollar sign", Name: name,
				Hint: "values of " + EnvFile + " count as they are written; remove the backslash unless it belongs to the value"})
		}
	}
	return list
}

// meant is a hint at the known name that is nearest to name. Names that have little in common give
// none.
func suggestion(name string, known []string) string {
	const near = 2 // typing errors
	upper := strings.ToUpper(name)
	best, least := "", near+1
	for _, k := range known {
		d := distance(upper, k)
		if strings.HasPrefix(upper, k) || strings.HasPrefix(k, upper) && len(upper) > len("BIS_") {
			d = min(d, near)
		}
		if d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// distance counts the letters to insert, remove or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
