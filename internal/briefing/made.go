package briefing

import (
	"context"
	"time"
)

// Verdict says where the words of a caption come from.
type Verdict string

// The verdicts. They are part of the public contract and never change their meaning.
const (
	VerdictBuiltIn     Verdict = "BUILT_IN"    // no model is configured: built-in lines
	VerdictStyleSheet  Verdict = "STYLE_SHEET" // the lines that a model wrote for the style
	VerdictPending     Verdict = "PENDING"     // built-in lines, while a model writes others
	VerdictRefused     Verdict = "REFUSED"     // built-in lines: the model's lines were refused
	VerdictUnavailable Verdict = "UNAVAILABLE" // built-in lines: no model answered
)

// Made says how the words of a briefing were made. The JSON names are the stored form and stay.
type Made struct {
	Verdict Verdict `json:"verdict"`
	// Provider, Model and PromptVersion are those of the style sheet. They are empty without one.
	Provider      string `json:"provider,omitempty"`
	Model         string `json:"model,omitempty"`
	PromptVersion string `json:"promptVersion,omitempty"`
	// LatencyMs is how long the words of this run took, with its description.
	LatencyMs int64 `json:"latencyMs,omitempty"`
	// Said are the lines of the caption, in its order.
	Said []SaidLine `json:"said,omitempty"`
	// DescribedBy is the model that wrote the description or the question. Empty: there is none.
	DescribedBy string `json:"describedBy,omitempty"`
	// Refused are references of refused texts, for WordStore.Refused: those of the sheet and those
	// of the description.
	Refused []string `json:"refused,omitempty"`
}

// SaidLine is a line of a style sheet as a caption has it.
type SaidLine struct {
	Key     string     `json:"key"`
	Line    string     `json:"line"` // with its slots in braces
	Slots   []SaidSlot `json:"slots,omitempty"`
	BuiltIn bool       `json:"builtIn,omitempty"` // the line is of a built-in sheet
}

// SaidSlot is a slot of a line and its text.
type SaidSlot struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Usage is what questions to models cost. The JSON names are the stored form and stay.
type Usage struct {
	Attempts     int  `json:"attempts,omitempty"`     // HTTP requests
	InputTokens  int  `json:"inputTokens,omitempty"`  // of all attempts that were answered
	OutputTokens int  `json:"outputTokens,omitempty"` // with reasoning, if reported
	Estimated    bool `json:"estimated,omitempty"`    // some tokens were not reported
}

// Add returns the sum of two usages.
func (u Usage) Add(v Usage) Usage {
	return Usage{
		Attempts:    u.Attempts + v.Attempts,
		InputTokens: u.InputTokens + v.InputTokens, OutputTokens: u.OutputTokens + v.OutputTokens,
		Estimated: u.Estimated || v.Estimated,
	}
}

// SheetKey identifies the style sheet that one model wrote for one style.
type SheetKey struct {
	Style         string // a hash of the style lines, made by the wording
	Provider      string // the provider's id; see ProviderID
	Model         string
	PromptVersion string
}

// StoredSheet is a style sheet in a store.
type StoredSheet struct {
	Key     SheetKey
	Body    []byte    // JSON of the wording, at most MaxSheetBytes
	MadeAt  time.Time // in UTC and whole milliseconds
	Usage   Usage     // what its questions cost
	Refused string    // the reference of its refused lines; empty: none
}

// Bounds of a WordStore.
const (
	MaxSheets      = 10_000         // sheets; beyond them the oldest by MadeAt are deleted
	MaxSheetBytes  = 256 << 10      // of a sheet's Body
	MaxRefused     = 150            // texts of a reference
	MaxRefusedText = 200            // characters of a text
	RefusedTime    = 24 * time.Hour // how long refused texts are stored
)

// RefusedText is a text of a model that was not shown.
type RefusedText struct {
	Key  string // the key of the sheet, "sheet", "description" or "question"
	Text string // at most MaxRefusedText characters
	Rule string // the stable name of the rule that refused it
}

// Refused are the refused texts of one sheet or one briefing.
type Refused struct {
	Ref      string // chosen by the caller, unguessable
	Username string // whose style or briefing it was
	At       time.Time
	Texts    []RefusedText // at most MaxRefused
}

// UsageDay is what a user's questions to models cost on one day.
type UsageDay struct {
	Date  string // like 2026-11-26, in the shop's zone
	Usage Usage
}

// WordStore stores what models wrote and what they cost. Nothing of it is in the feed. A text that
// must be stored and is not valid UTF-8 is an InvalidError, and look-ups find nothing under it.
type WordStore interface {
	// SaveSheet stores a sheet in place of an earlier one with its key. Beyond MaxSheets the oldest
	// sheets by MadeAt are deleted. A Body over MaxSheetBytes is an InvalidError, and so is a zero
	// key.
	SaveSheet(ctx context.Context, s StoredSheet) error
	// Sheet returns the sheet of a key or ErrNotFound.
	Sheet(ctx context.Context, key SheetKey) (StoredSheet, error)
	// Sheets returns at most limit sheets after a key, ordered by key, and whether there are more.
	// The zero key asks for the first ones. The order is that of SheetKey.Compare.
	Sheets(ctx context.Context, after SheetKey, limit int) (list []StoredSheet, more bool, err error)
	// SaveRefused stores refused texts until RefusedTime after At, and not longer than a day beyond
	// that while a process runs. A repeated Ref replaces the texts. Texts beyond MaxRefused and
	// characters beyond MaxRefusedText are cut off. DeleteUser deletes those of the user. An empty
	// Ref is an InvalidError.
	SaveRefused(ctx context.Context, r Refused) error
	// Refused returns the texts of the references that are not older than RefusedTime, by
	// reference, those of each in their order. A reference without texts is not in the map. A
	// repeated reference is read once.
	Refused(ctx context.Context, refs []string) (map[string][]RefusedText, error)
	// AddUsage adds to what a user's questions cost on a day. DeleteUser deletes it. It needs no
	// stored user, and a name without one gets no user. A date that ParseDate refuses is an
	// InvalidError.
	AddUsage(ctx context.Context, username, date string, u Usage) error
	// UsageDays returns the days from a date to another, both included, that have a usage, oldest
	// first.
	UsageDays(ctx context.Context, username, from, to string) ([]UsageDay, error)
}
