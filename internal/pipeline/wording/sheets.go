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
	// Verdict is BuiltIn without a model, StyleSheet, Pending, Unavailable, or Refused if no line
	// of the model's answer can be used.
	Verdict briefing.Verdict
	// Provider, Model and PromptVersion are set with VerdictStyleSheet.
	Provider, Model, PromptVersion string
	// Refused is the reference of the refused lines. Empty means that there are none.
	Refused string
	// RefusedKeys are the keys of which the model's lines were all refused.
	RefusedKeys map[string]bool
	// Degraded is ModelUnavailable or BudgetSpent with VerdictUnavailable, and ModelUnavailable
	// with VerdictRefused.
	Degraded briefing.Degraded
}

// Sheets has the sheets of styles. Both methods are called concurrently, and the values that they
// return are shared: they must not be changed.
type Sheets interface {
	// Styled returns the sheet of a style without waiting for a model. If none has written it, it
	// is asked in the background.
	Styled(username string, custom []string) Styled
	// Await is Styled, except that it waits until a model has written the sheet or has failed, or
	// until ctx ends.
	Await(ctx context.Context, username string, custom []string) Styled
}

// BaseOf returns the language of a style and the name of the nearest built-in sheet.
func BaseOf(custom []string) (language, name string) {
	s := ParseStyle(custom)
	switch {
	case s.Figures:
		name = sheet.Figures
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

// builtIn returns the built-in sheet that is nearest to a style.
func builtIn(custom []string) sheet.Sheet { return sheet.BuiltIn(BaseOf(custom)) }
