package wording

import (
	"fmt"
	"strings"
	"time"

	"bis/internal/briefing"
)

// englishReport writes summaries in English. Its sentences state samples, never totals of visitors.
type englishReport struct{ findings }

// text returns the whole report. captions are quoted only if no sample has figures. They come from
// outside, and the report then has no other source.
func (r englishReport) text(captions []string) string {
	switch {
	case r.Samples == 0:
		return "There is nothing to summarise. There are no briefings yet."
	case r.Eventless() && r.Counted == 0:
		return fmt.Sprintf(
			"Nothing of note happened. People were not counted in any of %s.",
			quantity(r.Samples, "sample"))
	case r.Eventless():
		return fmt.Sprintf(
			"Nothing of note happened. From %s, all %d of the samples with a count of people showed no customers%s. Sex was not measured.",
			r.between(r.First, r.Last), r.Counted, r.estimateMark())
	}
	parts := []string{r.scope(), r.people(), r.times(), r.worth()}
	if r.Counted == 0 && r.Notes > 0 {
		parts = append(parts, "", "Latest entries")
		for _, c := range captions[max(len(captions)-quotedCounts, 0):] {
			parts = append(parts, "- "+shorten(c))
		}
	}
	parts = append(parts, "", "Advice")
	advice := r.advice()
	for _, a := range advice {
		parts = append(parts, "- "+a.Text)
	}
	if len(advice) == 0 {
		parts = append(parts, "- The figures call for nothing at once. Compare the summaries of several days.")
	}
	return strings.Join(parts, "\n")
}

// scope is the first line: the period, the samples and the counted samples.
func (r englishReport) scope() string {
	s := fmt.Sprintf("By samples: from %s the shop was looked at in %s; people were counted in %d of the samples.",
		r.between(r.First, r.Last), quantity(r.Samples, "sample"), r.Counted)
	if r.Notes > 0 {
		s += fmt.Sprintf(
			" %s recorded without figures.", upper(quantity(r.Notes, "briefing")+be(r.Notes)))
	}
	return s
}

// people is the second line: how many customers the samples show.
func (r englishReport) people() string {
	switch {
	case r.Counted == 0:
		return "No sample has a count of people, so the number of customers is unknown."
	case r.Occupied == 0:
		return "The samples with a count showed no customers."
	}
	return fmt.Sprintf(
		"Customers were there in %s of the counted samples, %s a sample on average and %s at most, at %s.",
		percent(r.OccupiedShare()), average(r.Mean()), persons(r.Peak), r.clock(r.PeakAt))
}

// times is the third line: the busiest hour, the longest empty stretch, and lost pictures.
func (r englishReport) times() string {
	var parts []string
	if h, ok := r.busiest(); ok {
		parts = append(parts, fmt.Sprintf(
			"Most customers were seen in the hour from %02d:00 (%s a sample on average, %s at most).",
			h.Hour, average(h.Mean()), persons(h.Peak)))
	}
	if r.Empty.Samples > 1 {
		parts = append(parts, fmt.Sprintf(
			"The longest stretch without customers was %s.", r.between(r.Empty.From, r.Empty.To)))
	}
	if r.Down > 0 {
		parts = append(parts, fmt.Sprintf(
			"The camera gave no picture in %s.", quantity(r.Down, "sample")))
	}
	if r.Blind > 0 {
		parts = append(parts, fmt.Sprintf(
			"The camera did not show the shop in %s.", quantity(r.Blind, "sample")))
	}
	if len(parts) == 0 {
		return "No time of day stands out."
	}
	return strings.Join(parts, " ")
}

// worth is the line on the limits of samples.
func (r englishReport) worth() string {
	s := "All figures come from samples taken at intervals and are not totals of visitors; sex was not measured."
	if r.Estimate {
		s += " Counts of people are estimated from movement."
	}
	return s
}

// between returns a stretch of time.
func (r englishReport) between(from, to time.Time) string { return r.span(from, to, " to ") }

// estimateMark returns the sign of an estimate, or "".
func (r englishReport) estimateMark() string {
	if r.Estimate {
		return " (estimate)"
	}
	return ""
}

// advice returns one piece of advice for each finding, with the figures it rests on.
func (r englishReport) advice() []briefing.AdviceText {
	var list []briefing.AdviceText
	if h, ok := r.rush(); ok {
		list = append(list, piece(briefing.AdviceRush,
			"The hour from %02d:00 was busy (%s a sample on average, against %s over all samples). Restock and tidy up before it.",
			h.Hour, average(h.Mean()), average(r.Mean())))
	}
	if r.grounds.LongEmpty {
		list = append(list, piece(briefing.AdviceEmpty,
			"No customers were seen during %s. Plan cleaning, stock-taking and maintenance for that time.",
			r.between(r.Empty.From, r.Empty.To)))
	}
	if r.Down > 0 {
		list = append(list, piece(briefing.AdviceCamera,
			"The picture was lost %s (longest stretch %s). Check the camera's power and network.",
			quantity(r.Spells, "time"), r.between(r.DownSpan.From, r.DownSpan.To)))
	}
	if r.grounds.OftenDark {
		list = append(list, piece(briefing.AdviceDark,
			"It was too dark to see the shop in %s. Check the lights and the camera's place.",
			quantity(r.Dark, "sample")))
	}
	if r.grounds.OftenMissed {
		list = append(list, piece(briefing.AdviceMissed,
			"%s did not take place. Check that the server stays on and that the interval is not too short.",
			upper(quantity(r.Ticks.Missed+r.Ticks.Skipped, "planned briefing"))))
	}
	return list
}

// quantity returns a number with its noun, which forms the plural with s.
func quantity(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// be returns the verb "was" or "were" after a blank.
func be(n int) string {
	if n == 1 {
		return " was"
	}
	return " were"
}

// persons returns a number of people.
func persons(n int) string {
	return fmt.Sprintf("%d %s", n, nounFor("person").english(n))
}

// average returns a mean number of people. A mean that rounds to 1 has a noun in the singular.
func average(v float64) string {
	if mean(v) == "1" {
		return "1 person"
	}
	return mean(v) + " people"
}
