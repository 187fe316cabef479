package sheet

import (
	"slices"
	"testing"
)

func TestVerb_forms(t *testing.T) {
	t.Parallel()
	endings := []string{"-네요", "~요", "ㅂ니다/습니다", "v:-는군요", "h:세요", "ㅁ/음", "니/으니", "ㄴ/은"}
	for _, test := range []struct {
		verb verb
		want []string
	}{
		{verb{"보이", "보여", 'v', ""}, []string{"보이네요", "보여요", "보입니다", "보이는군요", "보임", "보이니", "보인"}},
		{verb{"있", "있어", 'e', ""}, []string{"있네요", "있어요", "있습니다", "있음", "있으니", "있은"}},
		{verb{"보이", "보여", 'v', ""}.past(), []string{"보였네요", "보였어요", "보였습니다", "보였음", "보였으니", "보였은"}},
		{verb{"계시", "계셔", 'v', ""}, []string{"계시네요", "계셔요", "계십니다", "계시는군요", "계세요", "계심", "계시니", "계신"}},
		{verb{"어둡", "어두워", 'a', "어두우"}, []string{"어둡네요", "어두워요", "어둡습니다", "어두움", "어두우니", "어두운"}},
		{verb{"늘", "늘어", 'v', ""}, []string{"느네요", "늘어요", "늡니다", "느는군요", "늠", "느니", "는"}},
	} {
		if got := test.verb.forms(endings); !slices.Equal(got, test.want) {
			t.Errorf("forms of %s = %v, want %v", test.verb.stem, got, test.want)
		}
	}
}

func TestVerb_full(t *testing.T) {
	t.Parallel()
	for stem, infinitive := range map[string][2]string{
		"하": {"해", "하여"}, "보이": {"보여", "보이어"}, "되": {"돼", "되어"}, "주": {"줘", "주어"}, "오": {"와", ""},
		"있": {"있어", ""}, "나가": {"나가", ""},
	} {
		full, ok := verb{stem: stem, infinitive: infinitive[0], kind: 'v'}.full()
		if ok != (infinitive[1] != "") || ok && full.infinitive != infinitive[1] {
			t.Errorf("full(%s) = %s, %v, want %s", stem, full.infinitive, ok, infinitive[1])
		}
	}
}

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
