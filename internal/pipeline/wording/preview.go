package wording

import (
	"context"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// PreviewTime is how long a preview waits for the sheet of a style.
const PreviewTime = 20 * time.Second

// Preview implements briefing.Previewer. It waits at most PreviewTime for the sheet of the style,
// and renders all captions from it. The notes say why built-in lines speak, and what of the style
// cannot be honoured.
func (w *Wording) Preview(
	ctx context.Context, in []briefing.PreviewInput,
) (captions []string, notes []briefing.StyleNote, err error) {
	if err := ctx.Err(); err != nil || len(in) == 0 {
		return nil, nil, err
	}
	username, custom := in[0].Username, in[0].Custom
	wait, cancel := context.WithTimeout(ctx, PreviewTime)
	defer cancel()
	styled := w.cfg.Sheets.Await(wait, username, custom)
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	for _, p := range in {
		captions = append(captions, captionOf(pipeline.CaptionInput{
			Username: p.Username, At: p.At.In(w.cfg.Zone), Facts: p.Facts, Degraded: p.Degraded,
			Custom: p.Custom,
		}, styled).Text)
	}
	model := styled.Verdict != "" && styled.Verdict != briefing.VerdictBuiltIn
	return captions, append(StateNotes(styled), Notes(custom, model)...), nil
}

// StateNotes says why the sheet of a style does not speak, or not with all of its lines.
func StateNotes(styled Styled) []briefing.StyleNote {
	language := styled.Sheet.Language
	if styled.Verdict == briefing.VerdictRefused {
		return []briefing.StyleNote{
			{Code: briefing.NoteLinesRefused, Text: textOf(allRefused, language)},
		}
	}
	code := ""
	switch {
	case styled.Verdict == briefing.VerdictPending:
		code = briefing.NoteSheetPending
	case styled.Verdict == briefing.VerdictUnavailable && styled.Degraded == briefing.BudgetSpent:
		code = briefing.NoteBudgetSpent
	case styled.Verdict == briefing.VerdictUnavailable:
		code = briefing.NoteModelUnavailable
	case styled.Refused != "", len(styled.RefusedKeys) > 0:
		code = briefing.NoteLinesRefused
	default:
		return nil
	}
	return []briefing.StyleNote{{Code: code, Text: NoteText(code, language)}}
}
