package briefing

// WordSize returns about how many bytes the words of a briefing occupy beside its caption and its
// text.
func (b *Briefing) WordSize() int {
	return len(b.Headline) + len(b.Description) + len(b.Question) + b.Made.Size()
}

// WordSize returns about how many bytes the words of a report occupy beside its caption.
func (r *Report) WordSize() int {
	return len(r.Headline) + len(r.Description) + len(r.Question) + r.Made.Size()
}

// Size returns about how many bytes m occupies. Nil has none.
func (m *Made) Size() int {
	if m == nil {
		return 0
	}
	n := madeSize + len(m.Provider) + len(m.Model) + len(m.PromptVersion) + len(m.DescribedBy)
	for i := range m.Said {
		said := &m.Said[i]
		n += saidSize + len(said.Key) + len(said.Line)
		for _, slot := range said.Slots {
			n += slotSize + len(slot.Name) + len(slot.Text)
		}
	}
	for _, ref := range m.Refused {
		n += refSize + len(ref)
	}
	return n
}

// Bytes of the structs, with those of a Usage in madeSize.
const (
	madeSize = 192
	saidSize = 64
	slotSize = 32
	refSize  = 16
)
