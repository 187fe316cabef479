package describe

import (
	"slices"
	"strings"
	"unicode/utf8"

	"bis/internal/briefing"
)

// Bounds of what is shown and stored.
const (
	maxText      = 200 // characters of a description
	maxSentences = 2   // of a description
	maxQuestion  = 100 // characters of a question
	maxAnswer    = 16 << 10
	maxRefusals  = 40 // texts of an answer
)

// said is what is left of an answer.
type said struct {
	text, question string
	refused        []briefing.RefusedText
}

// empty reports whether nothing is left.
func (s *said) empty() bool { return s.text == "" && s.question == "" }

// refuse notes a text that is not shown.
func (s *said) refuse(key, text, rule string) {
	if len(s.refused) >= maxRefusals {
		return
	}
	s.refused = append(s.refused, briefing.RefusedText{Key: key, Text: clip(text), Rule: rule})
}

// clip returns at most MaxRefusedText characters of a text, without control characters.
func clip(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return r < ' ' || r == 0x7F || r == utf8.RuneError
	}), " ")
	r := []rune(text)
	return string(r[:min(len(r), briefing.MaxRefusedText)])
}

// Keys of refused texts.
const (
	keyDescription = "description"
	keyQuestion    = "question"
)

// check returns what may be shown of an answer in a language.
func check(a answer, language string) said {
	var s said
	var worst *alarm
	raise := func(sentence string) bool {
		found := alarmIn(sentence)
		if found != nil && (worst == nil || urgency(found) < urgency(worst)) {
			worst = found
		}
		return found != nil
	}
	var shown []string
	for _, sentence := range sentences(a.Description) {
		rule := judge(sentence, language, false)
		length := utf8.RuneCountInString(strings.Join(append(slices.Clone(shown), sentence), " "))
		switch {
		case raise(sentence):
			s.refuse(keyDescription, sentence, RuleAlarm)
		case rule != "":
			s.refuse(keyDescription, sentence, rule)
		case len(shown) == maxSentences || length > maxText:
			s.refuse(keyDescription, sentence, RuleLong)
		default:
			shown = append(shown, sentence)
		}
	}
	s.text = strings.Join(shown, " ")
	s.question = checkQuestion(&s, a.Question, language, raise)
	if worst != nil {
		s.question = worst.question(language)
	}
	return s
}

// urgency is the place of an alarm in their order.
func urgency(a *alarm) int {
	return slices.IndexFunc(alarms, func(other alarm) bool { return other.kind == a.kind })
}

// checkQuestion returns the model's own question, if it may be shown.
func checkQuestion(s *said, question, language string, raise func(string) bool) string {
	list := sentences(question)
	if len(list) == 0 {
		return ""
	}
	text := strings.Join(list, " ")
	rule := RuleLong
	if len(list) == 1 && utf8.RuneCountInString(text) <= maxQuestion {
		rule = judge(text, language, true)
	}
	if raise(text) {
		rule = RuleAlarm
	}
	if rule == "" {
		return text
	}
	s.refuse(keyQuestion, text, rule)
	return ""
}

// judge returns the rule that a sentence breaks, or "" if it may be shown.
func judge(sentence, language string, question bool) string {
	if utf8.RuneCountInString(sentence) > maxText {
		return RuleLong
	}
	if rule := form(sentence, language); rule != "" {
		return rule
	}
	var rule string
	if language == "en" {
		rule = judgeEnglish(sentence, question)
	} else {
		rule = judgeKorean(sentence, question)
	}
	if rule == "" {
		return ""
	}
	return nameOf(sentence, rule)
}
