package wording_test

import (
	"strings"
	"testing"
	"unicode"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording"
)

const (
	other   = briefing.NoteOtherLanguage
	nothing = ""
	measure = briefing.NoteNotMeasured
	unknown = briefing.NoteNotUnderstood
)

// noteCases are style lines with the code of their note without a model. With a model there is no
// NOT_UNDERSTOOD.
var noteCases = []struct{ line, want string }{
	// Understood.
	{"한국어로 말해줘", nothing},
	{"공손하게 말해줘", nothing},
	{"간단명료하게 말해줘", nothing},
	{"반말하지 마", nothing},
	{"숫자만", nothing},
	{"영어로 짧게", nothing},
	{"In English, please", nothing},
	{"not too long", nothing},
	{"Don't be so formal", nothing},
	{"figures only", nothing},
	{"", nothing},
	{"  \u200e ", nothing},
	// Another language.
	{"일본어로", other},
	{"중국어로 부탁해요", other},
	{"프랑스어로 공손하게", other},
	{"베트남어로 말해 주세요", other},
	{"in French", other},
	{"Please write in Japanese.", other},
	{"answer in formal German", other},
	{"Spanish please", other},
	{"日本語でお願いします", other},
	{"일본어는 쓰지 마", nothing},
	{"프랑스어는 싫어", nothing},
	{"한국어나 일본어로", nothing},
	{"Use Korean or Japanese", nothing},
	{"일본어 말고 한국어로", nothing},
	{"중국어 말고 영어로", nothing},
	{"never in French", nothing},
	{"not in Japanese, in English", nothing},
	// Facts that nobody measures.
	{"날씨도 알려줘", measure},
	{"손님 성별을 말해줘", measure},
	{"손님 나이대도 적어 줘", measure},
	{"남자 손님 몇 명인지 알려줘", measure},
	{"여자인지 남자인지 말해 줘", measure},
	{"얼굴을 보고 누군지 알려줘", measure},
	{"손님 표정이 어떤지도", measure},
	{"손님들 기분이 어떤지 알려줘", measure},
	{"매장 분위기도 알려줘", measure},
	{"오늘 매출도 같이 알려줘", measure},
	{"짧게, 그리고 날씨도", measure},
	{"날씨를 빼놓지 말고 알려줘", measure},
	{"손님 수 말고 날씨를 알려줘", measure},
	{"체류 시간도 말해줘", measure},
	{"수상한 사람이 있으면 알려줘", measure},
	{"Tell me the sex of each customer", measure},
	{"Mention the ages of the customers", measure},
	{"how old are they?", measure},
	{"Add the weather", measure},
	{"Report sales too", measure},
	{"describe their faces", measure},
	{"tell me the mood of the shop", measure},
	{"Don't skip the weather", measure},
	{"not only the weather", measure},
	{"say how many men and women there are", measure},
	{"briefly, with total visitors", measure},
	{"손님이 몇 살인지 말해줘", measure},
	{"20대 손님이 몇 명인지", measure},
	{"아이가 있는지 알려줘", measure},
	{"재고가 얼마나 남았는지", measure},
	{"불났는지 알려줘", measure},
	{"How much money did we make today?", measure},
	{"how happy are the customers", measure},
	{"is there a fire", measure},
	{"얼굴도 묘사해줘", measure},
	{"오늘 얼마나 팔았는지", measure},
	{"손님 감정도 알려줘", measure},
	{"비 오는지 알려줘", measure},
	{"Do they look happy?", measure},
	{"how much did we sell", measure},
	{"What is the temperature?", measure},
	{"report the customers' emotions", measure},
	// Facts that shall be left out, which they are.
	{"성별은 말하지 마", nothing},
	{"날씨 얘기는 빼줘", nothing},
	{"나이는 언급하지 말고", nothing},
	{"매출은 필요 없어", nothing},
	{"날씨 없이", nothing},
	{"don't mention sex or age", nothing},
	{"no weather", nothing},
	{"Never talk about sales", nothing},
	{"leave out ages and faces", nothing},
	{"without the weather, please", nothing},
	{"재고 얘기는 하지 말고", unknown},
	// Words of a speaker are no wish for a fact.
	{"할머니처럼 말해줘", unknown},
	{"여자 목소리로 말해줘", unknown},
	{"어린이도 이해하게 말해줘", unknown},
	{"기분 좋게 말해줘", unknown},
	{"기분이 좋게 말해줘", unknown},
	{"밝은 분위기로 말해줘", unknown},
	{"talk like an old woman", unknown},
	{"in a cheerful mood", unknown},
	{"Tell me in a good mood", unknown},
	{"old-fashioned language", unknown},
	{"웃는 얼굴로 말해줘", unknown},
	{"판매원처럼 말해줘", unknown},
	{"감정을 담아 말해줘", unknown},
	{"like a news anchor", unknown},
	{"news style", unknown},
	{"with feeling", unknown},
	{"so that children understand it", unknown},
	// Not understood.
	{"바다처럼 시원하게", unknown},
	{"사극처럼", unknown},
	{"사투리로 말해줘", unknown},
	{"🙂", unknown},
	{"사장님이라고 불러줘", unknown},
	{"talk like a pirate", unknown},
	{"use emoji", unknown},
	{"call me boss", unknown},
}

