package briefing

import (
	"context"
	"time"
)

// StyleNote says what of a style cannot be honoured, or not yet.
type StyleNote struct {
	Code string // one of the codes below
	Text string // a sentence for the owner, in the language of the style
	Line int    // the style line, from 1; 0: none in particular
}

// The codes of notes. They are part of the public contract and never change their meaning.
const (
	NoteSheetPending     = "SHEET_PENDING"     // a model still writes the lines of the style
	NoteModelUnavailable = "MODEL_UNAVAILABLE" // no model answered, so built-in lines speak
	NoteBudgetSpent      = "BUDGET_SPENT"      // the requests of the day are spent
	NoteLinesRefused     = "LINES_REFUSED"     // some lines of the model, or all, were refused
	NoteOtherLanguage    = "OTHER_LANGUAGE"    // neither Korean nor English: English is written
	NoteNotMeasured      = "NOT_MEASURED"      // the line asks for facts that nobody measures
	NoteOtherForm        = "OTHER_FORM"        // a table, a list, many emoji or a long text
	NoteNotUnderstood    = "NOT_UNDERSTOOD"    // no model, and the built-in lines cannot follow it
)

// StyleSheet is the sheet of a style, for people.
type StyleSheet struct {
	Verdict  Verdict // of the sheet as a whole
	Language string  // ko or en
	// BuiltIn is the name of the built-in sheet that speaks where the model's lines do not.
	BuiltIn  string
	Provider string
	Model    string
	MadeAt   time.Time // zero: no model has written it
	Usage    *Usage
	Keys     []SheetLines // in the order in which owners meet them
	Refused  []RefusedText
	Notes    []StyleNote
}

// SheetLines are the lines of one key.
type SheetLines struct {
	Key     string
	Lines   []SheetLine
	BuiltIn bool // the lines are built-in, because the model has none for this key
}

// SheetLine is a line with an example.
type SheetLine struct {
	Line   string // with its slots in braces
	Sample string // with example values in the slots
}

// ProviderState says whether a provider of models is asked.
type ProviderState string

// The states of a provider.
const (
	ProviderUntried ProviderState = "UNTRIED" // it was not asked yet
	ProviderOK      ProviderState = "OK"      // its last answer was accepted
	ProviderFailing ProviderState = "FAILING" // its last answer was refused, or did not come
	ProviderPaused  ProviderState = "PAUSED"  // it refused the key or the model, or limits the rate
	ProviderOpen    ProviderState = "OPEN"    // it failed five times; a question a minute tries it
)

// Provider is the state of a provider of models in this process.
type Provider struct {
	ID           string // see ProviderID
	Model        string
	SeesPictures *bool         // nil: not checked
	Median       time.Duration // of the last answers; 0: none
	State        ProviderState
	LastError    string // a sentence without keys and addresses; empty: none
}

// Stylist manages the sheets of styles. It is safe for concurrent use.
type Stylist interface {
	// Prepare begins the question for the sheet of a style unless it is there, and returns at once.
	Prepare(username string, custom []string)
	// Notes says what of a style cannot be honoured, as far as that is known now.
	Notes(custom []string) []StyleNote
	// StyleSheet returns the sheet as it is now, and asks no model.
	StyleSheet(ctx context.Context, username string, custom []string) (StyleSheet, error)
	// Rewrite asks a model for a new sheet, in place of the present one once it is there. It waits
	// for it at most 20 s, and then returns the sheet with the note SHEET_PENDING.
	Rewrite(ctx context.Context, username string, custom []string) (StyleSheet, error)
	// Providers returns the states of the providers in the order in which they are asked.
	Providers() []Provider
}
