package describe

import (
	_ "embed" // the lists of words
	"strings"
	"sync"

	"bis/internal/pipeline/wording/hangul"
)

// class is the class of a word. A word may have several.
type class uint32

// The classes, as the lists of words name them.
const (
	thing class = 1 << iota
	container
	goods
	place
	way
	part
	sky
	other
	finite // of English
	order  // of English
	verb
	needing // a verb that needs a thing as its subject
	adjective

	// Marks of a Korean word with a particle or an ending.
	subject // a noun with 이, 가, 은, 는, 도 or 만
	object  // a noun with 을 or 를
	within  // a noun with 에, 에서, 로 and the like
	copula  // a noun with 이다
	asking  // a form that asks
	bare    // a noun by itself

	// Marks of a Korean verb.
	emptying // 비다
	filling  // 차다
	opening  // 열리다, and its opposite
)

// states has the marks of verbs by their stems.
var states = map[string]class{
	"비": emptying, "비워지": emptying, "차": filling, "채워지": filling, "열리": opening, "닫히": opening,
	"잠기": opening, "잠겨지": opening, "개방되": opening,
}

// things are the classes of nouns that may be said to be somewhere.
const things = thing | container | goods | sky

// nouns are the classes of nouns.
const nouns = things | place | way | part

// classes are the classes by their names in the lists.
var classes = map[string]class{
	"thing": thing, "container": container, "goods": goods, "place": place, "way": way,
	"part": part, "sky": sky, "adverb": other, "other": other, "finite": finite, "order": order,
	"v": verb, "x": needing, "a": adjective,
}

//go:embed words/ko.txt
var koreanWords string

//go:embed words/en.txt
var englishWords string

// lines calls f for each line of a list that has words.
func lines(list string, f func(of class, words []string)) {
	for line := range strings.Lines(list) {
		if words := strings.Fields(line); len(words) > 1 && words[0] != "#" {
			f(classes[words[0]], words[1:])
		}
	}
}

// vocabulary has the classes of each form of a word.
type vocabulary map[string]class

// korean returns the Korean forms, by the word without blanks.
var korean = sync.OnceValue(func() vocabulary {
	v := vocabulary{}
	var auxiliaries []string    // of 있다, which may follow another predicate without a blank
	marks := map[string]class{} // of infinitives
	lines(koreanWords, func(of class, words []string) {
		switch {
		case of == other:
			for _, w := range words {
				v[w] |= other
			}
		case of&(verb|needing|adjective) != 0:
			forms, both := formsOf(of, words[0], words[1])
			mark := of | states[words[0]]
			for _, form := range forms {
				v[form] |= mark | asks(form)
			}
			if words[0] == "있" {
				auxiliaries = forms
			}
			if of == verb {
				for _, infinitive := range both {
					marks[infinitive] |= mark
				}
			}
		default:
			for _, w := range words {
				v.noun(w, of)
			}
		}
	})
	for infinitive, mark := range marks {
		for _, auxiliary := range auxiliaries {
			v[infinitive+auxiliary] |= mark | asks(auxiliary)
		}
	}
	for _, w := range []string{"분", "돈"} { // of 불다 and 돌다, but also a person and money
		delete(v, w)
	}
	for _, w := range []string{"중", "채", "채로", "중이며", "중이고", "중인", "듯", "듯이"} {
		v[w] |= part
	}
	for _, w := range []string{"중입니다", "중이에요", "중임", "편입니다", "편이에요", "편임"} {
		v[w] |= part | copula
	}
	return v
})

// asks returns asking for a form that asks.
func asks(form string) class {
	for _, end := range []string{"나요", "까요", "가요", "니까"} {
		if strings.HasSuffix(form, end) {
			return asking
		}
	}
	return 0
}

// noun adds a noun with its particles. A thing may have 들, and goods 류.
func (v vocabulary) noun(word string, of class) {
	v.particles(word, of)
	if of&(thing|container|goods) != 0 {
		v.particles(word+"들", of)
	}
	if of&goods != 0 {
		v.particles(word+"류", of)
	}
}

// particles adds the forms of a noun.
func (v vocabulary) particles(word string, of class) {
	add := func(mark class, particles ...string) {
		for _, p := range particles {
			v[word+p] |= of | mark
		}
	}
	final := hangul.Final(hangul.Last(word))
	add(bare, "")
	add(0, "의", "마다", "까지", "부터")
	add(subject, "도", "만")
	v.placed(word, of)
	if final == hangul.None {
		add(subject, "가", "는")
		add(object, "를")
		add(0, "와", "랑")
		add(within, "로", "로는")
		add(copula, "입니다", "예요", "이에요", "네요", "인", "임", "이며", "이고")
		add(copula|asking, "인가요", "일까요", "입니까")
		return
	}
	add(subject, "이", "은")
	add(object, "을")
	add(0, "과", "이랑")
	if final == hangul.R {
		add(within, "로", "로는")
	} else {
		add(within, "으로", "으로는")
	}
	add(copula, "입니다", "이에요", "이네요", "인", "임", "이며", "이고")
	add(copula|asking, "인가요", "일까요", "입니까")
}

// placed adds the forms of a noun that say where. They are no subjects.
func (v vocabulary) placed(word string, of class) {
	for _, p := range []string{"에", "에서", "에는", "에도", "에만", "에서는", "에서도"} {
		v[word+p] = v[word+p]&^subject | of | within
	}
}

// english returns the English words, in lower case.
var english = sync.OnceValue(func() vocabulary {
	v := vocabulary{}
	lines(englishWords, func(of class, words []string) {
		for _, w := range words {
			v[w] |= of
			if of&nouns != 0 {
				v[plural(w)] |= of
			}
		}
	})
	return v
})

// plural returns the regular plural of a noun.
func plural(noun string) string {
	switch {
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "ch"),
		strings.HasSuffix(noun, "sh"):
		return noun + "es"
	case strings.HasSuffix(noun, "f"):
		return strings.TrimSuffix(noun, "f") + "ves"
	case strings.HasSuffix(noun, "y") && !strings.ContainsAny(noun[len(noun)-2:len(noun)-1], "aeiou"):
		return strings.TrimSuffix(noun, "y") + "ies"
	}
	return noun + "s"
}