func TestNotes(t *testing.T) {
	t.Parallel()
	if len(noteCases) < 30 {
		t.Fatalf("%d lines", len(noteCases))
	}
	for _, c := range noteCases {
		if got := codes(wording.Notes([]string{c.line}, false)); got != c.want {
			t.Errorf("Notes(%q) without a model = %q, want %q", c.line, got, c.want)
		}
		want := c.want
		if want == unknown {
			want = nothing
		}
		if got := codes(wording.Notes([]string{c.line}, true)); got != want {
			t.Errorf("Notes(%q) with a model = %q, want %q", c.line, got, want)
		}
	}
}

func TestNotes_of_several_lines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines   []string
		codes   string
		numbers []int
		korean  bool
	}{
		{briefing.DefaultCustom(), "", nil, true},
		{nil, "", nil, true},
		{[]string{"공손하게", "날씨도", "사극처럼"}, measure + " " + unknown, []int{2, 3}, true},
		{[]string{"일본어로", "공손하게"}, other, []int{1}, false},
		{[]string{"일본어로", "한국어로"}, "", nil, true},
		{[]string{"한국어로", "in French"}, other, []int{2}, false},
		{[]string{"일본어로", "중국어로"}, other, []int{2}, false},
		{[]string{"일본어로 날씨를 말해줘"}, other + " " + measure, []int{1, 1}, false},
		{[]string{"in English", "and the weather"}, measure, []int{2}, false},
		{[]string{"바다처럼", "산처럼"}, unknown + " " + unknown, []int{1, 2}, true},
	} {
		notes := wording.Notes(c.lines, false)
		if got := codes(notes); got != c.codes {
			t.Errorf("Notes(%q) = %q, want %q", c.lines, got, c.codes)
			continue
		}
		for i, n := range notes {
			korean := strings.ContainsFunc(n.Text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
			if n.Line != c.numbers[i] || korean != c.korean || !strings.HasSuffix(n.Text, ".") {
				t.Errorf("Notes(%q)[%d] = %+v, want line %d", c.lines, i, n, c.numbers[i])
			}
		}
	}
}

// Each code has a sentence in both languages.
func TestNoteText(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		briefing.NoteSheetPending, briefing.NoteModelUnavailable, briefing.NoteBudgetSpent, briefing.NoteLinesRefused, other, measure, form, unknown,
	} {
		ko, en := wording.NoteText(code, "ko"), wording.NoteText(code, "en")
		if ko == en || !strings.HasSuffix(ko, "다.") || !strings.HasSuffix(en, ".") {
			t.Errorf("%s: %q, %q", code, ko, en)
		}
	}
}

func FuzzNotes(f *testing.F) {
	f.Add("일본어로 날씨를 빼지 말고")
	f.Add("don't \xff mention the weather")
	f.Fuzz(func(t *testing.T, line string) {
		for _, n := range wording.Notes([]string{line}, false) {
			if n.Line != 1 || n.Text == "" {
				t.Errorf("Notes(%q) = %+v", line, n)
			}
		}
	})
}
