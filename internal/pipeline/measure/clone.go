package measure

import (
	"slices"

	"bis/internal/pipeline"
)

var _ pipeline.Cloner = (*Measurer)(nil)

// Clone implements pipeline.Cloner.
func (m *Measurer) Clone() pipeline.Measurer {
	c := *m
	c.background, c.previous = m.background.copied(), m.previous.copied()
	c.watch.view, c.watch.blink = m.watch.view.copied(), m.watch.blink.copied()
	c.unrest = slices.Clone(m.unrest)
	c.freedom = m.freedom.clone()
	c.stirring = m.stirring.clone()
	return &c
}

// copied returns a copy of a plane that may be nil.
func (p *plane) copied() *plane {
	if p == nil {
		return nil
	}
	return p.clone()
}
