package summary

import (
	"cmp"
	"slices"

	"bis/internal/briefing"
)

// How much news a briefing has. A change of the number of people counts for each person. The values
// only order briefings: a camera that fails outranks another scene, which outranks a few people.
const (
	newsEnd    = 1_000 // the first and the last briefing
	newsHealth = 100   // the camera or the model failed or came back
	newsScene  = 40    // another scene
	newsPeak   = 30    // more people than ever before
	newsPerson = 10    // one person more or less
	newsText   = 1     // another caption, where nothing was counted
)

// choice chooses the briefings with the most news, at most briefing.MaxCaptions. Its add gets them
// oldest first. News is the first and the last briefing, a camera that fails or recovers, another
// scene, people who come and go, and a new peak. A briefing that repeats the one before is chosen
// only if it is the last.
type choice struct {
	chosen []candidate // at most briefing.MaxCaptions, in the order of coming
	last   *candidate  // the newest one, chosen or not
	prev   briefing.Briefing
	peak   int
	seen   int // briefings so far
}

// candidate is a briefing that may be chosen.
type candidate struct {
	text string
	news int
	seq  int // its number in the order of coming
}

func (c *choice) add(b briefing.Briefing) {
	c.seen++
	next := candidate{text: b.Text, news: c.news(b), seq: c.seen}
	c.prev, c.last = b, &next
	if n, ok := b.Facts.People(); ok {
		c.peak = max(c.peak, n)
	}
	if next.news > 0 {
		c.choose(next)
	}
}

// news returns how much news b has compared with the previous briefing.
func (c *choice) news(b briefing.Briefing) int {
	if c.seen == 1 {
		return newsEnd
	}
	news := 0
	if b.Degraded != c.prev.Degraded {
		news += newsHealth
	}
	if calm(b.Facts.Scene) != calm(c.prev.Facts.Scene) {
		news += newsScene
	}
	n, counted := b.Facts.People()
	before, _ := c.prev.Facts.People()
	if counted {
		news += newsPerson * max(n-before, before-n)
	}
	if counted && n > c.peak {
		news += newsPeak
	}
	if news == 0 && b.Caption != c.prev.Caption && !counted {
		news = newsText
	}
	return news
}

// calm counts a moving scene as a steady one: every step in the shop changes between the two.
func calm(s briefing.Scene) briefing.Scene {
	if s == briefing.SceneMoving {
		return briefing.SceneSteady
	}
	return s
}

// choose adds a candidate. If there is no room, it removes the candidate with the least news, or
// the later of two equal ones.
func (c *choice) choose(next candidate) {
	c.chosen = append(c.chosen, next)
	if len(c.chosen) <= briefing.MaxCaptions {
		return
	}
	least := slices.MinFunc(c.chosen, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.news, b.news), cmp.Compare(b.seq, a.seq))
	})
	c.chosen = slices.DeleteFunc(c.chosen, func(k candidate) bool { return k.seq == least.seq })
}

// texts returns the texts of the chosen briefings and of the last one. It changes nothing, because
// more briefings may follow.
func (c *choice) texts() []string {
	if c.last == nil {
		return []string{}
	}
	all := choice{chosen: slices.Clone(c.chosen)}
	if !slices.ContainsFunc(all.chosen, func(k candidate) bool { return k.seq == c.last.seq }) {
		last := *c.last
		last.news = newsEnd
		all.choose(last)
	}
	texts := make([]string, len(all.chosen))
	for i, k := range all.chosen {
		texts[i] = k.text
	}
	return texts
}
