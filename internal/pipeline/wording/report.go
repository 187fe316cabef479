package wording

import (
	"fmt"
	"strings"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording/sheet"
)

// report renders the figures of a summary in a style. Its lines state samples, never totals of
// visitors.
type report struct {
	findings
	styled Styled
}

func reportOf(in briefing.SummaryInput, styled Styled, zone *time.Location) report {
	return report{
		findings{Figures: in.Figures, grounds: in.Advice, zone: zone}, styled.follow(in.Custom),
	}
}

// slots are the values of one line.
type slots map[string]sheet.Value

// say returns a line of the style. Lines of a key take turns from one summary to the next.
func (r report) say(key sheet.Key, values slots) string {
	return r.styled.Sheet.Render(key, uint64(r.Samples), sheet.Values{
		Slots: values, Estimate: r.Estimate && key == sheet.SumQuiet,
	})
}

// join joins lines of the style. Figures have lines of their own.
func (r report) join(lines ...string) string {
	if r.styled.Sheet.Base == sheet.Figures {
		return strings.Join(lines, "\n")
	}
	return join(lines, false)
}

// fixed reports whether the report is one fixed sentence without figures on people and advice.
func (r report) fixed() bool { return r.Samples == 0 || r.Eventless() }

// text returns the whole report: what was seen, and advice. captions are quoted only if no sample
// has figures. They come from outside, and the report then has no other source.
func (r report) text(captions []string) string {
	samples := slots{"samples": sheet.Count(r.Samples, sheet.UnitSamples)}
	switch {
	case r.Samples == 0:
		return r.say(sheet.SumNone, nil)
	case r.Eventless() && r.Counted == 0:
		return r.join(r.say(sheet.SumEventless, nil), r.say(sheet.SumQuietUncounted, samples))
	case r.Eventless():
		return r.join(r.say(sheet.SumEventless, nil), r.say(sheet.SumQuiet, slots{
			"period": r.between(r.First, r.Last), "counted": sheet.Count(r.Counted, sheet.UnitSamples),
		}), r.say(sheet.SumSex, nil))
	}
	titles := [2]string{"Latest entries", "Advice"}
	if r.styled.korean() {
		titles = [2]string{"최근 기록", "운영 조언"}
	}
	parts := []string{r.scope(), r.people(), r.times(), r.limits()}
	if r.Counted == 0 && r.Notes > 0 {
		parts = append(parts, "", titles[0])
		for _, c := range captions[max(len(captions)-quotedCounts, 0):] {
			parts = append(parts, "- "+shorten(c))
		}
	}
	parts = append(parts, "", titles[1])
	advice := r.advice()
	for _, a := range advice {
		parts = append(parts, "- "+a.Text)
	}
	if len(advice) == 0 {
		parts = append(parts, "- "+r.say(sheet.AdviceNone, nil))
	}
	return strings.Join(parts, "\n")
}

// scope is the first line: the period, the samples and the counted samples.
func (r report) scope() string {
	lines := []string{r.say(sheet.SumScope, slots{
		"period":  r.between(r.First, r.Last),
		"samples": sheet.Count(r.Samples, sheet.UnitSamples),
		"counted": sheet.Count(r.Counted, sheet.UnitSamples),
	})}
	if r.Notes > 0 {
		lines = append(lines, r.occurred(sheet.SumNotes, r.Notes))
	}
	return r.join(lines...)
}

// people is the second line: how many customers the samples show.
func (r report) people() string {
	key := r.main()
	if key != sheet.SumPeople {
		return r.say(key, nil)
	}
	return r.say(key, slots{
		"share": sheet.Text(percent(r.OccupiedShare())), "average": sheet.Mean(r.Mean()),
		"time": sheet.Text(r.clock(r.PeakAt)), "peak": sheet.People(r.Peak),
	})
}

