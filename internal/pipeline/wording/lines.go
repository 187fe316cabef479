package wording

import (
	"slices"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording/sheet"
)

// keyOrder are the keys that a model writes lines of, in the order in which owners see them.
var keyOrder = []sheet.Key{
	sheet.Some, sheet.Nobody, sheet.More, sheet.Fewer, sheet.Same, sheet.Unchanged, sheet.Things,
	sheet.Moving, sheet.Uncounted, sheet.Learning, sheet.Changed, sheet.LightChange, sheet.Dark,
	sheet.Offline, sheet.Refused, sheet.Unreadable, sheet.Stale, sheet.Frozen, sheet.Covered,
	sheet.Blurred, sheet.Moved,
	sheet.HeadSome, sheet.HeadNobody, sheet.HeadUnknown, sheet.HeadCamera,
	sheet.SumScope, sheet.SumPeople, sheet.SumNobody, sheet.SumUncounted, sheet.SumBusiest,
	sheet.SumEmpty, sheet.SumLost, sheet.SumBlind, sheet.SumLimits, sheet.SumEstimate,
	sheet.SumFlat, sheet.SumQuiet, sheet.SumNone, sheet.SumEventless, sheet.AdviceNone,
	sheet.AdviceRush, sheet.AdviceEmpty, sheet.AdviceCamera, sheet.AdviceDark, sheet.AdviceMissed,
}

// Lines returns a sheet for people: all keys that a model is asked for, with examples. A key
// without lines of its own has those of the base. Short built-in sheets say nobody as a number.
func Lines(s sheet.Sheet) []briefing.SheetLines {
	korean := s.Language == string(Korean)
	builtIn := sheet.BuiltIn(s.Language, s.Base)
	var all []briefing.SheetLines
	for _, key := range keyOrder {
		own := s.Has(key) && !slices.Equal(s.Lines[key], builtIn.Lines[key])
		said := key
		if key == sheet.Nobody && !own && builtIn.Has(sheet.Zero) {
			said = sheet.Zero
		}
		lines := briefing.SheetLines{Key: string(key), BuiltIn: !own}
		v := sheet.Values{Slots: examples(said, korean, own)}
		for turn := range sheet.MaxLines {
			line := s.Say(said, uint64(turn), v)
			if turn > 0 && line.Line == lines.Lines[0].Line {
				break
			}
			lines.Lines = append(lines.Lines, briefing.SheetLine{Line: line.Line, Sample: line.Text})
		}
		all = append(all, lines)
	}
	return all
}

// exampleTime is the time of day of the examples.
var exampleTime = time.Date(2026, 2, 3, 14, 0, 0, 0, time.UTC)

// examples are the values of the examples.
func examples(key sheet.Key, korean, own bool) map[string]sheet.Value {
	people, period, part := 2, "09:00 to 18:00", englishPart
	if korean {
		period, part = "09:00~18:00", koreanPart
	}
	if key == sheet.Zero {
		people = 0
	}
	things := []sheet.Thing{nounFor("bottle").thing(5), nounFor("chair").thing(1)}
	return map[string]sheet.Value{
		"people": sheet.People(people), "step": sheet.People(1), "things": sheet.List(things, false),
		"samples": sheet.Count(60, sheet.UnitSamples), "counted": sheet.Count(48, sheet.UnitSamples),
		"share": sheet.Text("38%"), "average": sheet.Mean(2.5), "overall": sheet.Mean(1),
		"peak": sheet.People(6), "time": sheet.Text("18:00"), "hour": hourOf(18, korean),
		"times": occurrences(key, 3, own), "period": sheet.Text(period), "part": sheet.Text(part(exampleTime)),
	}
}
