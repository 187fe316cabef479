package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
	"bis/internal/service"
)

// MarshalDate writes a day.
func MarshalDate(d briefing.Date) graphql.Marshaler { return graphql.MarshalString(d.String()) }

// UnmarshalDate reads a day, as in "2026-11-26".
func UnmarshalDate(v any) (briefing.Date, error) {
	s, ok := v.(string)
	if !ok {
		return briefing.Date{}, errInput("a date must be a string")
	}
	d, err := briefing.ParseDate(s)
	if err != nil {
		return briefing.Date{}, errInput(err.Error())
	}
	return d, nil
}

// DayBriefings resolves Query.dayBriefings: the briefings of a user on one day.
func (q query) DayBriefings(
	ctx context.Context, username string, date briefing.Date, camera *string,
	filter *BriefingFilter, first *int, after *briefing.Cursor,
) (*BriefingConnection, error) {
	f := orZero(filter)
	page, err := q.svc.DayBriefings(ctx, viewer(ctx), service.DayInput{
		Username: username, Date: date, CameraID: briefing.CameraID(orZero(camera)), From: f.From,
		Filter: briefing.DayFilter{Text: orZero(f.Text), Changed: f.Changed, Degraded: f.Degraded},
		Page:   briefing.Page{First: first, After: orZero(after)},
	})
	if err != nil {
		return nil, err
	}
	c := &BriefingConnection{
		Edges: make([]BriefingEdge, len(page.Items)), PageInfo: pageInfo(page.Listing),
	}
	for i := range page.Items {
		b := &page.Items[i]
		c.Edges[i] = BriefingEdge{Cursor: page.List.Cursor(briefing.PositionOf(b)), Node: b}
	}
	loaderOf(ctx).expect(c.Edges)
	refusedOf(ctx).expect(c.Edges)
	if len(c.Edges) > 0 {
		c.PageInfo.StartCursor = &c.Edges[0].Cursor
	}
	if page.Last != "" {
		c.PageInfo.EndCursor = &page.Last
	}
	return c, nil
}

// Occupancy resolves Query.occupancy: the people over one day.
func (q query) Occupancy(
	ctx context.Context, username string, date briefing.Date, camera *string,
) ([]OccupancyPoint, error) {
	quarters, err := q.svc.Occupancy(ctx, viewer(ctx), username, date,
		briefing.CameraID(orZero(camera)))
	if err != nil {
		return nil, err
	}
	points := make([]OccupancyPoint, len(quarters))
	for i, o := range quarters {
		points[i] = OccupancyPoint{From: o.From, Samples: o.Samples}
		if o.Samples > 0 {
			people := float64(o.People) / float64(o.Samples)
			points[i].People = &people
		}
	}
	return points, nil
}
