package describe

import "strings"

// predicate is a Korean verb or adjective as words/ko.txt has it.
type predicate struct {
	kind       class
	stem       string
	infinitive string // the form in 아 or 어
	before     string // the form before a noun; empty: the regular one
}

// Endings of forms that describe or ask. None orders or proposes, and none is of the past.
var (
	stemEndings = strings.Fields("고 지만 네요 지 게 거나 구요 고요")
	verbEndings = strings.Fields("는 는데 는지 나요")
	// afterConsonant follow a stem with a final, and afterVowel one without.
	afterConsonant = strings.Fields("습니다 으며 음 다 은데 습니까 을까요 은가요 은지 어서 는다")
)

// forms returns the forms of a predicate, and those of 있다 and 보이다 that are written behind it
// without a blank.
func (p predicate) forms() []string {
	var list []string
	add := func(stem string, endings ...string) {
		for _, e := range endings {
			list = append(list, stem+e)
		}
	}
	add(p.stem, stemEndings...)
	if p.kind != adjective {
		add(p.stem, verbEndings...)
	}
	if finalOf(p.stem) == noFinal {
		add(p.stem, "며", "다")
		add(withFinal(p.stem, finalB), "니다", "니까")
		add(withFinal(p.stem, finalN), "", "다", "데", "지", "가요")
		add(withFinal(p.stem, finalM), "")
		add(withFinal(p.stem, finalR), "까요")
	} else {
		add(p.stem, afterConsonant...)
	}
	if p.before != "" {
		add(p.before, "", "데", "지", "가요")
	} else if finalOf(p.stem) != noFinal {
		add(p.stem, "은", "는")
	}
	add(p.infinitive, "", "요", "서")
	if long, ok := strings.CutSuffix(p.infinitive, "돼"); ok {
		add(long+"되어", "", "서")
	}
	return list
}
