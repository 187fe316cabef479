package wording

import (
	"fmt"
	"strings"

	"bis/internal/briefing"
)

// english writes captions in English: whole sentences without contractions if polite, otherwise
// as in a message to a friend.
type english struct {
	style Style
	view
}

// caption returns the caption for the view's situation.
func (e english) caption() string {
	if e.situation <= cameraMoved {
		return e.camera()
	}
	switch e.situation {
	case lightChanged:
		return e.say(
			"The light has changed, so people were not counted.",
			"The light changed, so I did not count people.")
	case sceneDark:
		return e.say("The picture is too dark to see the shop.", "Too dark to see anything.")
	case sceneLearning:
		return e.say(
			"The camera's view is still being learned, so people have not been counted yet.",
			"Still learning the view, so no counting yet.")
	case sceneChanged:
		return e.say(
			"The scene changed too much, so people were not counted.",
			"The scene changed a lot, so I did not count people.")
	case notCounted:
		return e.uncounted()
	case onlyThings:
		return e.onlyThings()
	}
	if e.style.Brief {
		return e.brief()
	}
	return e.full()
}

// say returns the sentence of the style's tone.
func (e english) say(polite, casual string) string {
	if e.style.Polite {
		return polite
	}
	return casual
}

// camera is the caption of a camera that does not show the shop. It states since when it does not,
// and, if there is a picture, that nobody counted.
func (e english) camera() string {
	s := e.say(e.trouble.polite, e.trouble.casual) + map[day]string{
		never:     ".",
		today:     " (since " + e.since + ").",
		yesterday: " (since " + e.since + " yesterday).",
		before:    " (for more than a day).",
	}[e.sinceDay]
	if e.situation <= cameraStale || e.style.Brief {
		return s
	}
	return s + e.say(" People were not counted.", " Didn't count people.")
}

// uncounted is the caption of a picture on which nobody counted.
func (e english) uncounted() string {
	head := e.say("People could not be counted.", "Couldn't count people.")
	if e.style.Brief || !e.moving {
		return head
	}
	return head + e.say(
		" Something is moving in part of the picture.", " Something's moving, though.")
}

// brief is one short sentence, and a second one if people came or went.
func (e english) brief() string {
	n := e.count(briefing.Person, e.people)
	list := n + e.mark()
	if len(e.things) > 0 {
		list += ", " + e.list(min(len(e.things), 2))
	}
	switch {
	case e.same:
		list = "No change: " + list
	case len(e.things) == 0 && e.style.Polite:
		list = e.pick(n+" in the shop"+e.mark(), "Currently "+n+" in the shop"+e.mark())
	case len(e.things) == 0:
		list = e.pick(list, n+" right now"+e.mark(), "Now: "+list)
	}
	if e.step != 0 {
		return list + ". " + upper(e.stepWords()) + " than before."
	}
	return list + "."
}

// full is the long caption: the changes, the people, and the things that are seen.
func (e english) full() string {
	s := e.presence()
	switch {
	case e.same:
		s = e.say("Nothing has changed since the last briefing. ", "No change. ") + s
	case e.step != 0:
		s += e.say(" That is ", " That's ") + e.stepWords() +
			e.say(" than in the last briefing.", " than last time.")
	}
	if len(e.things) > 0 {
		s += e.say(" Also visible: ", " Also there: ") + e.list(len(e.things)) + "."
	} else if e.people == 0 && e.moving {
		s += e.say(" Something is moving in part of the picture.", " Something's moving, though.")
	}
	return s
}

// presence is the sentence on people. The verb agrees with their number.
func (e english) presence() string {
	if e.people == 0 {
		return e.absence()
	}
	n, be, seem := e.count(briefing.Person, e.people), "are", "seem"
	if e.people == 1 {
		be, seem = "is", "seems"
	}
	if e.estimate {
		return e.say(
			e.pick(
				"There "+seem+" to be "+n+" in the shop (estimate).",
				n+" "+seem+" to be in the shop "+e.hour()+" (estimate)."),
			e.pick(
				"Looks like "+n+" in the shop (estimate).",
				"Looks like "+n+" in there "+e.hour()+" (estimate)."))
	}
	return e.say(
		e.pick(
			"There "+be+" currently "+n+" in the shop.",
			n+" "+be+" in the shop "+e.hour()+".",
			"At the moment, "+n+" "+be+" in the shop."),
		e.pick(
			"There "+be+" "+n+" in the shop.",
			n+" in the shop "+e.hour()+".",
			"Right now: "+n+" in the shop."))
}

// absence is the sentence that nobody is in the shop.
func (e english) absence() string {
	if e.estimate {
		return e.say(
			e.pick(
				"There seem to be no people in the shop (estimate).",
				"The shop seems to be empty "+e.hour()+" (estimate)."),
			e.pick(
				"Looks like nobody's in the shop (estimate).",
				"Looks empty "+e.hour()+" (estimate)."))
	}
	return e.say(
		e.pick("There are currently no people in the shop.", "The shop is empty "+e.hour()+"."),
		e.pick("Nobody's in the shop.", "The shop's empty "+e.hour()+"."))
}

// onlyThings is the caption of a count without people among its classes.
func (e english) onlyThings() string {
	if len(e.things) == 0 {
		return e.say(
			"None of the things looked for are visible.", "None of the things you look for.")
	}
	if e.style.Brief {
		return e.list(len(e.things)) + "."
	}
	return e.say("Visible in the shop: ", "In the shop: ") + e.list(len(e.things)) + "."
}

// list names the first n things: "5 bottles, 3 cups and 2 chairs". n is at least 1.
func (e english) list(n int) string {
	var words []string
	for _, c := range e.things[:n] {
		words = append(words, e.count(c.Name, c.Count))
	}
	if e.more || n < len(e.things) {
		return strings.Join(words, ", ") + ", and more" + e.mark()
	}
	last := words[n-1]
	if n > 1 {
		last = strings.Join(words[:n-1], ", ") + " and " + last
	}
	return last + e.mark()
}

// count returns a number with the noun in its number.
func (e english) count(class string, n int) string {
	return fmt.Sprintf("%d %s", n, nounFor(class).english(n))
}

// mark returns the sign that follows an estimated number, or "".
func (e english) mark() string {
	if e.estimate {
		return " (estimate)"
	}
	return ""
}

// stepWords returns by how many people the count rose or fell.
func (e english) stepWords() string {
	if e.step > 0 {
		return fmt.Sprintf("%d more", e.step)
	}
	return fmt.Sprintf("%d fewer", -e.step)
}

// hour names the part of the day: small hours before 6, morning before 12, afternoon before 18,
// evening before 22, then tonight.
func (e english) hour() string {
	switch h := e.at.Hour(); {
	case h < 6:
		return "in the small hours"
	case h < 12:
		return "this morning"
	case h < 18:
		return "this afternoon"
	case h < 22:
		return "this evening"
	}
	return "tonight"
}

// upper returns an ASCII text with its first letter in upper case. s is not empty.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
