package wording

import (
	"strconv"
	"unicode/utf8"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording/sheet"
)

// phrase is one line of a caption: its key, and what fills it.
type phrase struct {
	key    sheet.Key
	values sheet.Values
	line   string // a sentence of code in place of the built-in line; empty: none
}

// speaker says a view in a style.
type speaker struct {
	view
	styled Styled
}

// said is a caption with its lines.
type said struct {
	text  string
	main  sheet.Key // the key of the line on people, or on the camera
	own   bool      // the main line is the model's
	lines []briefing.SaidLine
}

// own reports whether a model wrote the lines of a key.
func (s speaker) own(key sheet.Key) bool { return s.styled.own(key) }

// own reports whether a model wrote the lines of a key.
func (s Styled) own(key sheet.Key) bool {
	return s.Verdict == briefing.VerdictStyleSheet && s.Sheet.Has(key)
}

// korean reports whether the style is Korean.
func (s Styled) korean() bool { return s.Sheet.Language == string(Korean) }

// brief reports whether the style has one short line: no movement, no reason behind a trouble, and
// two kinds of things at most.
func (s speaker) brief() bool {
	switch s.styled.Sheet.Base {
	case sheet.Short, sheet.ShortCasual, sheet.Figures:
		return true
	}
	return false
}

// caption returns the caption: the lines of the phrases, joined.
func (s speaker) caption() said {
	main, phrases := s.phrases()
	caption := said{main: main}
	var texts []string
	for _, p := range phrases {
		line := s.styled.Sheet.Say(p.key, s.seed, p.values)
		own := line.Own && s.own(p.key)
		if p.line != "" && !own {
			line = s.styled.Sheet.SayLine(p.line, p.values)
		}
		texts = append(texts, line.Text)
		caption.own = caption.own || own && p.key == main
		caption.lines = append(caption.lines, saidLine(p.key, line, own))
	}
	caption.text = join(texts, s.styled.Sheet.Base == sheet.Figures)
	return caption
}

// saidLine returns a line as a briefing stores it.
func saidLine(key sheet.Key, line sheet.Said, own bool) briefing.SaidLine {
	stored := briefing.SaidLine{Key: string(key), Line: line.Line, BuiltIn: !own}
	for _, slot := range line.Slots {
		stored.Slots = append(stored.Slots, briefing.SaidSlot(slot))
	}
	return stored
}

// phrases decides what the caption says: the key of its main line, and all lines in their order.
func (s speaker) phrases() (main sheet.Key, list []phrase) {
	if s.situation <= cameraMoved {
		return s.camera()
	}
	one := map[situation]sheet.Key{
		lightChanged: sheet.LightChange, sceneDark: sheet.Dark, sceneLearning: sheet.Learning,
		sceneChanged: sheet.Changed, notCounted: sheet.Uncounted,
	}
	switch key := one[s.situation]; {
	case s.situation == notCounted && s.moving && !s.brief():
		return key, []phrase{{key: key}, {key: sheet.Moving}}
	case key != "":
		return key, []phrase{{key: key}}
	case s.situation == onlyThings && len(s.things) == 0:
		return sheet.NoThings, []phrase{{key: sheet.NoThings}}
	case s.situation == onlyThings:
		// The lines of Things continue one on people, so they do not fit here.
		return sheet.OnlyThings, []phrase{s.list(sheet.OnlyThings, len(s.things))}
	}
	return s.counted()
}

// camera says that the camera does not show the shop, since when, and, if there is a picture, that
// people were not counted.
func (s speaker) camera() (main sheet.Key, list []phrase) {
	main = cameraKeys[s.situation]
	p := phrase{key: main, values: sheet.Values{Note: s.note()}}
	if t, ok := reasons[s.reason]; ok {
		p.line = t.line(s.styled.Sheet.Language, s.styled.Sheet.Base)
	}
	list = []phrase{p}
	switch {
	case s.situation <= cameraStale || s.brief():
	case s.own(sheet.Uncounted):
		list = append(list, phrase{key: sheet.Uncounted})
	default:
		list = append(list, phrase{key: sheet.NotCounted})
	}
	return main, list
}

