package wording_test

import (
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
	"bis/internal/pipeline/wording/sheet"
)

// numberCases are style lines with the way in which they want numbers.
var numberCases = []struct{ line, want string }{
	{"숫자는 한글로 써줘", "words"},
	{"숫자를 한글로 표기해 주세요", "words"},
	{"숫자 대신 글자로", "words"},
	{"숫자 말고 한글로", "words"},
	{"숫자로 쓰지 말고 한글로", "words"},
	{"숫자는 모두 우리말로 적어줘", "words"},
	{"숫자는 말로 풀어서", "words"},
	{"숫자 표기는 한글로", "words"},
	{"수는 한글로", "words"},
	{"손님 수는 한글로 써줘", "words"},
	{"한글로 숫자를 써줘", "words"},
	{"아라비아 숫자 쓰지 마", "words"},
	{"숫자는 쓰지 말아 주세요", "words"},
	{"숫자 없이 말해줘", "words"},
	{"두 명처럼 써줘", "words"},
	{"2명이 아니라 두 명이라고 써줘", "words"},
	{"numbers in words", "words"},
	{"Numbers as words, please", "words"},
	{"Write numbers in words.", "words"},
	{"Spell out numbers", "words"},
	{"spell the numbers out", "words"},
	{"Write out all numbers", "words"},
	{"numbers should be spelled out", "words"},
	{"no figures only words", "words"},
	{"no digits, only words", "words"},
	{"Don’t use digits", "words"},
	{"words instead of numbers", "words"},
	{"words, not figures", "words"},
	{"use words for numbers", "words"},
	{"not in digits", "words"},
	{"without numerals", "words"},
	{"숫자는 반드시 한글로 써줘", "words"},
	{"모든 수를 한글로", "words"},
	{"몇 명인지 한글로 써줘", "words"},
	{"숫자 표시하지 마", "words"},
	{"아라비아 숫자는 빼줘", "words"},
	{"숫자로 말하지 마", "words"},
	{"1, 2 말고 하나, 둘로", "words"},
	{"한 명, 두 명 이렇게 써줘", "words"},
	{"I don't want digits", "words"},
	{"don't want numbers, only words", "words"},
	{"words only", "words"},
	{"no figures, words only", "words"},
	{"write two instead of 2", "words"},
	{"digits please", "digits"},
	{"숫자는 한글로 쓰지 마", "digits"},
	{"숫자는 한글로 쓰면 안 돼", "digits"},
	{"한글 말고 숫자로 써줘", "digits"},
	{"아라비아 숫자로 써줘", "digits"},
	{"숫자는 숫자로", "digits"},
	{"don't spell out numbers", "digits"},
	{"never write numbers in words", "digits"},
	{"numbers not in words", "digits"},
	{"in digits", "digits"},
	{"digits, not words", "digits"},
	{"숫자만", ""},
	{"숫자로만 알려줘", ""},
	{"숫자만 말하지 말고", ""},
	{"한글로 써줘", ""},
	{"손님 수를 한국어로 알려줘", ""},
	{"인원수만", ""},
	{"figures only", ""},
	{"not only numbers", ""},
	{"do not use figures only", ""},
	{"in other words", ""},
	{"공손하게", ""},
}

func TestFollow(t *testing.T) {
	t.Parallel()
	for _, c := range numberCases {
		if got := wording.Follow(sheet.Sheet{}, []string{c.line}).Numbers; got != c.want {
			t.Errorf("Follow(%q) = %q, want %q", c.line, got, c.want)
		}
		if c.want == "" {
			continue
		}
		for _, model := range []bool{false, true} {
			if got := codes(wording.Notes([]string{c.line}, model)); got != "" {
				t.Errorf("Notes(%q, %v) = %q", c.line, model, got)
			}
		}
		for _, style := range [][]string{{"in English", c.line}, {"한국어로", c.line}} {
			if got, want := wording.ParseStyle(style), wording.ParseStyle(style[:1]); got != want {
				t.Errorf("ParseStyle(%q) = %+v, want %+v", style, got, want)
			}
		}
	}
	both := []string{"숫자는 한글로", "아라비아 숫자로 써줘"}
	if got := wording.Follow(sheet.Sheet{}, both).Numbers; got != "digits" {
		t.Errorf("Follow(%q) = %q", both, got)
	}
	if got := wording.Follow(sheet.Sheet{Numbers: "words"}, []string{"공손하게"}).Numbers; got != "words" {
		t.Errorf("a style without a wish: %q", got)
	}
}

// Built-in lines of all styles honour a wish for numbers in words.
func TestCaption_in_words(t *testing.T) {
	t.Parallel()
	w, err := wording.New(wording.Config{})
	if err != nil {
		t.Fatal(err)
	}
	things := people(2, thing("bottle", 5), thing("chair", 1))
	for _, tone := range []string{"공손하게", "반말로", "짧게", "짧게 반말로", "숫자만", "자세히"} {
		for line, want := range map[string][3]string{
			"숫자는 한글로 써줘":            {"두 명", "다섯 개", "명"},
			"영어로\nnumbers in words": {"wo people", "five bottles", "people"},
		} {
			custom := append(strings.Split(line, "\n"), tone)
			for n, in := range []pipeline.CaptionInput{people(2), things, after(people(1), things), people(0), after(people(0), people(0, thing("bottle", 5)))} {
				in.Custom = custom
				got, err := w.Caption(t.Context(), in)
				for at := range 2 {
					if n < 3 && (at == 0 || n > 0) && !strings.Contains(strings.ToLower(got.Text), want[at]) {
						t.Errorf("%q, %d: %q has no %q", custom, n, got.Text, want[at])
					}
				}
				if err != nil || strings.ContainsAny(got.Text+got.Headline, "0123456789") {
					t.Errorf("%q, %d: %q, %q, %v", custom, n, got.Text, got.Headline, err)
				}
			}
		}
	}
}

func TestSummary_and_Preview_in_words(t *testing.T) {
	t.Parallel()
	w, err := wording.New(wording.Config{})
	if err != nil {
		t.Fatal(err)
	}
	custom := []string{"숫자는 한글로"}
	got, _, err := w.Preview(t.Context(), []briefing.PreviewInput{{Facts: people(3).Facts, Custom: custom}})
	if err != nil || !strings.Contains(got[0], "세 명") {
		t.Errorf("%q, %v", got, err)
	}
}
