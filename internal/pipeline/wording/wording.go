package wording

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"golang.org/x/time/rate"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// SourceTemplate is the Source of captions and summaries in built-in lines.
const SourceTemplate = briefing.SourceTemplate

// Config names the sheets that captions and summaries are rendered from.
type Config struct {
	// Sheets has the sheets of styles. Nil means the built-in sheets.
	Sheets Sheets
	// Model returns the model that writes sheets now, for By. Nil means that there is none.
	Model func() string
	// Zone is the owner's time zone, for the times in summaries and previews. Nil means UTC.
	Zone *time.Location
	// Log gets a warning while built-in lines speak for a model that fails, at most one per minute.
	// Nil means no log.
	Log *slog.Logger
}

// Wording writes captions and summaries. It is safe for concurrent use and starts no goroutine.
type Wording struct {
	cfg    Config
	report rate.Sometimes // spaces the warnings
}

var (
	_ pipeline.Captioner  = (*Wording)(nil)
	_ briefing.Summarizer = (*Wording)(nil)
	_ briefing.Previewer  = (*Wording)(nil)
)

// New returns a Wording. It calls no model.
func New(cfg Config) (*Wording, error) {
	if cfg.Sheets == nil {
		cfg.Sheets = builtIns{}
	}
	cfg.Zone = cmp.Or(cfg.Zone, time.UTC)
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	return &Wording{cfg: cfg, report: rate.Sometimes{Interval: time.Minute}}, nil
}

// builtIns are the built-in sheets.
type builtIns struct{}

func (builtIns) Styled(_ string, custom []string) Styled {
	return Styled{Sheet: builtIn(custom), Verdict: briefing.VerdictBuiltIn}
}

func (b builtIns) Await(_ context.Context, username string, custom []string) Styled {
	return b.Styled(username, custom)
}

// By returns the author of captions now: the model's name, or SourceTemplate without a model.
func (w *Wording) By() string {
	if w.cfg.Model == nil {
		return SourceTemplate
	}
	return cmp.Or(w.cfg.Model(), SourceTemplate)
}

// Caption implements pipeline.Captioner. It renders the sheet of the style as it is now. No model
// is called. The error is ctx's alone.
//
// Source is the model's name if the line on people or on the camera is the model's. Degraded is set
// if no model answered and the camera shows the shop: the pipeline sets the codes of cameras.
func (w *Wording) Caption(ctx context.Context, in pipeline.CaptionInput) (pipeline.Caption, error) {
	if err := ctx.Err(); err != nil {
		return pipeline.Caption{}, err
	}
	caption := captionOf(in, w.cfg.Sheets.Styled(in.Username, in.Custom))
	if caption.Degraded != "" {
		w.logFailure(ctx, "caption", caption.Degraded)
	}
	return caption, nil
}

// captionOf renders a caption.
func captionOf(in pipeline.CaptionInput, styled Styled) pipeline.Caption {
	styled = styled.follow(in.Custom)
	s := speaker{view: viewOf(in), styled: styled}
	said := s.caption()
	caption := pipeline.Caption{
		Text: said.text, Source: SourceTemplate, Headline: s.headline(), Made: madeOf(styled, said),
	}
	if said.own {
		caption.Source = styled.Model
	}
	failed := styled.Verdict == briefing.VerdictUnavailable || styled.Verdict == briefing.VerdictRefused
	if failed && s.situation > lightChanged {
		caption.Degraded = styled.Degraded
	}
	return caption
}

// madeOf says how a caption was made.
func madeOf(styled Styled, said said) briefing.Made {
	made := briefing.Made{
		Verdict: cmp.Or(styled.Verdict, briefing.VerdictBuiltIn), Said: said.lines,
	}
	if styled.Refused != "" {
		made.Refused = []string{styled.Refused}
	}
	if made.Verdict != briefing.VerdictStyleSheet {
		return made
	}
	made.Provider, made.Model, made.PromptVersion = styled.Provider, styled.Model, styled.PromptVersion
	if !styled.Sheet.Has(said.main) && styled.RefusedKeys[string(said.main)] {
		made.Verdict = briefing.VerdictRefused
	}
	return made
}

// logFailure logs that built-in lines speak for a model, at most once a minute: a model that fails
// for a day would otherwise fill the log. It logs no texts.
func (w *Wording) logFailure(ctx context.Context, what string, reason briefing.Degraded) {
	w.report.Do(func() {
		w.cfg.Log.WarnContext(ctx, "built-in lines speak for the model", "what", what, "reason", reason)
	})
}
