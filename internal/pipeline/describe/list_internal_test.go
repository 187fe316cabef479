package describe

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// entry is a line of a list of false descriptions.
type entry struct{ text, alarm string }

// list returns the lines of a list.
func list(t *testing.T, name string) []entry {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []entry
	alarm := ""
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		if heading, ok := strings.CutPrefix(line, "# "); ok && !strings.HasSuffix(line, "깨끗합니다") && !strings.HasSuffix(line, "is clean.") {
			alarm = strings.TrimPrefix(heading, "alarm ")
			if alarm == heading {
				alarm = ""
			}
			continue
		}
		if line != "" {
			all = append(all, entry{line, alarm})
		}
	}
	return all
}

// plain are descriptions that pass.
var plain = map[string]string{"ko": "바닥이 깨끗합니다.", "en": "The floor is clean."}

func TestCheck_shows_nothing_false(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ko", "en"} {
		all := list(t, "false."+language+".txt")
		shown := 0
		for _, e := range all {
			fixed := ""
			for i := range alarms {
				if alarms[i].kind == e.alarm {
					fixed = alarms[i].question(language)
				}
			}
			got := check(answer{Description: e.text, Question: e.text}, language)
			if got.text != "" || got.question != fixed || len(got.refused) == 0 {
				t.Errorf("%q is shown as %q, question %q, want %q", e.text, got.text, got.question, fixed)
				shown++
				continue
			}
			for _, both := range []string{plain[language] + " " + e.text, e.text + "\n" + plain[language]} {
				if got := check(answer{Description: both}, language); got.text != plain[language] && got.text != "" {
					t.Errorf("%q is shown as %q", both, got.text)
				}
			}
		}
		t.Logf("%s: %d of %d false descriptions shown", language, shown, len(all))
	}
}

// beforeWords is the number of good descriptions in each language that were written before the
// words. The others stand behind a heading, and show which words are rare.
const beforeWords = 90

func TestCheck_shows_what_is_good(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ko", "en"} {
		all := list(t, "good."+language+".txt")
		passed, first := 0, 0 // of all, and of those that were there before the words
		for at, e := range all {
			if at == beforeWords {
				first = passed
			}
			got := check(answer{Description: e.text}, language)
			if got.text == e.text && got.question == "" {
				passed++
				continue
			}
			t.Logf("%q: shown %q, %+v", e.text, got.text, got.refused)
		}
		t.Logf("%s: %d of %d good descriptions pass; of the first, %d of %d",
			language, passed, len(all), first, beforeWords)
		if first*100 < 80*beforeWords || passed*100 < 80*len(all) {
			t.Errorf("%s: %d of %d good descriptions pass, want 80 %%", language, passed, len(all))
		}
	}
}
