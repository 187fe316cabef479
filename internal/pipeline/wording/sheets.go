package wording

import (
	"context"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording/sheet"
)

// Styled is the sheet of a style, and where its lines come from.
type Styled struct {
	// Sheet has the lines of the style. Its Base is the nearest built-in sheet, which speaks where
	// the sheet has no lines.
	Sheet sheet.Sheet
	// Verdict is BuiltIn without a model, StyleSheet, Pending, Unavailable, or Refused if no line of
	// the model's answer can be used.
	Verdict briefing.Verdict
	// Provider, Model and PromptVersion are set with VerdictStyleSheet.
	Provider, Model, PromptVersion string
	Refused                        string          // the reference of the refused lines; empty: none
	RefusedKeys                    map[string]bool // keys of which the model's lines were all refused
	// Degraded is ModelUnavailable or BudgetSpent with VerdictUnavailable, and ModelUnavailable with
	// VerdictRefused.
	Degraded briefing.Degraded
}

// Sheets has the sheets of styles. Both methods are called concurrently, and the values that they
// return are shared: they must not be changed.
type Sheets interface {
	// Styled returns the sheet of a style without waiting for a model. If none has written it, it is
	// asked in the background.
	Styled(username string, custom []string) Styled
	// Await is Styled, except that it waits until a model has written the sheet or has failed, or
	// until ctx ends.
	Await(ctx context.Context, username string, custom []string) Styled
}

// BaseOf returns the language of a style and the name of the nearest built-in sheet.
func BaseOf(custom []string) (language, name string) {
	s := ParseStyle(custom)
	switch {
	case s.Brief && s.Polite:
		name = sheet.Short
	case s.Brief:
		name = sheet.ShortCasual
	case s.Polite:
		name = sheet.Polite
	default:
		name = sheet.Casual
	}
	return string(s.Language), name
}

// Notes returns what of a style cannot be honoured, whatever a model writes. model says whether one
// is configured: without one, a line that the built-in sheets do not understand has a note.
func Notes(custom []string, model bool) []briefing.StyleNote { return nil }

// Lines returns a sheet for people: all keys that a briefing can say, with examples.
func Lines(s sheet.Sheet) []briefing.SheetLines { return nil }
