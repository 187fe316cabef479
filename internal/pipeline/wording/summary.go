package wording

import (
	"context"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording/sheet"
)

// Summarize implements briefing.Summarizer. It renders a request's figures with advice from the
// sheet of the style as it is now. No model is called.
//
// Source is the model's name if the main line is the model's. Without events the report has no
// advice. The only error is ctx's.
func (w *Wording) Summarize(
	ctx context.Context, in briefing.SummaryInput,
) (briefing.Summary, error) {
	if err := ctx.Err(); err != nil {
		return briefing.Summary{}, err
	}
	styled := w.cfg.Sheets.Styled(in.Request.Username, in.Custom)
	r := reportOf(in, styled, w.cfg.Zone)
	summary := briefing.Summary{
		Text: r.text(in.Captions), GeneratedAt: in.Now, Source: SourceTemplate, Figures: in.Figures,
	}
	if styled.own(r.main()) {
		summary.Source = styled.Model
	}
	if r.fixed() {
		return summary, nil
	}
	summary.Advice = r.advice()
	if styled.Degraded != "" {
		w.logFailure(ctx, "summary", styled.Degraded)
	}
	return summary, nil
}

// maxQuote is the greatest length of a quoted caption in code points.
const maxQuote = 300

// shorten returns a caption of at most maxQuote code points. A longer one is cut and ends with an
// ellipsis.
func shorten(caption string) string {
	if runes := []rune(caption); len(runes) > maxQuote {
		return string(runes[:maxQuote]) + "…"
	}
	return caption
}

// main returns the key of the main line: that on people, or that nothing happened.
func (r report) main() sheet.Key {
	switch {
	case r.Samples == 0:
		return sheet.SumNone
	case r.Eventless():
		return sheet.SumEventless
	case r.Counted == 0:
		return sheet.SumUncounted
	case r.Occupied == 0:
		return sheet.SumNobody
	}
	return sheet.SumPeople
}