// times is the third line: the busiest hour, the longest empty stretch, and lost pictures.
func (r report) times() string {
	var lines []string
	if h, ok := r.busiest(); ok {
		lines = append(lines, r.say(sheet.SumBusiest, slots{
			"hour": r.hour(h.Hour), "average": sheet.Mean(h.Mean()), "peak": sheet.People(h.Peak),
		}))
	}
	if r.Empty.Samples > 1 && r.clock(r.Empty.From) != r.clock(r.Empty.To) {
		lines = append(lines, r.say(sheet.SumEmpty, slots{"period": r.between(r.Empty.From, r.Empty.To)}))
	}
	if r.Down > 0 {
		lines = append(lines, r.occurred(sheet.SumLost, r.Down))
	}
	if r.Blind > 0 {
		lines = append(lines, r.occurred(sheet.SumBlind, r.Blind))
	}
	if len(lines) == 0 {
		return r.say(sheet.SumFlat, nil)
	}
	return r.join(lines...)
}

// limits is the line on the limits of samples.
func (r report) limits() string {
	lines := []string{r.say(sheet.SumLimits, nil)}
	if r.Estimate {
		lines = append(lines, r.say(sheet.SumEstimate, nil))
	}
	return r.join(lines...)
}

// advice returns one piece of advice for each finding, with the figures it rests on.
func (r report) advice() []briefing.AdviceText {
	var list []briefing.AdviceText
	add := func(rule, text string) {
		list = append(list, briefing.AdviceText{Rule: rule, Text: text})
	}
	if h, ok := r.rush(); ok {
		add(briefing.AdviceRush, r.say(sheet.AdviceRush, slots{
			"hour": r.hour(h.Hour), "average": sheet.Mean(h.Mean()), "overall": sheet.Mean(r.Mean()),
		}))
	}
	if r.grounds.LongEmpty {
		add(briefing.AdviceEmpty, r.say(sheet.AdviceEmpty, slots{
			"period": r.between(r.Empty.From, r.Empty.To),
		}))
	}
	if r.Down > 0 {
		add(briefing.AdviceCamera, r.say(sheet.AdviceCamera, slots{
			"times":  r.occurrences(sheet.AdviceCamera, r.Spells),
			"period": r.between(r.DownSpan.From, r.DownSpan.To),
		}))
	}
	if r.grounds.OftenDark {
		add(briefing.AdviceDark, r.occurred(sheet.AdviceDark, r.Dark))
	}
	if r.grounds.OftenMissed {
		add(briefing.AdviceMissed, r.occurred(sheet.AdviceMissed, r.Ticks.Missed+r.Ticks.Skipped))
	}
	return list
}

// occurred returns a line with {times} alone.
func (r report) occurred(key sheet.Key, n int) string {
	return r.say(key, slots{"times": r.occurrences(key, n)})
}

// occurrences returns the value of {times} of a line.
func (r report) occurrences(key sheet.Key, n int) sheet.Value {
	return occurrences(key, n, r.styled.own(key))
}

// occurrences returns the value of {times} in the lines of a key. Built-in English lines name what
// occurred; a model was told that the slot reads like "6 times".
func occurrences(key sheet.Key, n int, own bool) sheet.Value {
	unit := sheet.UnitTimes
	switch key {
	case sheet.SumNotes:
		unit = sheet.Unit{Counter: "회", One: "briefing", Many: "briefings"}
	case sheet.AdviceMissed:
		unit = sheet.Unit{Counter: "회", One: "planned briefing", Many: "planned briefings"}
	case sheet.SumLost, sheet.SumBlind, sheet.AdviceDark:
		unit = sheet.UnitSamples
	case sheet.AdviceCamera:
		unit.Counter = "번"
	}
	if own {
		unit.One, unit.Many = sheet.UnitTimes.One, sheet.UnitTimes.Many
	}
	return sheet.Count(n, unit)
}

// between returns a stretch of time.
func (r report) between(from, to time.Time) sheet.Value {
	joint := " to "
	if r.styled.korean() {
		joint = "~"
	}
	return sheet.Text(r.span(from, to, joint))
}

// hour returns an hour of the day.
func (r report) hour(h int) sheet.Value { return hourOf(h, r.styled.korean()) }

// hourOf returns an hour of the day: 18시대, the hour from 18:00.
func hourOf(h int, korean bool) sheet.Value {
	if korean {
		return sheet.Text(fmt.Sprintf("%d시대", h))
	}
	return sheet.Text(fmt.Sprintf("the hour from %02d:00", h))
}
