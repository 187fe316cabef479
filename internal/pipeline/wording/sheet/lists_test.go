package sheet_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bis/internal/pipeline/wording/sheet"
)

// languages are the languages whose words exist.
var languages = []string{"ko", "en"}

// falseLine is a line of a list of false lines: its text, and the keys of which it is true.
type falseLine struct {
	keys []string
	text string
}

// falseLines reads a list. A line of the list is "KEYS<TAB>TEXT"; - stands for no key. Two signs in
// the text stand for characters that a line of a file cannot have.
func falseLines(t *testing.T, language string) []falseLine {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "false."+language+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all []falseLine
	for line := range strings.Lines(string(data)) {
		keys, text, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(text)
		all = append(all, falseLine{strings.Split(keys, ","), text})
	}
	return all
}

// variants returns a line as it is, with the slots of a key behind it, and with the slots of a key
// in place of its own.
func variants(key sheet.Key, text string) []string {
	slots := sheet.Definitions[key].Slots
	all := []string{text}
	behind := text
	for _, slot := range slots {
		behind += " {" + slot + "}"
		all = append(all, text+" {"+slot+"}", "{"+slot+"} "+text)
		for _, other := range sheet.Definitions {
			for _, own := range other.Slots {
				if own != slot && strings.Contains(text, "{"+own+"}") {
					all = append(all, strings.ReplaceAll(text, "{"+own+"}", "{"+slot+"}"))
				}
			}
		}
	}
	all = append(all, behind)
	slices.Sort(all)
	return slices.Compact(all)
}

func TestCheck_refuses_false_lines(t *testing.T) {
	t.Parallel()
	for _, language := range languages {
		tried, lines := 0, falseLines(t, language)
		trueIn := map[string][]string{}
		for _, line := range lines {
			trueIn[line.text] = line.keys
		}
		for _, line := range lines {
			for key := range sheet.Definitions {
				if slices.Contains(line.keys, string(key)) {
					continue
				}
				for _, text := range variants(key, line.text) {
					if slices.Contains(trueIn[text], string(key)) || trueOtherwise[text] == key {
						continue // with another slot it is a true line of the list
					}
					tried++
					if _, err := sheet.Check(language, key, text); err == nil {
						t.Errorf("Check(%s, %s, %q) passes", language, key, text)
					}
				}
			}
		}
		t.Logf("%s: %d false lines, %d attempts", language, len(lines), tried)
	}
}

// trueOtherwise are variants of false lines that are true: the slot alone made the line false.
var trueOtherwise = map[string]sheet.Key{
	"{step} more than before": sheet.More, // of "{people} more than before"
}

// goodStyles are the styles of the lists of good lines, with their languages.
func goodStyles(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/good/*.json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		all[name] = "ko"
		if strings.HasPrefix(name, "english") {
			all[name] = "en"
		}
	}
	return all
}

func TestCheck_passes_good_lines(t *testing.T) {
	t.Parallel()
	passed, total := 0, 0
	for name, language := range goodStyles(t) {
		data, err := os.ReadFile(filepath.Join("testdata/good", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Sheet map[sheet.Key][]string `json:"sheet"`
		}
		if err := json.Unmarshal(data, &answer); err != nil {
			t.Fatal(err)
		}
		good, lines := 0, 0
		for key, texts := range answer.Sheet {
			for _, text := range texts {
				lines++
				_, err := sheet.Check(language, key, text)
				if err == nil {
					good++
				} else if os.Getenv("SHOW_REFUSED") != "" {
					t.Logf("%s %s %q: %v", name, key, text, err)
				}
				if r := (*sheet.Refusal)(nil); err != nil && !errors.As(err, &r) {
					t.Errorf("Check(%s, %s, %q) = %v, want a Refusal", language, key, text, err)
				}
			}
		}
		t.Logf("%s: %d of %d", name, good, lines)
		if good*4 < lines*3 {
			t.Errorf("style %s: %d of %d good lines pass, want three quarters", name, good, lines)
		}
		passed, total = passed+good, total+lines
	}
	t.Logf("all: %d of %d", passed, total)
	if passed*10 < total*9 {
		t.Errorf("%d of %d good lines pass, want nine tenths", passed, total)
	}
}
