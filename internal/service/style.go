package service

import (
	"context"
	"errors"
	"time"

	"bis/internal/briefing"
)

// SaveStyle is UpdateCustom, and says what of the style cannot be honoured, or not yet. It does not
// wait for the model. The field of its InvalidError is "lines".
func (s *Service) SaveStyle(
	ctx context.Context, v briefing.Viewer, username string, lines []string,
) (briefing.User, []briefing.StyleNote, error) {
	u, err := s.updateCustom(ctx, v, username, lines, briefing.CheckCustom)
	if err != nil {
		return briefing.User{}, nil, renamed(err, "lines")
	}
	return u, s.stylist.Notes(u.Custom), nil
}

// StyleSheet returns the lines in which a user is briefed. It asks no model. An unknown user is
// ErrNotFound.
func (s *Service) StyleSheet(
	ctx context.Context, v briefing.Viewer, username string,
) (briefing.StyleSheet, error) {
	u, err := s.User(ctx, v, username)
	if err != nil {
		return briefing.StyleSheet{}, err
	}
	return s.stylist.StyleSheet(ctx, u.Username, u.Custom)
}

// renamed returns an InvalidError with another field, as the caller spells it.
func renamed(err error, field string) error {
	if invalid, ok := errors.AsType[*briefing.InvalidError](err); ok {
		other := *invalid
		other.Field = field
		return &other
	}
	return err
}

// rewriteTime bounds RewriteStyle. The Stylist itself waits 20 s for a model.
const rewriteTime = 30 * time.Second

// RewriteStyle asks a model once more for the lines of a user's style, and returns the lines; see
// Stylist.Rewrite. It counts as a preview. An unknown user is ErrNotFound, and a Stylist that takes
// more than rewriteTime is ErrUnavailable.
func (s *Service) RewriteStyle(
	caller context.Context, v briefing.Viewer, username string,
) (briefing.StyleSheet, error) {
	u, err := s.User(caller, v, username)
	if err != nil {
		return briefing.StyleSheet{}, err
	}
	if err := s.limiter.AllowPreview(caller, username); err != nil {
		return briefing.StyleSheet{}, err
	}
	ctx, cancel := context.WithTimeout(caller, rewriteTime)
	defer cancel()
	sheet, err := s.stylist.Rewrite(ctx, u.Username, u.Custom)
	return sheet, late(caller, ctx, err)
}

// prepareStart begins the question for the sheet of a user who has started a request. Without a
// provider there is no question, so the user is not read. After a failure the first run asks.
func (s *Service) prepareStart(ctx context.Context, username string) {
	if len(s.stylist.Providers()) == 0 {
		return
	}
	if u, err := s.store.User(ctx, username); err == nil {
		s.stylist.Prepare(u.Username, u.Custom)
	}
}

// builtIn is the Stylist of a service without one: built-in lines speak, and no model is asked.
type builtIn struct{}

var _ briefing.Stylist = builtIn{}

func (builtIn) Prepare(string, []string)              {}
func (builtIn) Notes([]string) []briefing.StyleNote   { return nil }
func (builtIn) Providers() (none []briefing.Provider) { return nil }

func (builtIn) StyleSheet(
	context.Context, string, []string,
) (briefing.StyleSheet, error) {
	return briefing.StyleSheet{
		Verdict: briefing.VerdictBuiltIn, Language: "ko", BuiltIn: "polite",
	}, nil
}

func (b builtIn) Rewrite(
	ctx context.Context, username string, custom []string,
) (briefing.StyleSheet, error) {
	return b.StyleSheet(ctx, username, custom)
}
