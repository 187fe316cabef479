package describe

import (
	"slices"
	"strings"

	"bis/internal/pipeline/wording/hangul"
)

// word is a word of a sentence.
type word struct {
	text string
	of   class
}

// is reports whether the word has one of the classes.
func (w word) is(of class) bool { return w.of&of != 0 }

// starts reports whether the word starts with one of the prefixes.
func (w word) starts(prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(w.text, p) })
}

// seeing are phrases that say that something is seen. Their object is what is there.
var seeing = strings.NewReplacer(
	"손 소독", "손소독",
	"을 볼 수 있", "이 보이고 있", "를 볼 수 있", "가 보이고 있", "을 확인할 수 있", "이 보이고 있",
	"를 확인할 수 있", "가 보이고 있", "볼 수 있", "보이고 있", "확인할 수 있", "보이고 있",
)

// checking are the ends of a question that names what to check.
var checking = []string{"확인하기", "살펴보기", "점검하기"}

// judgeKorean returns the rule that a Korean sentence breaks, or "".
func judgeKorean(sentence string, question bool) string {
	words := koreanWordsOf(seeing.Replace(sentence))
	if len(words) < 2 {
		return RuleWord
	}
	last := &words[len(words)-1]
	ends := slices.Contains(checking, last.text)
	if question && ends {
		last.of = asking | verb
	}
	for i, w := range words {
		switch {
		case w.of == 0:
			return RuleWord
		case w.is(asking) && (!question || i < len(words)-1):
			return RuleQuestion
		}
	}
	if question != (last.is(asking) || strings.HasSuffix(sentence, "?")) || question && !last.is(asking) {
		return RuleQuestion
	}
	if !hasCompany(words) {
		return RuleWord
	}
	if !keepsPlaces(words) {
		return RulePlace
	}
	for i, w := range words {
		if w.starts("중") && w.is(part) && isDuring(w) && (i == 0 || !slices.Contains(works, words[i-1].text)) {
			return RuleSubject
		}
	}
	switch {
	case isWorked(words):
		return RulePerson
	case isRequest(words):
		return RuleOrder
	}
	if question && ends {
		words = words[:len(words)-1]
	}
	if !hasSubject(words) || hasFigure(words) {
		return RuleSubject
	}
	return ""
}

// koreanWordsOf returns the words of a sentence. A word of no list has no class.
func koreanWordsOf(sentence string) []word {
	var words []word
	for _, text := range strings.Fields(sentence) {
		text = strings.TrimRight(text, ".,!?;…")
		words = append(words, word{text, koreanClass(text)})
	}
	return words
}

// koreanClass returns the classes of a word, or 0. A noun may be written together with the one
// before it.
func koreanClass(text string) class {
	v := korean()
	if of := v[text]; of != 0 {
		return of
	}
	runes := []rune(text)
	for i := 2; i+2 <= len(runes); i++ {
		left, right := v[string(runes[:i])], v[string(runes[i:])]
		if left&bare != 0 && right&nouns != 0 {
			return right
		}
	}
	return 0
}

// company has words that mean something else without another one: 눈 may be an eye, and 불 a fire.
var company = []struct {
	word string
	with []string
}{
	{"눈", []string{"내리", "내려", "내린", "내립", "쌓", "녹", "옵", "와", "왔", "오", "그치", "그쳐", "그쳤", "덮"}},
	{"비", []string{"내리", "내려", "내린", "내립", "옵", "와", "왔", "오", "그치", "그쳐", "그쳤"}},
	{"불", []string{"켜", "꺼", "밝", "들어오", "들어와", "비치", "환하", "어둡", "어두"}},
}

// hasCompany reports whether each word of company has one of its other words behind it.
func hasCompany(words []word) bool {
	for _, c := range company {
		for i, w := range words {
			if w.is(sky) && w.starts(c.word) && len([]rune(w.text)) <= 2 &&
				!slices.ContainsFunc(words[i+1:], func(w word) bool { return w.starts(c.with...) }) {
				return false
			}
		}
	}
	return true
}

