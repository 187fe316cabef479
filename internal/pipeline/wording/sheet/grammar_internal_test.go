package sheet

import "testing"

// small is a grammar that has each kind of statement and expression.
const small = `
verb 있 있어 e
verb 보이 보여 v
ends FIN ~요 ㅂ니다/습니다
  -네요 # continued
LINE = (보스 +,?)* CORE +.? (_🙂)?
HEADLINE = CORE
SAY(V) = V/FIN | HEDGE(V/FIN 듯)
key some = (지금 | 여기+에?)* {people}+(이 | 은)? SAY(있 보이) | BEFOREWORD(사장) {people}
key nobody = 안 _보이^/FIN
lead nobody = 그냥
key head_some = \+ +{people}
key head_nobody = 어\? | 이 \(\*\|\_\)
key head_unknown = (형 AHEAD(지금? 매장))? (지금? 매장이)? 비었음
`

func TestGrammar(t *testing.T) {
	t.Parallel()
	c := compileText(small)
	if c.err != nil {
		t.Fatal(c.err)
	}
	for _, test := range []struct {
		key    Key
		line   string
		hedges bool
		want   bool
	}{
		{Some, "{people} 있어요", true, true},
		{Some, "보스, 지금 여기에 {people}이 보입니다.", true, true},
		{Some, "보스 보스 {people}이 보이네요🙂", true, true},
		{Some, "보스 {people}이 보이네요 🙂", true, true},
		{Some, "{people} 이 있어요", true, false},
		{Some, "{people}있어요", true, false},
		{Some, "사장 {people}", true, false},
		{Some, "{people} 있어요 듯", true, true},
		{Some, "{people} 있어요 듯", false, false},
		{Some, "", true, false},
		{Nobody, "안 보였어요", true, true},
		{Nobody, "그냥 안보였네요.", true, true},
		{Nobody, "안 보여요", true, false},
		{HeadSome, "+{people}", true, true},
		{HeadSome, "+{people}.", true, false},
		{HeadNobody, "어?", true, true},
		{HeadNobody, "어", true, false},
		{HeadNobody, "이 (*|_)", true, true},
		{HeadNobody, "이 *|_", true, false},
		{HeadUnknown, "형 지금 매장이 비었음", true, true},
		{HeadUnknown, "형 매장이 비었음", true, true},
		{HeadUnknown, "형 비었음", true, false},
		{HeadUnknown, "비었음", true, true},
	} {
		m := matcher{text: []rune(" " + inner(test.line)), hedges: test.hedges}
		got := c.keys[test.key].match(&m, at(0), blank).has(len(m.text))
		if got != test.want {
			t.Errorf("%s: %q matches: %v, want %v", test.key, test.line, got, test.want)
		}
	}
}

func TestGrammar_names_the_fault_of_a_file(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"verb 있", "ends FIN", "LINE", "LINE = A\nLINE = B", "LINE = CORE\nkey some = NONE",
		"LINE = CORE\nkey some = (a", "LINE = CORE\nkey some = a )", "LINE = CORE\nkey some = a |",
		"LINE = CORE\nA = B\nB = A\nkey some = A", "LINE = CORE\nkey some = 있/FIN",
		"verb 있 있어 e\nLINE = CORE\nkey some = 있/FIN", "LINE = CORE\nkey some = a\\!", "LINE = CORE\nA(V) = a\nkey some = A",
	} {
		if c := compileText(text); c.err == nil {
			t.Errorf("compileText(%q) has no error", text)
		}
	}
}
