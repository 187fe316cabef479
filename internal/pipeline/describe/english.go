package describe

import (
	"slices"
	"strings"
)

// Phrases that are one thing, or two words.
var phrases = strings.NewReplacer(
	"shopping basket", "basket", "shopping cart", "cart", "shopping bag", "bag", "price tag", "tag",
	"cash register", "register", "fire extinguisher", "extinguisher", "fire exit", "exit", "fire door", "door",
	"smoke detector", "sensor", "smoke alarm", "sensor", "fire alarm", "sensor", "’", "'",
	"there's", "there is", "it's", "it is", "isn't", "is not", "aren't", "are not",
)

// Lists of English words that the rules need.
var (
	articles     = strings.Fields("a an the this that these those all it")
	particles    = strings.Fields("up out off on down")
	conjunctions = strings.Fields("and or but so to now not just only also")
	prepositions = strings.Fields("in on at to from by near next beside behind above below under over " +
		"underneath beneath between along across around against into onto through toward towards " +
		"among inside outside with without off up down for except throughout within beyond alongside " +
		"atop amid via")
	commands  = strings.Fields("fan lock display mop sweep wipe box bag book label stack pile tape wrap place rest use stock close")
	weather   = strings.Fields("raining snowing dark bright sunny cloudy rainy snowy foggy overcast windy light clear")
	postures  = strings.Fields("standing sitting leaning lying holding looking resting facing coming working running rolling sliding")
	existence = strings.Fields("is are was were")
	starters  = strings.Fields("is are was were does do has have can could")
)

// judgeEnglish returns the rule that an English sentence breaks, or "".
func judgeEnglish(sentence string, question bool) string {
	words := englishWordsOf(sentence)
	if question != strings.HasSuffix(sentence, "?") || len(words) == 0 {
		return RuleQuestion
	}
	if question {
		if !slices.Contains(starters, words[0].text) || len(words) < 3 {
			return RuleQuestion
		}
		words = words[1:]
		words[0].of &^= order
	}
	for i, w := range words {
		if w.of == 0 {
			return RuleWord
		}
		if isCommand(words, i) {
			return RuleOrder
		}
		if isDuty(words, i) {
			return RuleOrder
		}
		if slices.Contains(postures, w.text) && i > 0 && (isBreak(words[i-1]) || isMirrored(words[:i])) ||
			isCrowd(words, i) {
			return RuleSubject
		}
	}
	if !hasEnglishSubject(words, question) {
		return RuleSubject
	}
	if !keepsEnglishPlaces(words) {
		return RulePlace
	}
	return ""
}

// englishWordsOf returns the words of a sentence in lower case. Commas are words of their own.
func englishWordsOf(sentence string) []word {
	v := english()
	var words []word
	for _, text := range strings.Fields(phrases.Replace(strings.ToLower(sentence))) {
		trimmed := strings.TrimRight(text, ".,!?;…")
		of := v[trimmed]
		if left, right, found := strings.Cut(trimmed, "-"); found && of == 0 && v[left] != 0 {
			of = v[right]
		}
		words = append(words, word{trimmed, of})
		if strings.HasSuffix(text, ",") || strings.HasSuffix(text, ";") {
			words = append(words, word{",", other})
		}
	}
	return words
}

// isCommand reports whether the word at i tells somebody to do something.
func isCommand(words []word, i int) bool {
	w := words[i]
	if !w.is(order) || i+1 >= len(words) {
		return w.is(order) && i == 0 && len(words) > 1
	}
	next := words[i+1]
	first := i == 0 || slices.Contains(conjunctions, words[i-1].text) || words[i-1].text == ","
	switch {
	case w.text == "close" && next.text != "to" && next.text != "together":
		return true
	case w.text == "lock" && i == 0, w.text == "use", w.text == "order" && first:
		return true
	case slices.Contains(articles, next.text):
		return first || !w.is(finite)
	case slices.Contains(particles, next.text) && first, next.text == "at" && first:
		return true
	}
	return first && i == 0 && slices.Contains(commands, w.text) && next.is(nouns)
}

