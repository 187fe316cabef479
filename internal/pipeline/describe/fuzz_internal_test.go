package describe

import (
	"strings"
	"testing"
	"unicode/utf8"

	"bis/internal/briefing"
)

// Whatever a model answers, what is shown is short, has the letters of its language alone and passes
// again.
func FuzzEvaluate(f *testing.F) {
	for _, s := range []string{
		`{"description": "바닥이 깨끗합니다. 손님이 2명", "question": "문이 열려 있나요?"}`, "{", "", "\xff", `{"description": 1}`,
		"There, and it is. Is it? By the door, there stands a box. ,", "비어 있는. 차 있. 중 중 중입니다.", "of of the. open to.",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, language := range []string{"ko", "en"} {
			got, _ := evaluate(text, language)
			if utf8.RuneCountInString(got.text) > maxText || strings.ContainsAny(got.text, "0123456789<>{}") {
				t.Errorf("%q is shown as %q", text, got.text)
			}
			if again, _ := evaluate(got.text, language); again.text != got.text {
				t.Errorf("%q passes as %q, and then as %q", text, got.text, again.text)
			}
			for _, r := range got.refused {
				if utf8.RuneCountInString(r.Text) > briefing.MaxRefusedText || !utf8.ValidString(r.Text) || r.Rule == "" {
					t.Errorf("%q: refused %+v", text, r)
				}
			}
		}
	})
}