// Beginnings of words that say that something is empty, full, open or closed.
var (
	empty  = []string{"비어", "비었", "빈", "텅", "비워", "비고", "비며", "빕"}
	full   = []string{"가득", "꽉", "빼곡", "빽빽", "찼", "찬", "찹", "차고", "채워"}
	opened = []string{"열려", "열렸", "열린", "열리", "열립", "닫혀", "닫혔", "닫힌", "닫히", "닫힙", "잠겨", "잠겼", "잠긴", "잠기", "개방"}
)

// keepsPlaces reports whether only what may be empty, full, open or closed is said to be so. That
// the shop is empty is a statement on people.
func keepsPlaces(words []word) bool {
	for i, w := range words {
		switch {
		case (w.starts(empty...) && !w.is(nouns) || means(words, i, emptying)) && !about(words, i, container):
			return false
		case (w.starts(full...) && !w.is(nouns) || isFilled(words, i) || means(words, i, filling)) &&
			!about(words, i, container|goods):
			return false
		case (w.starts(opened...) || w.is(opening)) && about(words, i, place) && !about(words, i, things|way):
			return false
		}
	}
	return true
}

// means reports whether the word at i is a verb with a mark. A form that may also be a noun, such
// as 비네요 (rain) and 차는 (a car), is the verb if a subject or a place stands before it.
func means(words []word, i int, mark class) bool {
	if !words[i].is(mark) || !words[i].is(nouns) {
		return words[i].is(mark)
	}
	for i--; i >= 0 && words[i].is(other) && !words[i].is(nouns); i-- {
	}
	return i >= 0 && (words[i].is(subject) || words[i].is(bare) && words[i].is(place))
}

// beside are parts that lie beside a thing and do not belong to it. The place in front of a shelf
// is not the shelf.
var beside = []string{"앞", "뒤", "옆", "주변", "근처", "사이", "쪽", "편", "너머", "맞은편", "건너편", "밑", "바로"}

// isFilled reports whether the word at i is the verb in 차 있다 (is full), and not the noun 차 (a car).
func isFilled(words []word, i int) bool {
	return words[i].text == "차" && i+1 < len(words) && words[i+1].starts("있")
}

// about reports whether the word at i is said of a noun of the classes: the next one, if it stands
// before a noun, or else the subject before it.
func about(words []word, i int, of class) bool {
	next := i + 1
	if next < len(words) && words[next].starts("있는") {
		next++
	}
	if isBeforeNoun(words[i].text) || next > i+1 {
		for ; next < len(words); next++ {
			if words[next].starts("공간") && i > 0 { // of a shelf
				break
			}
			if words[next].is(things | place | way) {
				return words[next].is(of)
			}
			if !words[next].is(other | part) {
				break
			}
		}
	}
	at := lastOf(words[:i], subject)
	if at < 0 {
		at = lastOf(words[:i], nouns)
	}
	for at >= 0 && words[at].is(part|other) && !words[at].is(things|place|way) {
		if words[at].starts(beside...) {
			return false
		}
		at--
	}
	return at >= 0 && words[at].is(of) && !joinsOther(words[:at], of)
}

// joinsOther reports whether words have a noun that is not of the classes and is joined with the
// next one, as in 매장과 선반.
func joinsOther(words []word, of class) bool {
	for i, w := range words {
		last := strings.HasSuffix(w.text, "와") || strings.HasSuffix(w.text, "과") || strings.HasSuffix(w.text, "랑")
		next := i+1 < len(words) && slices.Contains([]string{"및", "그리고", "또는"}, words[i+1].text)
		if w.is(nouns) && !w.is(of) && (last && !w.is(bare) || next) {
			return true
		}
	}
	return false
}

// isBeforeNoun reports whether a form stands before a noun.
func isBeforeNoun(text string) bool {
	if text == "빈" || text == "찬" {
		return true
	}
	runes := []rune(text)
	return len(runes) > 1 && hangul.Final(runes[len(runes)-1]) == hangul.N
}

