package graph

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// AiSummary resolves Query.aiSummary. A model may word it, so it can take many seconds.
func (q query) AiSummary(ctx context.Context, requestID string) (*briefing.Summary, error) {
	s, err := q.svc.AiSummary(ctx, viewer(ctx), briefing.RequestID(requestID))
	return &s, err
}

// Figures resolves Summary.figures. Shares and means are null if nothing was counted.
func (overview) Figures(_ context.Context, of *briefing.Summary) (*Figures, error) {
	f := &of.Figures
	answer := &Figures{
		Samples: f.Samples, Counted: f.Counted, Peak: f.Peak, Unchanged: f.Unchanged,
		Hours:          make([]HourFigure, len(f.Hours)),
		OfflineMinutes: minutes(f.DownSpan),
	}
	if f.Counted > 0 {
		share, mean, at := f.OccupiedShare(), f.Mean(), f.PeakAt
		answer.OccupiedShare, answer.AveragePeople, answer.PeakAt = &share, &mean, &at
	}
	if f.Empty.Samples > 0 {
		n := minutes(f.Empty)
		answer.LongestEmptyMinutes = &n
	}
	for i, h := range f.Hours {
		mean, peak := h.Mean(), h.Peak
		answer.Hours[i] = HourFigure{Hour: h.Hour, Samples: h.Samples, Average: &mean, Peak: &peak}
	}
	return answer, nil
}

// Advice resolves Summary.advice: an empty list if the figures call for none.
func (overview) Advice(_ context.Context, of *briefing.Summary) ([]briefing.AdviceText, error) {
	if of.Advice == nil {
		return []briefing.AdviceText{}, nil
	}
	return of.Advice, nil
}

// minutes returns the length of a stretch in whole minutes.
func minutes(s briefing.Span) int { return int(s.Length() / time.Minute) }

// About resolves Query.about.
func (q query) About(ctx context.Context) (*briefing.About, error) {
	answer := q.svc.About(ctx, viewer(ctx))
	return &answer, nil
}

// Counting resolves About.counting.
func (about) Counting(_ context.Context, of *briefing.About) (*Counting, error) {
	c := &of.Counting
	answer := &Counting{
		Method: methods[c.Method], Name: orNone(c.Name), Wanted: orNone(c.Wanted),
		Reason: orNone(c.Reason), Detail: orNone(c.Detail),
	}
	if c.MedianMs > 0 {
		answer.MedianMs = &c.MedianMs
	}
	return answer, nil
}
