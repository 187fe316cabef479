package briefing

// Estimated bytes of structs with the headers of their texts.
const (
	madeSize  = 176
	lineSize  = 72
	slotSize  = 32
	usageSize = 32
	refSize   = 16
)

// Size estimates the memory of the texts and lists of the briefing, in bytes. It leaves out ids.
func (b *Briefing) Size() int {
	return len(b.Text) + len(b.Caption) + b.Facts.Size() + len(b.ReportNote) +
		wordsSize(b.Headline, b.Description, b.Question, b.Made, b.Usage)
}

// Size estimates the memory of the texts and lists of the report, in bytes.
func (r *Report) Size() int {
	return len(r.Caption) + r.Facts.Size() +
		wordsSize(r.Headline, r.Description, r.Question, r.Made, r.Usage)
}

// wordsSize estimates the memory of what a briefing says besides its caption.
func wordsSize(headline, description, question string, m *Made, u *Usage) int {
	size := len(headline) + len(description) + len(question) + m.size()
	if u != nil {
		size += usageSize
	}
	return size
}

// size estimates the memory that the pointer leads to, in bytes.
func (m *Made) size() int {
	if m == nil {
		return 0
	}
	size := madeSize + len(m.Verdict) + len(m.Provider) + len(m.Model) + len(m.PromptVersion) +
		len(m.DescribedBy)
	for i := range m.Said {
		line := &m.Said[i]
		size += lineSize + len(line.Key) + len(line.Line)
		for _, slot := range line.Slots {
			size += slotSize + len(slot.Name) + len(slot.Text)
		}
	}
	for _, ref := range m.Refused {
		size += refSize + len(ref)
	}
	return size
}
