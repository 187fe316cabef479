package stylist

import (
	"regexp"
	"strings"

	"bis/internal/pipeline/wording/sheet"
)

// keyWhole is the key of an answer without a sheet, among the refused texts.
const keyWhole sheet.Key = "sheet"

// The rules that refuse an answer without a sheet. Their names are stable.
const (
	ruleRefusal   = "refusal"   // the model declines
	ruleReasoning = "reasoning" // what the model thinks
	ruleGarbled   = "garbled"   // another text
)

// What answers without a sheet say.
var (
	saysNo = regexp.MustCompile(`(?i)\b(sorry|apologi[sz]e|can(no|')?t|can(’t| not)|won['’]t|(un|not )able to|not allowed|decline|refuse|as an ai)\b` +
		`|죄송|미안|양해|거절|거부|어렵습니다|어려워요|수 없습니다|수 없어요|수 없음|못합니다|못해요|못 해요`)
	saysThought = regexp.MustCompile(`(?i)^\W*(okay|ok|alright|hmm+|wait|let me|let's|let us|first|so,|we (need|have|must|should)|i (need|have|should|must) to|the (user|owner)|think(ing)?|thought|reasoning|analysis)\b` +
		`|^[^가-힣]*(음+[,. ]|우선|먼저|사용자|생각)`)
)

// ruleOf returns the rule that refuses an answer without a sheet.
func ruleOf(text string) string {
	switch {
	case strings.Contains(text, `"sheet"`): // lines of a sheet may have the words below
		return ruleGarbled
	case saysThought.MatchString(text):
		return ruleReasoning
	case saysNo.MatchString(text):
		return ruleRefusal
	}
	return ruleGarbled
}
