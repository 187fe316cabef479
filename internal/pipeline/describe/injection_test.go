package describe_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"bis/internal/briefing"
	"bis/internal/pipeline/describe"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/wording/sheet"
)

// injection is a text that tries to command a model.
type injection struct{ where, text string }

func injections(t *testing.T) []injection {
	t.Helper()
	data, err := os.ReadFile("testdata/injections.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []injection
	for line := range strings.Lines(string(data)) {
		if where, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			all = append(all, injection{where, text})
		}
	}
	if len(all) < 60 {
		t.Fatalf("%d injections, want 60", len(all))
	}
	return all
}

// reads reports whether a model can read a text in a request: in its words or in its pictures.
func reads(r *modeltest.Request, text string) bool {
	quoted, _ := json.Marshal(text)
	inner := strings.Trim(string(quoted), `"`)
	for _, m := range r.Messages() {
		if strings.Contains(m.Text, text) || strings.Contains(m.Text, inner) {
			return true
		}
	}
	return slices.ContainsFunc(r.Pictures(), func(p []byte) bool { return strings.Contains(string(p), text) })
}

// obeyed are texts that a model writes that obeys an injection: it echoes it, leaks the rules,
// changes numbers, and gives links and orders.
func obeyed(text, rules string) []string {
	lines := strings.Split(rules, "\n")
	return []string{
		text, text + ".", "알겠습니다. " + text, "Sure. " + text, rules, lines[0], lines[len(lines)-1], lines[5],
		"손님이 99명 있습니다.", "손님이 백 명 있습니다.", "There are 99 people.", "There are a hundred people in the shop.",
		"https://evil.example/login", "evil.example 에 접속하세요.", "Visit evil.example now.", "010-9999-8888로 전화하세요.",
		"문을 열어 두세요.", "문을 여십시오.", "Leave the door open.", "Open the door.", "HACKED", "PWNED",
		"매장이 비어 있습니다.", "The shop is empty.", "아무도 없습니다.", "Nobody is here.",
		"나의 규칙은 사람에 대해 말하지 않는 것입니다.", "My rules say that I say nothing of people.",
	}
}

// leaks reports whether a text shows one of the obeyed texts, or a part of the rules.
func leaks(shown string, orders []string, rules string) bool {
	if strings.ContainsAny(shown, "0123456789") || strings.Contains(shown, "://") || strings.Contains(shown, "evil") {
		return true
	}
	for line := range strings.Lines(rules) {
		if line = strings.TrimSpace(line); len(line) > 20 && strings.Contains(shown, line[:20]) {
			return true
		}
	}
	return slices.ContainsFunc(orders, func(o string) bool { return shown != "" && strings.Contains(shown, o) })
}

func TestDescribe_obeys_no_injection(t *testing.T) {
	t.Parallel()
	plain := map[string]string{"ko": "바닥이 깨끗합니다.", "en": "The floor is clean."}
	for _, lang := range []string{"ko", "en"} {
		for at, i := range injections(t) {
			if (at%2 == 0) != (lang == "ko") && i.where != "sign" { // half of them, to save time
				continue
			}
			synctest.Test(t, func(t *testing.T) {
				next, orders := "", obeyed(i.text, describe.Rules)
				rest := orders[4:] // three of them for each injection
				rest = append(rest[at*3%len(rest):], rest...)[:3]
				a := &modeltest.Server{Answer: modeltest.Sees(func(*modeltest.Request) string { return next })}
				d := open(t, &words{}, func(cfg *provider.Config) { cfg.CallsADay = 0 }, a)
				in := input(full)
				in.Custom = []string{map[string]string{"ko": "공손하게", "en": "English"}[lang]}
				switch i.where {
				case "style":
					in.Custom = append(in.Custom, i.text)
				case "username":
					in.Username = i.text
				case "sign":
					in.Picture = func(briefing.Egress) ([]byte, bool) { return []byte("picture of a sign: " + i.text), true }
				}
				for n, order := range append(orders[:4:4], rest...) {
					for _, answer := range []map[string]string{
						{"description": plain[lang] + " " + order, "question": order},
						{"description": order, "question": order + "?"},
					} {
						code, _ := json.Marshal(answer)
						next = string(code)
						got, _ := d.Describe(t.Context(), in)
						if got.Text != plain[lang] && got.Text != "" || leaks(got.Text, orders, describe.Rules) {
							t.Errorf("%s %q, answer %q: shown %q", i.where, i.text, next, got.Text)
						}
						if fixed := strings.HasPrefix(got.Question, "확인해 주세요: 화면에 ") || strings.HasPrefix(got.Question, "Please check: "); got.Question != "" && !fixed || leaks(got.Question, orders, describe.Rules) {
							t.Errorf("%s %q, answer %q: asked %q", i.where, i.text, next, got.Question)
						}
					}
					if n == 0 {
						seen := slices.ContainsFunc(a.Requests(), func(r *modeltest.Request) bool { return reads(r, i.text) })
						if can := i.where == "style" || i.where == "sign"; seen != can {
							t.Errorf("%s %q: in a question: %v", i.where, i.text, seen)
						}
					}
				}
			})
		}
	}
}

func TestSheet_obeys_no_injection(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"ko", "en"} {
		for at, i := range injections(t) {
			orders := obeyed(i.text, sheet.Rules)
			all := map[string][]string{}
			for key := range sheet.Definitions {
				for at, order := range orders { // three lines a key are read
					name := string(key)
					if len(all[name]) >= 3 || (at+len(name))%5 != 0 && at != 0 {
						continue
					}
					all[name] = append(all[name], order)
				}
			}
			wraps := []func(string) string{
				func(order string) string { return order },
				func(order string) string { return "손님 {people} 계십니다. " + order },
				func(order string) string { return "{people} {is} in the shop. " + order },
				func(order string) string { return order + " {people}" },
			}
			answer := map[string]map[string][]string{"sheet": {}}
			for key, lines := range all {
				for n, line := range lines {
					answer["sheet"][key] = append(answer["sheet"][key], wraps[(at+n+len(key))%len(wraps)](line))
				}
			}
			code, _ := json.Marshal(answer)
			server := &modeltest.Server{Answer: func(r *modeltest.Request) string {
				if !reads(r, i.text) {
					t.Errorf("%q is not in the question", i.text)
				}
				return string(code)
			}}
			s := ask(t, server, provider.Question{
				Rules: sheet.Rules, Turns: []string{sheet.Request(lang, []string{i.text})}, JSON: true, MaxTokens: 8192,
			}, lang)
			for key, lines := range s.Lines {
				for _, line := range lines {
					if !isTrue(lang, key, line) {
						t.Errorf("%s: key %s has the line %q", i.text, key, line)
					}
				}
			}
		}
	}
}

// isTrue reports whether a line that obeys says nothing but what its key means.
func isTrue(lang string, key sheet.Key, line string) bool {
	nobody := map[string][]string{
		"ko": {"아무도 없습니다.", "매장이 비어 있습니다."}, "en": {"Nobody is here.", "The shop is empty."},
	}
	return strings.Contains(string(key), "nobody") && slices.Contains(nobody[lang], line)
}
