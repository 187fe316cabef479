package wording

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/time/rate"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// SourceTemplate is the source of what the template wrote.
const SourceTemplate = "template"

// Chat is a chat model.
type Chat interface {
	// Complete sends rules as system message and the turns of a conversation, user and
	// assistant by turns beginning with the user, and returns the model's answer. It
	// ends when ctx ends, and is called concurrently. Its errors hold no secrets.
	Complete(ctx context.Context, rules string, turns ...string) (string, error)
}

// Defaults of Config.
const (
	DefaultTimeout        = 20 * time.Second
	DefaultSummaryTimeout = time.Minute
	DefaultParallel       = 2
	DefaultQueue          = 32
)

// Config says who words, and how long that may take.
type Config struct {
	// Chat words what the template would; nil: the template words everything.
	Chat Chat
	// Model is the name of the chat model, the source of what it words. It must
	// not be empty when there is a Chat.
	Model string
	// Timeout is how long the model may take for a caption, with waiting, retries
	// and repair. Zero means DefaultTimeout. When ctx or the next tick leaves less, the
	// model gets four fifths of that, so that the template is still in time.
	Timeout time.Duration
	// SummaryTimeout is the same for a summary. Zero means DefaultSummaryTimeout.
	SummaryTimeout time.Duration
	// Parallel is how many texts the model words at once. Zero means DefaultParallel.
	Parallel int
	// Queue is how many more may wait for it; beyond them the template words at
	// once. Zero means DefaultQueue.
	Queue int
	// Zone is the owner's, for the times in summaries. Nil means UTC.
	Zone *time.Location
	// Log hears, at most once a minute, that the model fails. Nil means nobody does.
	Log *slog.Logger
}

// Wording words captions and summaries. It is safe for concurrent use and starts nothing.
type Wording struct {
	cfg    Config
	gate   *gate
	report rate.Sometimes
}

var (
	_ pipeline.Captioner  = (*Wording)(nil)
	_ briefing.Summarizer = (*Wording)(nil)
)

// New checks the settings and makes a Wording.
func New(cfg Config) (*Wording, error) {
	if cfg.Chat != nil && cfg.Model == "" {
		return nil, errors.New("wording: a chat model needs a name")
	}
	if cfg.Timeout < 0 || cfg.SummaryTimeout < 0 || cfg.Parallel < 0 || cfg.Queue < 0 {
		return nil, errors.New("wording: times and bounds must not be negative")
	}
	cfg.Timeout = orDefault(cfg.Timeout, DefaultTimeout)
	cfg.SummaryTimeout = orDefault(cfg.SummaryTimeout, DefaultSummaryTimeout)
	cfg.Parallel = orDefault(cfg.Parallel, DefaultParallel)
	cfg.Queue = orDefault(cfg.Queue, DefaultQueue)
	cfg.Zone = orDefault(cfg.Zone, time.UTC)
	cfg.Log = orDefault(cfg.Log, slog.New(slog.DiscardHandler))
	return &Wording{cfg: cfg, gate: newGate(cfg.Parallel, cfg.Queue), report: rate.Sometimes{Interval: time.Minute}}, nil
}

// Caption words a run. Without a model, and while the camera is away, the template does,
// and Degraded is empty: nothing is wrong with the wording then. When the model fails in
// any way, or says what the facts do not, the template words and Degraded is ModelUnavailable.
func (w *Wording) Caption(ctx context.Context, in pipeline.CaptionInput) (pipeline.Caption, error) {
	if err := ctx.Err(); err != nil {
		return pipeline.Caption{}, err
	}
	style := ParseStyle(in.Custom)
	caption := pipeline.Caption{Text: Template(in, style), Source: SourceTemplate}
	if w.cfg.Chat == nil || situationOf(in) <= cameraUnreadable {
		return caption, nil
	}
	timeout := w.cfg.Timeout
	if in.Within > 0 { // a model that hangs costs its words and no tick
		timeout = min(timeout, in.Within*4/5)
	}
	text, err := w.ask(ctx, timeout, task{
		rules:  captionRules,
		prompt: captionPrompt(in, style),
		read: func(answer string) (string, error) {
			return readCaption(answer, in, style)
		},
	})
	if ctx.Err() != nil {
		return pipeline.Caption{}, ctx.Err()
	}
	if err != nil {
		w.logFailure(ctx, "caption", err)
		caption.Degraded = briefing.ModelUnavailable
		return caption, nil
	}
	return pipeline.Caption{Text: text, Source: w.cfg.Model}, nil
}

// task is one text that the model is to word.
type task struct {
	rules, prompt string
	// read takes the text out of an answer. Its error is a *Refusal when the model
	// could do better if told so.
	read func(answer string) (string, error)
}

// ask has the model word a task, with one more try when its text is refused, all
// within the timeout.
func (w *Wording) ask(ctx context.Context, timeout time.Duration, t task) (string, error) {
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(deadline)*4/5)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	release, err := w.gate.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	answer, err := w.cfg.Chat.Complete(ctx, t.rules, t.prompt)
	if err != nil {
		return "", err
	}
	text, err := t.read(answer)
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok {
		return text, err
	}
	answer, err = w.cfg.Chat.Complete(ctx, t.rules, t.prompt, cut(answer), repairPrompt(refusal))
	if err != nil {
		return "", err
	}
	return t.read(answer)
}

// logFailure tells the log, without the text that failed. A model that is away for a day would
// else fill it.
func (w *Wording) logFailure(ctx context.Context, what string, err error) {
	reason := err.Error()
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		reason = "refused: " + refusal.Rule
	}
	w.report.Do(func() {
		w.cfg.Log.WarnContext(ctx, "the template words instead of the model", "what", what, "reason", reason)
	})
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
