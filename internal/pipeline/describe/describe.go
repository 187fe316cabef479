package describe

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/model"
	"bis/internal/pipeline/provider"
)

// maxTokens bounds an answer, with the model's reasoning.
const maxTokens = 1024

// Times of a question, in shares of its time.
const (
	turnShare = 0.5 // for the wait for a turn
	askShare  = 0.9 // for the answer; the rest is for booking
)

// bookTime bounds the booking of a question whose caller has gone.
const bookTime = time.Second

// Chain asks providers of models. provider.Chain is one.
type Chain interface {
	Ask(ctx context.Context, q provider.Question) (provider.Answer, error)
}

// Words stores what was refused and what questions cost. Each briefing.WordStore is one.
type Words interface {
	SaveRefused(ctx context.Context, r briefing.Refused) error
	AddUsage(ctx context.Context, username, date string, u briefing.Usage) error
}

// Config is what a Describer needs.
type Config struct {
	Chain Chain // required
	Words Words // nil: nothing is stored
	// Language returns the language of style lines, ko or en. Nil means Korean for all.
	Language func(custom []string) string
	// Parallel is how many questions are asked at once. Zero means 2. A user has one.
	Parallel int
	// Zone decides when a day of usage begins. Nil means UTC.
	Zone  *time.Location
	Clock func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: slog.Default()
}

// Describer asks models on pictures. It is safe for concurrent use and starts no goroutine.
type Describer struct {
	cfg  Config
	gate *gate
}

var _ pipeline.Describer = (*Describer)(nil)

// New checks cfg and returns a Describer. It asks nothing.
func New(cfg Config) (*Describer, error) {
	if cfg.Chain == nil || cfg.Parallel < 0 {
		return nil, errors.New("describe: a chain and a number of questions are required")
	}
	if cfg.Language == nil {
		cfg.Language = func([]string) string { return "ko" }
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	cfg.Parallel = cmp.Or(cfg.Parallel, 2)
	cfg.Zone, cfg.Log = cmp.Or(cfg.Zone, time.UTC), cmp.Or(cfg.Log, slog.Default())
	return &Describer{cfg: cfg, gate: newGate(cfg.Parallel)}, nil
}

// Describe implements pipeline.Describer.
func (d *Describer) Describe(
	ctx context.Context, in pipeline.DescribeInput,
) (result pipeline.Description, ok bool) {
	if in.Egress == nil || in.Picture == nil || in.Within <= 0 {
		return result, false
	}
	end := time.Now().Add(in.Within)
	turnCtx, cancel := context.WithTimeout(ctx, share(in.Within, turnShare))
	leave, ok := d.gate.enter(turnCtx, briefing.NameKey(in.Username))
	cancel()
	if !ok {
		result.Degraded = briefing.ModelUnavailable
		return result, ctx.Err() == nil
	}
	defer leave()
	asking, cancel := context.WithDeadline(ctx, end.Add(-share(in.Within, 1-askShare)))
	defer cancel()
	a := &attempt{language: d.language(in.Custom)}
	answer, err := d.cfg.Chain.Ask(asking, d.question(in, a))
	result, ok = a.result(ctx, answer, err)
	d.book(ctx, end, in.Username, &result, a.refused)
	return result, ok
}

// language returns the language of style lines.
func (d *Describer) language(custom []string) string {
	if language := d.cfg.Language(custom); languages[language] != "" {
		return language
	}
	return "en"
}

// attempt is what became of the answers to one question.
type attempt struct {
	language string
	last     said
	refused  []briefing.RefusedText // of all answers
}

// accept checks an answer. Its error means that the provider has failed.
func (a *attempt) accept(text string) (err error) {
	a.last, err = evaluate(text, a.language)
	a.refused = append(a.refused, a.last.refused...)
	return err
}

// question returns the question on a picture.
func (d *Describer) question(in pipeline.DescribeInput, a *attempt) provider.Question {
	return provider.Question{
		Rules: Rules, Turns: []string{request(in.Facts, in.Previous)}, Tail: tail(a.language, in.Custom),
		JSON: true, MaxTokens: maxTokens, User: in.Username, Egress: in.Egress,
		Accept: a.accept,
		Pictures: func(egress briefing.Egress) [][]byte {
			picture, ok := in.Picture(egress)
			if !ok {
				return nil
			}
			return [][]byte{picture}
		},
	}
}

// result returns the description of an answer. ok is false if the caller has gone, or if no
// provider got the picture: none has consent, sees, or may still get pictures at their cost.
func (a *attempt) result(
	ctx context.Context, answer provider.Answer, err error,
) (r pipeline.Description, ok bool) {
	r.Usage = answer.Usage
	switch {
	case err == nil:
		r.Text, r.Question, r.Model = a.last.text, a.last.question, answer.Model
	case ctx.Err() != nil, errors.Is(err, provider.ErrNoConsent), errors.Is(err, provider.ErrBlind),
		errors.Is(err, provider.ErrCostly), errors.Is(err, model.ErrNoPictures):
		return r, false
	case errors.Is(err, provider.ErrBudget):
		r.Degraded = briefing.BudgetSpent
	case !errors.Is(err, errUnusable):
		r.Degraded = briefing.ModelUnavailable
	}
	return r, true
}

// book stores what a question cost and what was refused. It uses the time that is left. What cannot
// be stored is logged.
func (d *Describer) book(
	ctx context.Context, end time.Time, username string, r *pipeline.Description,
	refused []briefing.RefusedText,
) {
	if d.cfg.Words == nil {
		return
	}
	if gone := time.Now().Add(bookTime); ctx.Err() != nil && gone.Before(end) {
		end = gone
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), end)
	defer cancel()
	now := d.cfg.Clock()
	if r.Usage != (briefing.Usage{}) && username != "" {
		date := now.In(d.cfg.Zone).Format(time.DateOnly)
		if err := d.cfg.Words.AddUsage(ctx, username, date, r.Usage); err != nil {
			d.cfg.Log.WarnContext(ctx, "book usage of a description", "user", username, "err", err)
		}
	}
	if len(refused) == 0 {
		return
	}
	ref := reference()
	err := d.cfg.Words.SaveRefused(ctx, briefing.Refused{
		Ref: ref, Username: username, At: now.UTC().Truncate(time.Millisecond),
		Texts: refused,
	})
	if err != nil {
		d.cfg.Log.WarnContext(ctx, "save refused texts", "user", username, "err", err)
		return
	}
	r.Refused = ref
}

// reference returns an unguessable reference.
func reference() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// share returns a share of a duration.
func share(of time.Duration, part float64) time.Duration {
	return time.Duration(part * float64(of))
}
