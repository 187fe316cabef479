package wording

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/time/rate"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// SourceTemplate is the Source of captions and summaries that the template wrote.
const SourceTemplate = briefing.SourceTemplate

// Chat is a chat model. model.Client implements it.
type Chat interface {
	// Complete returns the model's answer to a conversation. The rules are the system message; the
	// turns alternate between user and assistant, and the first is the user's. It returns when ctx
	// ends. It is called concurrently. Its errors are logged, so they contain neither secrets nor
	// texts.
	Complete(ctx context.Context, rules string, turns ...string) (string, error)
}

// Defaults of Config.
const (
	DefaultTimeout        = 20 * time.Second
	DefaultSummaryTimeout = time.Minute // a summary may be ten times as long as a caption
	DefaultParallel       = 2
	DefaultQueue          = 32
	DefaultSummaries      = 1
	DefaultSummaryQueue   = 8
	DefaultPreviews       = 1
	DefaultPreviewQueue   = 8
)

// Config names the model that writes, and bounds its time.
type Config struct {
	// Chat writes captions and summaries. Nil means that the template writes all of them.
	Chat Chat
	// Model is the model's name, which becomes the Source of its texts. It is required with
	// a Chat.
	Model string
	// Timeout is the model's time for one caption: waiting, both tries and the repair. Zero means
	// DefaultTimeout. If ctx or the next tick leaves less time, the model gets four fifths of it,
	// so that the template is still in time.
	Timeout time.Duration
	// SummaryTimeout is the model's time for one summary. Zero means DefaultSummaryTimeout.
	SummaryTimeout time.Duration
	// Parallel is how many captions the model writes at once. Zero means DefaultParallel.
	Parallel int
	// Queue is how many more captions may wait. Beyond them the template writes at once. Zero
	// means DefaultQueue.
	Queue int
	// Summaries and SummaryQueue are the same for summaries, which have a gate of their own, so
	// that they do not delay captions. Zero means DefaultSummaries and DefaultSummaryQueue.
	Summaries, SummaryQueue int
	// Previews and PreviewQueue are the same for previews. Zero means DefaultPreviews and
	// DefaultPreviewQueue.
	Previews, PreviewQueue int
	// Zone is the owner's time zone, for the times in summaries. Nil means UTC.
	Zone *time.Location
	// Log gets a warning when the model fails, at most one per minute. Nil means no log.
	Log *slog.Logger
}

// Wording writes captions and summaries. It is safe for concurrent use and starts no goroutine.
type Wording struct {
	cfg       Config
	gate      *gate // of captions
	summaries *userGate
	previews  *userGate
	report    rate.Sometimes // spaces the warnings of logFailure
}

var (
	_ pipeline.Captioner  = (*Wording)(nil)
	_ briefing.Summarizer = (*Wording)(nil)
	_ briefing.Previewer  = (*Wording)(nil)
)

// New checks cfg and returns a Wording. It calls no model.
func New(cfg Config) (*Wording, error) {
	if cfg.Chat != nil && cfg.Model == "" {
		return nil, errors.New("wording: a chat model needs a name")
	}
	if cfg.Timeout < 0 || cfg.SummaryTimeout < 0 || cfg.Parallel < 0 || cfg.Queue < 0 ||
		cfg.Summaries < 0 || cfg.SummaryQueue < 0 || cfg.Previews < 0 || cfg.PreviewQueue < 0 {
		return nil, errors.New("wording: times and bounds must not be negative")
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, DefaultTimeout)
	cfg.SummaryTimeout = cmp.Or(cfg.SummaryTimeout, DefaultSummaryTimeout)
	cfg.Parallel = cmp.Or(cfg.Parallel, DefaultParallel)
	cfg.Queue = cmp.Or(cfg.Queue, DefaultQueue)
	cfg.Summaries = cmp.Or(cfg.Summaries, DefaultSummaries)
	cfg.SummaryQueue = cmp.Or(cfg.SummaryQueue, DefaultSummaryQueue)
	cfg.Previews = cmp.Or(cfg.Previews, DefaultPreviews)
	cfg.PreviewQueue = cmp.Or(cfg.PreviewQueue, DefaultPreviewQueue)
	cfg.Zone = cmp.Or(cfg.Zone, time.UTC)
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	return &Wording{
		cfg: cfg, gate: newGate(cfg.Parallel, cfg.Queue),
		summaries: newUserGate(cfg.Summaries, cfg.SummaryQueue),
		previews:  newUserGate(cfg.Previews, cfg.PreviewQueue),
		report:    rate.Sometimes{Interval: time.Minute},
	}, nil
}

// By returns the author of captions: the model's name, or SourceTemplate without a model.
func (w *Wording) By() string {
	if w.cfg.Chat == nil {
		return SourceTemplate
	}
	return w.cfg.Model
}

// Caption implements pipeline.Captioner. Without a model, for an unchanged run, and while the
// camera does not show the shop, the template writes and Degraded is empty: the wording works as
// configured. If the model fails, or its text is refused twice, the template writes and Degraded is
// ModelUnavailable. The error is ctx's alone.
func (w *Wording) Caption(ctx context.Context, in pipeline.CaptionInput) (pipeline.Caption, error) {
	return w.caption(ctx, in, w.gate.acquire)
}

// caption is Caption. enter waits until the model may be called.
func (w *Wording) caption(
	ctx context.Context, in pipeline.CaptionInput, enter func(context.Context) (func(), error),
) (pipeline.Caption, error) {
	if err := ctx.Err(); err != nil {
		return pipeline.Caption{}, err
	}
	style := ParseStyle(in.Custom)
	caption := pipeline.Caption{Text: Template(in, style), Source: SourceTemplate}
	if w.cfg.Chat == nil || in.Unchanged || situationOf(in) <= lightChanged {
		return caption, nil
	}
	timeout := w.cfg.Timeout
	if in.Within > 0 { // a model that hangs must not cost the next tick
		timeout = min(timeout, in.Within*4/5)
	}
	text, err := w.ask(ctx, timeout, task{
		rules:  captionRules,
		prompt: captionPrompt(in, style),
		enter:  enter,
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

// task is one text that the model is to write.
type task struct {
	rules, prompt string
	// enter waits until the model may be called. See gate.acquire.
	enter func(ctx context.Context) (release func(), err error)
	// read extracts the text from an answer and checks it. After a *Refusal the model may try
	// again. Any other error is final.
	read func(answer string) (string, error)
}

// ask lets the model write a task's text. After a refusal it tries once more, in the same
// conversation, and names the reason. The timeout covers all of it.
func (w *Wording) ask(ctx context.Context, timeout time.Duration, t task) (string, error) {
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(deadline)*4/5)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	release, err := t.enter(ctx)
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

// logFailure logs why the template wrote instead of the model, at most once a minute: a model that
// fails for a day would otherwise fill the log. For a refusal it logs the rule and not the words,
// which are a part of the caption.
func (w *Wording) logFailure(ctx context.Context, what string, err error) {
	reason := err.Error()
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		reason = "refused: " + refusal.Rule
	}
	w.report.Do(func() {
		w.cfg.Log.WarnContext(ctx, "the template words instead of the model", "what", what, "reason", reason)
	})
}
