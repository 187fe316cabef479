package sheet_test

import (
	"cmp"
	"testing"

	"bis/internal/pipeline/wording/sheet"
)

// A question mark is no character of a line, and without it these are no headlines.
func TestCheck_refuses_bare_words_as_headlines(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"인원", "사람 수", "손님 수", "매장 인원", "인원 ?", "인원?", `인원 \`} {
		if _, err := sheet.Check("ko", sheet.HeadUnknown, line); err == nil {
			t.Errorf("Check(ko, head_unknown, %q) passes", line)
		}
	}
}

// Lines that people would write, and that the grammar once refused.
func TestCheck_passes_lines(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		language string
		key      sheet.Key
		line     string
		want     string // if it differs from the line
	}{
		{"ko", sheet.Nobody, "아무도 안 계신 듯해요", ""},
		{"ko", sheet.Nobody, "사장님, 지금 매장에 손님이 없습니다", ""},
		{"ko", sheet.Nobody, "사장님 손님 아무도 안 계십니다", ""},
		{"ko", sheet.Nobody, "사장님 지금 매장이 비어 있습니다", ""},
		{"ko", sheet.Some, "사장님 지금 매장에 손님 {people} 계십니다", ""},
		{"ko", sheet.Things, "{things}이 눈에 들어옵니다", ""},
		{"ko", sheet.Offline, "카메라와 연락이 두절되었습니다", ""},
		{"ko", sheet.Same, "인원은 그대로입니다", ""},
		{"ko", sheet.Stale, "오래된 화면밖에 보내지 않습니다", ""},
		{"ko", sheet.Covered, "카메라 앞에 무언가 있습니다", ""},
		{"ko", sheet.AdviceEmpty, "{period}에는 손님이 안 보임. 청소, 보충, 기기 점검은 이때", ""},
		{"en", sheet.More, "That's {step} more than a moment ago", ""},
		{"en", sheet.Fewer, "{step} fewer than a little while ago", ""},
		{"en", sheet.Same, "Nothing has changed since a moment ago", ""},
		{"en", sheet.SumPeople, "Somebody was there in {share} of the looks, {average} on average, at most {peak}, at {time}.", ""},
		{"en", sheet.SumPeople, "Someone in {share}. Average {average}. {peak} at most, at {time}.", ""},
		{"en", sheet.Some, "There's {people} in the shop", "There {is} {people} in the shop"},
		{"en", sheet.Some, "hi, here's the update, {people} in the shop", ""},
		{"en", sheet.Some, "hi, there's {people} in the shop", "hi, there {is} {people} in the shop"},
		{"en", sheet.Some, "There are right now {people} in the shop", "There {is} right now {people} in the shop"},
		{"en", sheet.Some, "There appear to be {people} in the shop", "There {seem} to be {people} in the shop"},
		{"en", sheet.Things, "There's also {things}", "There {is} also {things}"},
		{"en", sheet.More, "There's {step} more", "There {is} {step} more"},
		{"en", sheet.HeadSome, "the shop has {people}", ""},
		{"en", sheet.Nobody, "I can't see any people", ""},
		{"ko", sheet.SumFlat, "시간대별로 눈에 띄는 점은 없었어요", ""},
		{"ko", sheet.SumQuiet, "{period} 동안 인원을 센 {counted} 모두 손님이 안 계셨습니다", ""},
		{"ko", sheet.SumNone, "아직 브리핑이 없어서 요약할 내용이 없네요", ""},
		{"ko", sheet.SumEventless, "사장님, 특별한 일은 없었어요", ""},
		{"ko", sheet.AdviceNone, "당장 하실 일은 없어요. 며칠간의 요약을 비교해 보세요", ""},
		{"en", sheet.SumFlat, "Boss, no hour stands out", ""},
		{"en", sheet.SumQuiet, "In {period} nobody was seen in any of the {counted} looks", ""},
		{"en", sheet.SumNone, "There's nothing to sum up, as there are no briefings yet", ""},
		{"en", sheet.SumEventless, "Nothing special happened", ""},
		{"en", sheet.AdviceNone, "Nothing needs doing right now; compare the summaries of several days", ""},
	} {
		got, err := sheet.Check(test.language, test.key, test.line)
		if err != nil || got != cmp.Or(test.want, test.line) {
			t.Errorf("Check(%s, %s, %q) = %q, %v", test.language, test.key, test.line, got, err)
		}
	}
}

// Lines with a form that Korean has, and with one that it has not.
func TestCheck_knows_the_forms_of_verbs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		key          sheet.Key
		right, wrong string
	}{
		{sheet.Uncounted, "손님 수를 세기 힘듦", "손님 수를 세기 힘듬"},
		{sheet.Uncounted, "손님 수를 세기 힘드옵니다", "손님 수를 세기 힘들옵니다"},
		{sheet.Uncounted, "손님 수를 알지 못하옵니다", "손님 수를 알지 못하사옵니다"},
		{sheet.Some, "손님 {people}이 보이오", "손님 {people}이 보이소이다"},
		{sheet.Some, "손님 {people}이 계시옵니다", "손님 {people}이 계시사옵니다"},
		{sheet.Some, "손님 {people}이 보입디더", "손님 {people}이 보이습디더"},
		{sheet.Nobody, "손님이 없으십니다", "손님이 없으신다"},
		{sheet.More, "손님이 {step} 느셨습니다", "손님이 {step} 늘으셨습니다"},
	} {
		if _, err := sheet.Check("ko", test.key, test.right); err != nil {
			t.Errorf("Check(ko, %s, %q) = %v", test.key, test.right, err)
		}
		if _, err := sheet.Check("ko", test.key, test.wrong); err == nil {
			t.Errorf("Check(ko, %s, %q) passes", test.key, test.wrong)
		}
	}
}