// isDuty reports whether the word at i says what can or is to be done, which is advice. What can be
// seen and what seems to be so is none.
func isDuty(words []word, i int) bool {
	behind := func(n int, text ...string) bool {
		return i+n < 0 || i+n >= len(words) || !slices.Contains(text, words[i+n].text)
	}
	switch words[i].text {
	case "can", "could":
		return behind(1, "be") || behind(2, "seen")
	case "to":
		return !behind(1, "be") && behind(-1, "seem", "seems", "appear", "appears")
	}
	return false
}

// isMirrored reports whether words speak of a reflection. A reflection does not stand or sit, but
// somebody who is reflected does.
func isMirrored(words []word) bool {
	return slices.ContainsFunc(words, func(w word) bool { return strings.HasPrefix(w.text, "reflection") })
}

// isCrowd reports whether the word at i stands for a noun that is not named, as in "the shop has
// some inside". That may be people.
func isCrowd(words []word, i int) bool {
	if !slices.Contains([]string{"some", "most", "all", "any", "each"}, words[i].text) {
		return false
	}
	if i+1 == len(words) {
		return true
	}
	next := words[i+1].text
	held := i > 0 && isFinite(words[i-1]) && !slices.Contains(existence, words[i-1].text)
	return next == "," || held && next != "of" &&
		(headOf(words[i+1:]) < 0 || slices.Contains(prepositions, next))
}

// isFinite reports whether a word makes a sentence. What may be a noun counts as one.
func isFinite(w word) bool { return w.is(finite) && !w.is(nouns) }

// hasEnglishSubject reports whether each verb has a thing as its subject.
func hasEnglishSubject(words []word, question bool) bool {
	start, found := 0, false
	for i, w := range words {
		if !isFinite(w) {
			continue
		}
		if !isSubject(words, start, i) && !(found && shares(words, i)) {
			return false
		}
		start, found = i+1, true
	}
	if found {
		return true
	}
	if question && words[0].text == "there" {
		return headOf(words[1:]) >= 0
	}
	if question && words[0].text == "it" {
		return isWeather(words[1:])
	}
	at := headOf(words)
	return at >= 0 && len(words) > 2 && !(strings.HasSuffix(words[0].text, "ing") && !words[0].is(nouns))
}

// shares reports whether the verb at i has the subject of an earlier one.
func shares(words []word, i int) bool {
	return i > 0 && slices.Contains([]string{"and", "but", "or", "which", "that", "not", ","}, words[i-1].text)
}

// isSubject reports whether the words from start up to the verb at i name its subject, or those
// behind it, as in "there is a box" and "by the door stands a box". A clause may begin within them.
func isSubject(words []word, start, i int) bool {
	if namesSubject(words, start, i) {
		return true
	}
	for at := start; start > 0 && at < i-1; at++ {
		if isBreak(words[at]) && namesSubject(words, at+1, i) {
			return true
		}
	}
	return false
}

// namesSubject is isSubject for one clause.
func namesSubject(words []word, start, i int) bool {
	segment := words[start:i]
	for len(segment) > 0 && (isBreak(segment[0]) || segment[0].text == "as" ||
		segment[0].is(other) && !segment[0].is(nouns) && !isFunction(segment[0])) {
		segment = segment[1:]
	}
	if len(segment) == 0 {
		return false
	}
	behind := headOf(existing(words[i+1:])) >= 0
	switch first := segment[0].text; {
	case first == "there", slices.Contains(prepositions, first) && start == 0:
		if at := slices.IndexFunc(segment, func(w word) bool { return w.text == "," }); at >= 0 {
			rest := segment[at+1:]
			return headOf(rest) >= 0 ||
				behind && slices.ContainsFunc(rest, func(w word) bool { return w.text == "there" })
		}
		return behind
	case first == "it":
		return len(segment) == 1 && isWeather(words[i+1:])
	}
	return headOf(segment) >= 0
}

// isBreak reports whether a clause may begin behind a word.
func isBreak(w word) bool { return slices.Contains([]string{",", "and", "but", "while"}, w.text) }

