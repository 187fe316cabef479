package config

import (
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Warning is a fault of the settings that the program can run with. It never contains a value.
type Warning struct {
	Message string // what is wrong
	Name    string // of the setting
	Hint    string // what to do; empty: no suggestion
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

// reservedPrefixes are the prefixes of this program's settings in the file. In the environment only
// the first is, because other programs also use the others.
var reservedPrefixes = []string{"BIS_", "DATABASE_", "OPENAI_"}

// settingNames returns the names of all settings.
func settingNames() []string {
	names := []string{
		"OPENAI_BASE_URL", "OPENAI_MODEL", "OPENAI_FALLBACK_BASE_URL", "OPENAI_FALLBACK_MODEL",
	}
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

// findWarnings returns a warning for each name that resembles a setting but is unknown. It also
// warns of each value of the file that was written for the expansion of earlier versions.
func findWarnings(file, environ map[string]string) []Warning {
	// In the file each of the prefixes makes a name suspicious, in the environment only BIS_ does.
	var list []Warning
	known := settingNames()
	for _, layer := range []struct {
		vars     map[string]string
		prefixes []string
	}{{file, reservedPrefixes}, {environ, reservedPrefixes[:1]}} {
		for _, name := range slices.Sorted(maps.Keys(layer.vars)) {
			has := func(prefix string) bool {
				return strings.HasPrefix(strings.ToUpper(name), prefix)
			}
			if !slices.Contains(known, name) && slices.ContainsFunc(layer.prefixes, has) {
				list = append(list, Warning{
					Message: "unknown setting is ignored",
					Name:    name, Hint: suggestion(name, known),
				})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(file)) {
		if slices.Contains(known, name) && strings.Contains(file[name], `\$`) {
			list = append(list, Warning{
				Message: "value holds a backslash before a dollar sign", Name: name,
				Hint: "values of " + EnvFile + " count as they are written; " +
					"remove the backslash unless it belongs to the value",
			})
		}
	}
	return list
}

// suggestion returns a hint with the known name that is nearest to name, or "" if none is near.
func suggestion(name string, known []string) string {
	const near = 2 // letters that differ
	upper := strings.ToUpper(name)
	best, least := "", near+1
	for _, k := range known {
		// A name is also near if it begins with a setting's name, or if a setting's name begins
		// with it.
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

// distance returns the number of letters to insert, remove or replace to turn a into b
// (Levenshtein).
func distance(a, b string) int {
	// row[j] is the distance of the letters of a so far and the first j letters of b.
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