// counted says what has changed, how many people there are, and which things are seen.
func (s speaker) counted() (main sheet.Key, list []phrase) {
	main = sheet.Some
	if s.people == 0 {
		main = sheet.Nobody
	}
	switch {
	case s.same && s.unchanged && s.own(sheet.Unchanged):
		list = append(list, phrase{key: sheet.Unchanged})
	case s.same:
		list = append(list, phrase{key: sheet.Same})
	}
	list = append(list, phrase{key: main, values: s.values()})
	list = append(list, s.steps()...)
	switch {
	case len(s.things) > 0 && s.brief():
		list = append(list, s.list(sheet.Things, min(len(s.things), briefThings)))
	case len(s.things) > 0:
		list = append(list, s.list(sheet.Things, len(s.things)))
	case s.people == 0 && s.moving && !s.brief():
		list = append(list, phrase{key: sheet.Moving})
	}
	if !s.brief() || s.people == 0 && s.styled.Sheet.Numbers == inWords { // 0 has no word in Korean
		return main, list
	}
	for _, p := range list {
		if s.own(p.key) {
			return main, list
		}
	}
	return main, s.combined()
}

// briefThings is the most classes that a brief caption lists.
const briefThings = 2

// combined says people and things in one built-in line, as short styles do, and then the step.
func (s speaker) combined() []phrase {
	p := s.list(sheet.SomeThings, min(len(s.things), briefThings))
	switch {
	case s.same && len(s.things) > 0:
		p.key = sheet.SameSomeThings
	case s.same:
		p.key = sheet.SameSome
	case len(s.things) == 0 && s.people == 0:
		p.key = sheet.Zero
	case len(s.things) == 0:
		p.key = sheet.Some
	}
	return append([]phrase{p}, s.steps()...)
}

// steps says by how many people the count rose or fell.
func (s speaker) steps() []phrase {
	key, n := sheet.More, s.step
	if n < 0 {
		key, n = sheet.Fewer, -n
	}
	if n == 0 {
		return nil
	}
	return []phrase{{key: key, values: sheet.Values{Slots: map[string]sheet.Value{"step": sheet.People(n)}}}}
}

// list returns a phrase with the first n things.
func (s speaker) list(key sheet.Key, n int) phrase {
	v := s.values()
	var things []sheet.Thing
	for _, c := range s.things[:n] {
		things = append(things, nounFor(c.Name).thing(c.Count))
	}
	v.Slots["things"] = sheet.List(things, s.more || n < len(s.things))
	return phrase{key: key, values: v}
}

// values are the number of people and the part of the day.
func (s speaker) values() sheet.Values {
	return sheet.Values{
		Slots: map[string]sheet.Value{
			"people": sheet.People(s.people), "part": sheet.Text(s.part()),
		},
		Estimate: s.estimate,
	}
}

// headline returns the caption in at most sheet.MaxHeadline characters. A line that is too long
// with its number gives way to the built-in one, and that to the number alone.
func (s speaker) headline() string {
	key, v := sheet.HeadUnknown, sheet.Values{}
	switch {
	case s.situation <= cameraMoved, s.situation == sceneDark:
		key = sheet.HeadCamera
	case s.situation != counted:
	case s.people > 0:
		key, v = sheet.HeadSome, s.values()
	default:
		key, v = sheet.HeadNobody, s.values()
	}
	own := s.styled.Sheet
	builtIn := sheet.BuiltIn(own.Language, own.Base)
	for _, said := range []sheet.Said{
		own.Say(key, s.seed, v), builtIn.Say(key, s.seed, v), builtIn.SayLine("{people}", v),
	} {
		if utf8.RuneCountInString(said.Text) <= sheet.MaxHeadline {
			return said.Text
		}
	}
	return strconv.Itoa(s.people)
}
