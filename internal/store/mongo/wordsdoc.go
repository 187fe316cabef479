package mongo

import "bis/internal/briefing"

// wordsDoc are the fields of a briefing that models wrote, and how its words were made. Old servers
// do not know them, and every one is optional.
type wordsDoc struct {
	Headline    string    `bson:"headline,omitempty"`
	Description string    `bson:"description,omitempty"`
	Question    string    `bson:"question,omitempty"`
	Made        *madeDoc  `bson:"made,omitempty"`
	Usage       *usageDoc `bson:"usage,omitempty"`
}

// madeDoc is a briefing.Made.
type madeDoc struct {
	Verdict     string    `bson:"verdict"`
	Provider    string    `bson:"provider,omitempty"`
	Model       string    `bson:"model,omitempty"`
	Prompt      string    `bson:"prompt_version,omitempty"`
	LatencyMs   int64     `bson:"latency_ms,omitempty"`
	Said        []saidDoc `bson:"said,omitempty"`
	DescribedBy string    `bson:"described_by,omitempty"`
	Refused     []string  `bson:"refused,omitempty"` // references alone
}

// saidDoc is a line of a caption.
type saidDoc struct {
	Key     string    `bson:"key"`
	Line    string    `bson:"line"`
	Slots   []slotDoc `bson:"slots,omitempty"`
	BuiltIn bool      `bson:"built_in,omitempty"`
}

// slotDoc is a slot of a line.
type slotDoc struct {
	Name string `bson:"name"`
	Text string `bson:"text"`
}

// usageDoc is a briefing.Usage.
type usageDoc struct {
	Attempts     int  `bson:"attempts,omitempty"`
	InputTokens  int  `bson:"input_tokens,omitempty"`
	OutputTokens int  `bson:"output_tokens,omitempty"`
	Estimated    bool `bson:"estimated,omitempty"`
}

// newWordsDoc returns the document of a briefing's words.
func newWordsDoc(b *briefing.Briefing) wordsDoc {
	d := wordsDoc{Headline: b.Headline, Description: b.Description, Question: b.Question}
	if b.Made != nil {
		d.Made = newMadeDoc(b.Made)
	}
	if b.Usage != nil {
		usage := usageDoc(*b.Usage)
		d.Usage = &usage
	}
	return d
}

// newMadeDoc returns the document of how words were made.
func newMadeDoc(m *briefing.Made) *madeDoc {
	d := &madeDoc{
		Verdict: string(m.Verdict), Provider: m.Provider, Model: m.Model, Prompt: m.PromptVersion,
		LatencyMs: m.LatencyMs, DescribedBy: m.DescribedBy, Refused: m.Refused,
	}
	for _, l := range m.Said {
		line := saidDoc{Key: l.Key, Line: l.Line, BuiltIn: l.BuiltIn}
		for _, slot := range l.Slots {
			line.Slots = append(line.Slots, slotDoc(slot))
		}
		d.Said = append(d.Said, line)
	}
	return d
}

// read sets the words of a briefing.
func (d *wordsDoc) read(b *briefing.Briefing) {
	b.Headline, b.Description, b.Question = d.Headline, d.Description, d.Question
	if d.Made != nil {
		b.Made = d.Made.made()
	}
	if d.Usage != nil {
		usage := briefing.Usage(*d.Usage)
		b.Usage = &usage
	}
}

// made returns the document as it says how words were made.
func (d *madeDoc) made() *briefing.Made {
	m := &briefing.Made{
		Verdict: briefing.Verdict(d.Verdict), Provider: d.Provider, Model: d.Model,
		PromptVersion: d.Prompt, LatencyMs: d.LatencyMs, DescribedBy: d.DescribedBy, Refused: d.Refused,
	}
	for _, l := range d.Said {
		line := briefing.SaidLine{Key: l.Key, Line: l.Line, BuiltIn: l.BuiltIn}
		for _, slot := range l.Slots {
			line.Slots = append(line.Slots, briefing.SaidSlot(slot))
		}
		m.Said = append(m.Said, line)
	}
	return m
}
