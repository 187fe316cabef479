package wording_test

import (
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording"
)

func TestParseStyle(t *testing.T) {
	t.Parallel()
	const polite, brief = true, true
	ko, en := wording.Korean, wording.English
	tests := map[string]struct {
		lines []string
		want  wording.Style
	}{
		"nothing":               {nil, wording.Style{ko, polite, false, false}},
		"a_new_user":            {briefing.DefaultCustom(), wording.Style{ko, polite, brief, false}},
		"not_understood":        {[]string{"바다처럼 시원하게", "🙂", ""}, wording.Style{ko, polite, false, false}},
		"english":               {[]string{"영어로 말해줘"}, wording.Style{en, polite, false, false}},
		"in_english":            {[]string{"Please answer in English."}, wording.Style{en, polite, false, false}},
		"banmal":                {[]string{"반말로 해줘"}, wording.Style{ko, false, false, false}},
		"casual":                {[]string{"Keep it casual, in ENGLISH, and short"}, wording.Style{en, false, brief, false}},
		"informal_not_formal":   {[]string{"informal please"}, wording.Style{ko, false, false, false}},
		"short":                 {[]string{"짧게"}, wording.Style{ko, polite, brief, false}},
		"detail":                {[]string{"간단명료하게 말해줘", "자세히 말해줘"}, wording.Style{ko, polite, false, false}},
		"in_detail":             {[]string{"briefly", "in detail"}, wording.Style{ko, polite, false, false}},
		"later_lines_win":       {[]string{"영어로", "한국어로", "반말로", "공손하게"}, wording.Style{ko, polite, false, false}},
		"later_words_win":       {[]string{"한국어 아니 영어로"}, wording.Style{en, polite, false, false}},
		"not_english":           {[]string{"영어 말고 한국어로 해줘"}, wording.Style{ko, polite, false, false}},
		"not_korean":            {[]string{"한국어 말고 영어로"}, wording.Style{en, polite, false, false}},
		"no_banmal":             {[]string{"반말하지 마세요"}, wording.Style{ko, polite, false, false}},
		"no_banmal_at_all":      {[]string{"반말 금지"}, wording.Style{ko, polite, false, false}},
		"no_jondaetmal":         {[]string{"존댓말 쓰지 마"}, wording.Style{ko, false, false, false}},
		"not_too_long":          {[]string{"너무 길지 않게"}, wording.Style{ko, polite, brief, false}},
		"not_too_long_english":  {[]string{"not too long please"}, wording.Style{ko, polite, brief, false}},
		"dont_be_formal":        {[]string{"Don't be so formal"}, wording.Style{ko, false, false, false}},
		"typographic":           {[]string{"Don’t be formal"}, wording.Style{ko, false, false, false}},
		"never_banmal":          {[]string{"반말은 절대 사용하지 마세요"}, wording.Style{ko, polite, false, false}},
		"never_english":         {[]string{"영어는 되도록 사용하지 말아 주세요"}, wording.Style{ko, polite, false, false}},
		"please_not_long":       {[]string{"제발 길게는 절대로 쓰지 마"}, wording.Style{ko, polite, brief, false}},
		"banmal_must_not_be":    {[]string{"반말은 안 돼요"}, wording.Style{ko, polite, false, false}},
		"english_must_not_be":   {[]string{"영어로 쓰면 안 됩니다"}, wording.Style{ko, polite, false, false}},
		"must_not_be_long":      {[]string{"길면 안 돼"}, wording.Style{ko, polite, brief, false}},
		"no_banmal_please":      {[]string{"반말 안 했으면 좋겠어"}, wording.Style{ko, polite, false, false}},
		"no_negation_after_it":  {[]string{"반말로, 영어는 절대 쓰지 마"}, wording.Style{ko, false, false, false}},
		"not_negated_elsewhere": {[]string{"말이 많지 않게, 영어로"}, wording.Style{en, polite, false, false}},
		"decomposed_hangul":     {[]string{"영어로"}, wording.Style{en, polite, false, false}},
		"separator_of_lines":    {[]string{"한\u2028줄로", "don't be\u2029formal"}, wording.Style{ko, false, brief, false}},
		"bidirectional":         {[]string{"반\u202e말로"}, wording.Style{ko, false, false, false}},
		"control":               {[]string{"한\u0085줄로"}, wording.Style{ko, polite, brief, false}},
		"figures":               {[]string{"숫자만"}, wording.Style{ko, polite, brief, true}},
		"figures_as_numbers":    {[]string{"영어로 숫자로만 알려줘"}, wording.Style{en, polite, brief, true}},
		"figures_english":       {[]string{"in English, numbers only"}, wording.Style{en, polite, brief, true}},
		"figures_only":          {[]string{"figures only please"}, wording.Style{ko, polite, brief, true}},
		"just_the_numbers":      {[]string{"Just the numbers"}, wording.Style{ko, polite, brief, true}},
		"no_figures":            {[]string{"숫자만 말하지 말고"}, wording.Style{ko, polite, false, false}},
		"not_only_numbers":      {[]string{"not only numbers"}, wording.Style{ko, polite, false, false}},
		"figures_then_detail":   {[]string{"숫자만", "자세히"}, wording.Style{ko, polite, false, false}},
		"figures_and_short":     {[]string{"숫자만", "짧게"}, wording.Style{ko, polite, brief, true}},
		"a_number_is_no_figure": {[]string{"숫자는 한글로 써줘"}, wording.Style{ko, polite, false, false}},
		"banmal_is_disliked":    {[]string{"반말은 싫어요"}, wording.Style{ko, polite, false, false}},
		"korean_or_japanese":    {[]string{"한국어나 일본어로"}, wording.Style{ko, polite, false, false}},
		"japanese_not_korean":   {[]string{"한국어 말고 일본어로"}, wording.Style{en, polite, false, false}},
		"japanese":              {[]string{"일본어로"}, wording.Style{en, polite, false, false}},
		"japanese_then_korean":  {[]string{"일본어로", "한국어로"}, wording.Style{ko, polite, false, false}},
		"not_japanese":          {[]string{"일본어 말고 한국어로"}, wording.Style{ko, polite, false, false}},
		"no_japanese":           {[]string{"일본어는 쓰지 마"}, wording.Style{ko, polite, false, false}},
		"in_french":             {[]string{"In French please"}, wording.Style{en, polite, false, false}},
		"not_in_french":         {[]string{"not in French"}, wording.Style{ko, polite, false, false}},
		"a_shop_for_tyres":      {[]string{"타이어 가게처럼"}, wording.Style{ko, polite, false, false}},
		"spanish_customers":     {[]string{"be kind to Spanish customers"}, wording.Style{ko, polite, false, false}},
		"all_in_one":            {[]string{"영어로, 반말로, 짧게"}, wording.Style{en, false, brief, false}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := wording.ParseStyle(tt.lines); got != tt.want {
				t.Errorf("ParseStyle(%q) = %+v, want %+v", tt.lines, got, tt.want)
			}
		})
	}
}

func FuzzParseStyle(f *testing.F) {
	f.Add("영어로 짧게")
	f.Add("don't \xff be formal")
	f.Fuzz(func(t *testing.T, line string) {
		if s := wording.ParseStyle([]string{line, "한국어로"}); s.Language != wording.Korean {
			t.Errorf("ParseStyle(%q, 한국어로) = %+v: the later line must win", line, s)
		}
	})
}
