package summary

import (
	"cmp"
	"slices"

	"bis/internal/briefing"
)

// The worth of a piece of news. A step of people counts for each person.
const (
	newsEdge   = 1_000 // the first and the last
	newsHealth = 100   // the camera or the model went or came back
	newsScene  = 40
	newsPeak   = 30
	newsStep   = 10
	newsText   = 1 // other words, the facts unknown or the same
)

// choice keeps the most telling of the briefings that it gets oldest first, at most briefing.MaxTelling.
// Telling is news: the first and the last, the camera going and coming back, another scene, people
// coming and going, a new peak. A briefing that repeats the one before is never chosen.
type choice struct {
	kept []told // at most briefing.MaxTelling, in the order of coming
	last *told
	prev briefing.Briefing
	peak int
	seen int
}

type told struct {
	text string
	news int
	seq  int
}

func (c *choice) add(b briefing.Briefing) {
	c.seen++
	t := told{text: b.Text, news: c.news(b), seq: c.seen}
	c.prev, c.last = b, &t
	if n, ok := b.Facts.People(); ok {
		c.peak = max(c.peak, n)
	}
	if t.news > 0 {
		c.keep(t)
	}
}

func (c *choice) news(b briefing.Briefing) int {
	if c.seen == 1 {
		return newsEdge
	}
	news := 0
	if b.Degraded != c.prev.Degraded {
		news += newsHealth
	}
	// Steady and moving come and go with every step; they are no scene of their own.
	if calm(b.Facts.Scene) != calm(c.prev.Facts.Scene) {
		news += newsScene
	}
	n, counted := b.Facts.People()
	before, _ := c.prev.Facts.People()
	if counted {
		news += newsStep * max(n-before, before-n)
	}
	if counted && n > c.peak {
		news += newsPeak
	}
	if news == 0 && b.Caption != c.prev.Caption && !counted {
		news = newsText
	}
	return news
}

func calm(s briefing.Scene) briefing.Scene {
	if s == briefing.SceneMoving {
		return briefing.SceneSteady
	}
	return s
}

// keep adds t; when there is no room the least telling goes, the later of equals.
func (c *choice) keep(t told) {
	c.kept = append(c.kept, t)
	if len(c.kept) <= briefing.MaxTelling {
		return
	}
	least := slices.MinFunc(c.kept, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.news, b.news), cmp.Compare(b.seq, a.seq))
	})
	c.kept = slices.DeleteFunc(c.kept, func(k told) bool { return k.seq == least.seq })
}

// texts leaves c as it is: the last so far need not stay the last.
func (c *choice) texts() []string {
	if c.last == nil {
		return []string{}
	}
	all := choice{kept: slices.Clone(c.kept)}
	if !slices.ContainsFunc(all.kept, func(k told) bool { return k.seq == c.last.seq }) {
		last := *c.last
		last.news = newsEdge
		all.keep(last)
	}
	texts := make([]string, len(all.kept))
	for i, k := range all.kept {
		texts[i] = k.text
	}
	return texts
}