// existing returns words without "to be" before them, as in "there seems to be".
func existing(words []word) []word {
	if len(words) > 2 && words[0].text == "to" && words[1].text == "be" {
		return words[2:]
	}
	return words
}

// isFunction reports whether a word is one that builds sentences.
func isFunction(w word) bool {
	return slices.Contains(prepositions, w.text) || slices.Contains(articles, w.text) ||
		slices.Contains([]string{"there", "some", "most", "no", "of"}, w.text)
}

// isWeather reports whether words speak of the weather or the light.
func isWeather(words []word) bool {
	return slices.ContainsFunc(words[:min(3, len(words))], func(w word) bool {
		return slices.Contains(weather, w.text)
	})
}

// headOf returns the place of the noun that words speak of, or -1: the last one of the first nouns,
// before a preposition. A part counts only behind the thing that it belongs to.
func headOf(words []word) int {
	at := -1
	for i, w := range words {
		switch {
		case w.is(nouns) && !isAdjective(words, i):
			at = i
			if i+1 < len(words) && words[i+1].text == "of" {
				continue
			}
			if i+1 == len(words) || !words[i+1].is(nouns) {
				if w.is(part) && !w.is(things|place|way) && !followsThing(words[:i]) {
					return -1
				}
				return at
			}
		case slices.Contains(prepositions, w.text), isFinite(w):
			return -1
		}
	}
	return -1
}

// isAdjective reports whether the noun at i stands before another one as an adjective.
func isAdjective(words []word, i int) bool {
	return words[i].is(part) && words[i].is(other) && i+1 < len(words) && words[i+1].is(nouns)
}

// followsThing reports whether words have a thing.
func followsThing(words []word) bool {
	return slices.ContainsFunc(words, func(w word) bool { return w.is(things | place | way) })
}

// English words that say that something is empty, full, open or closed.
var (
	emptyWords  = strings.Fields("empty bare unstocked")
	fullWords   = strings.Fields("full filled packed crammed jammed")
	openedWords = strings.Fields("open closed shut locked unlocked clear unobstructed")
)

// keepsEnglishPlaces reports whether only what may be empty, full, open or closed is said to be so.
func keepsEnglishPlaces(words []word) bool {
	for i, w := range words {
		of := described(words, i)
		switch {
		case slices.Contains(emptyWords, w.text) && (of&container == 0 || joined(words[:i], container)),
			slices.Contains(fullWords, w.text) &&
				(of&(container|goods) == 0 || joined(words[:i], container|goods)),
			slices.Contains(openedWords, w.text) && of&place != 0 && of&(things|way) == 0:
			return false
		}
	}
	return true
}

// joined reports whether the last clause of words has a noun that is not of the classes before
// "and" or "or", as in "the shop and the shelves are".
func joined(words []word, of class) bool {
	verbs := 0
	for i := len(words) - 1; i > 0 && verbs < 2; i-- {
		if isFinite(words[i]) {
			verbs++
		}
		if verbs == 1 && slices.Contains([]string{"and", "or"}, words[i].text) &&
			words[i-1].is(nouns) && !words[i-1].is(of) {
			return true
		}
	}
	return false
}

// described returns the classes of the noun that the word at i describes: the nouns right behind
// it, or else the head of what is before it.
func described(words []word, i int) class {
	last := -1
	for at := i + 1; at < len(words) && (words[at].is(nouns) || last < 0 && isPlain(words[at])); at++ {
		if words[at].is(nouns) {
			last = at
		}
	}
	if last >= 0 {
		return words[last].of
	}
	start := 0
	for at := i - 1; at >= 0; at-- {
		if isBreak(words[at]) && headOf(words[at+1:i]) >= 0 {
			start = at + 1
			break
		}
	}
	if words[start].text == "there" || slices.Contains(prepositions, words[start].text) {
		return 0
	}
	if at := headOf(words[start:i]); at >= 0 {
		return words[start+at].of
	}
	return 0
}

// isPlain reports whether a word may stand between an adjective and its noun.
func isPlain(w word) bool {
	return w.of == other && !isFunction(w) &&
		!slices.Contains([]string{",", "and", "or", "but"}, w.text)
}
