package sheet

import (
	"math"
	"strconv"
	"strings"
)

// Value is what stands in a slot: a number with what it counts, or a text that code wrote. The
// sheet decides about counters, and whether small numbers are words.
type Value struct {
	text   string
	number float64
	whole  bool
	unit   Unit
	things []Thing
	more   bool
}

// Unit says what a number counts: the Korean counter, and the English noun.
type Unit struct{ Counter, One, Many string }

// Units of values.
var (
	UnitPeople  = Unit{"명", "person", "people"}
	UnitTimes   = Unit{"회", "time", "times"}
	UnitSamples = Unit{"회", "sample", "samples"}
)

// Thing is a class of things that was counted.
type Thing struct {
	Korean string // the noun
	Unit   Unit
	Count  int
}

// Text is a value that code wrote, such as a time.
func Text(text string) Value { return Value{text: text} }

// People is a number of people.
func People(n int) Value { return Count(n, UnitPeople) }

// Mean is an average number of people, with at most one decimal.
func Mean(v float64) Value { return Value{number: v, unit: UnitPeople} }

// Times is a number of occurrences.
func Times(n int) Value { return Count(n, UnitTimes) }

// Count is a number of units.
func Count(n int, unit Unit) Value { return Value{number: float64(n), whole: true, unit: unit} }

// List is a list of things. If more is set, the list is not complete.
func List(list []Thing, more bool) Value { return Value{things: list, more: more} }

// one reports whether English uses a singular verb with the value.
func (v Value) one() bool {
	if len(v.things) > 0 {
		return len(v.things) == 1 && v.things[0].Count == 1 && !v.more
	}
	return v.unit.One != "" && decimal(v.number) == "1"
}

// korean returns the value in Korean.
func (v Value) korean(counter string, words bool) string {
	switch {
	case v.text != "":
		return v.text
	case len(v.things) > 0:
		return v.koreanList(words)
	}
	unit := v.unit.Counter
	if v.unit == UnitPeople && counter != "" {
		unit = counter
	}
	if n := math.Round(v.number); v.whole || math.Abs(v.number-n) < 0.05 {
		return counted(int(n), unit, words)
	}
	return decimal(v.number) + v.unit.Counter
}

// koreanList returns a list: 병 5개, 컵 3개와 의자 2개.
func (v Value) koreanList(words bool) string {
	var list []string
	for _, t := range v.things {
		list = append(list, t.Korean+" "+counted(t.Count, t.Unit.Counter, words))
	}
	last := len(list) - 1
	s := list[last]
	if last > 0 {
		s = With(strings.Join(list[:last], ", "), "과") + " " + s
	}
	if v.more {
		s += " 등"
	}
	return s
}

// english returns the value in English. A bare number has no noun.
func (v Value) english(words, bare bool) string {
	switch {
	case v.text != "":
		return v.text
	case len(v.things) > 0:
		return v.englishList(words)
	}
	number := decimal(v.number)
	if n, err := strconv.Atoi(number); err == nil && words && spelled(n) != "" {
		number = spelled(n)
	}
	switch {
	case bare:
		return number
	case v.one():
		return number + " " + v.unit.One
	}
	return number + " " + v.unit.Many
}

// englishList returns a list: 5 bottles, 3 cups and 2 chairs.
func (v Value) englishList(words bool) string {
	var list []string
	for _, t := range v.things {
		list = append(list, Count(t.Count, t.Unit).english(words, false))
	}
	last := len(list) - 1
	switch {
	case v.more:
		return strings.Join(list, ", ") + ", and more"
	case last > 0:
		return strings.Join(list[:last], ", ") + " and " + list[last]
	}
	return list[last]
}