// lastOf returns the place of the last word that has all classes, or one of the nouns, or -1.
func lastOf(words []word, of class) int {
	for i := len(words) - 1; i >= 0; i-- {
		if words[i].is(of) && words[i].is(nouns) {
			return i
		}
	}
	return -1
}

// hasSubject reports whether a sentence names what it speaks of. A sentence without a subject would
// speak of somebody.
func hasSubject(words []word) bool {
	var located, acted, bareThing, spoken bool
	for _, w := range words {
		noun := w.is(nouns)
		located = located || noun && w.is(within)
		acted = acted || noun && w.is(object)
		bareThing = bareThing || w.is(bare) && w.is(things)
		spoken = spoken || w.is(verb|needing|adjective|part)
	}
	for i, w := range words {
		if w.is(needing) && !isAuxiliary(words, i) && !hasThing(words, i) {
			return false
		}
	}
	if (acted || isAtWork(words)) && lastThing(words) < 0 {
		return false
	}
	if at := lastOf(words, subject); at >= 0 && (words[at].is(things|place|way) || at == 0 || words[at].is(part)) {
		return true
	}
	return !isLocation(words[len(words)-1]) && (bareThing || !located && spoken)
}

// works is what machines do, as in 작동 중. What else goes on is done by people.
var works = []string{"작동", "가동", "재생", "출력", "인쇄", "충전", "점등", "건조", "세탁"}

// isDuring reports whether a word is 중 with an ending.
func isDuring(w word) bool {
	return slices.Contains([]string{"중", "중이며", "중이고", "중입니다", "중이에요", "중임", "중인"}, w.text)
}

// isAtWork reports whether words say that something is at work.
func isAtWork(words []word) bool { return slices.ContainsFunc(words, isDuring) }

// isLocation reports whether a word is a whole statement on where something is.
func isLocation(w word) bool {
	return w.is(copula) && w.starts("앞", "뒤", "옆", "위", "아래", "밑", "속", "사이", "주변", "근처", "문앞", "입구", "매장", "가게", "안")
}

// isAuxiliary reports whether the verb at i goes with the predicate before it, as in 놓여 있다.
func isAuxiliary(words []word, i int) bool {
	if i == 0 || !words[i].starts("있", "없", "보이", "보여", "보임", "보입", "보였", "남") {
		return false
	}
	before := words[i-1]
	return before.is(verb|adjective|needing) && !before.is(bare) || before.starts("것으로", "것처럼", "듯")
}

// clause returns the place at which the clause of the verb at i begins: behind a verb that joins
// two.
func clause(words []word, i int) int {
	for at := i - 2; at > 0; at-- {
		w := words[at]
		joins := strings.HasSuffix(w.text, "고") || strings.HasSuffix(w.text, "며") || strings.HasSuffix(w.text, "지만")
		if joins && w.is(verb|needing|adjective) && !words[at+1].starts("있") {
			return at + 1
		}
	}
	return 0
}

// hasThing reports whether the verb at i has a thing as its subject.
func hasThing(words []word, i int) bool {
	for at := clause(words, i); at < i; at++ {
		w := words[at]
		switch {
		case w.is(subject) && w.is(things), w.is(bare) && w.is(things) && at == i-1:
			return true
		case w.is(subject) && w.is(part) && at > 0 && words[at-1].is(bare) && words[at-1].is(things):
			return true
		case w.is(subject) && w.is(place|way) && words[i].starts("보이", "보여", "보임", "보입"):
			return true
		}
	}
	if !isBeforeNoun(words[i].text) {
		return false
	}
	for _, w := range words[i+1:] { // 문 앞에 있는 상자
		if w.is(nouns) {
			return w.is(things)
		}
	}
	return false
}

// lastThing returns the place of the last thing that is a subject, or -1.
func lastThing(words []word) int {
	for i := len(words) - 1; i >= 0; i-- {
		if words[i].is(subject) && words[i].is(things) {
			return i
		}
	}
	return -1
}
