package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// A briefing may have any time, but nearly all times lie in the span of their request. A request of
// this version has the field regular. Its fields odd_from and odd_to have the range of the other
// times. So a query of a day reads few requests, however many the user has. A request without the
// field may have briefings of any time, unless it is of an old server and has no last_id.

// Margins of a request's span.
const (
	oddMargin  = 10 * time.Minute // of a time that is not odd
	timeMargin = time.Hour        // of a query for times; the clocks of writers differ less
	textMargin = 24 * time.Hour   // of a query for the texts and ids of old servers
)

// span returns when a request began, and when it ended or was to end, whichever is later. The span
// of an active request ends in the far future.
func (d *requestDoc) span(zone *time.Location) (from, to time.Time) {
	r := d.request(zone)
	if r.Active {
		return r.StartedAt, time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	to = r.StartedAt.Add(longestDay)
	if r.EndsAt != nil {
		to = *r.EndsAt
	}
	if r.EndedAt != nil && r.EndedAt.After(to) {
		to = *r.EndedAt
	}
	return r.StartedAt, to
}

// near reports whether the span of a request, with a margin, has a part in the span of a query.
func (d *requestDoc) near(q briefing.DayQuery, margin time.Duration, zone *time.Location) bool {
	from, to := d.span(zone)
	return from.Before(q.To.Add(margin)) && to.After(q.From.Add(-margin))
}

// mayHaveTimes reports whether a request may have briefings with a time in the span of a query.
func (d *requestDoc) mayHaveTimes(q briefing.DayQuery, zone *time.Location) bool {
	switch {
	case d.legacy() && d.LastID.IsZero() && d.DeletedLast.IsZero():
		return d.near(q, textMargin, zone)
	case !d.Regular, d.near(q, timeMargin, zone):
		return true
	}
	return d.OddFrom != nil && d.OddTo != nil && d.OddFrom.Before(q.To) && !d.OddTo.Before(q.From)
}

// odd reports whether a time lies outside of the span of a request. An active request will end no
// earlier than at its end time or now, whichever is first.
func odd(r briefing.Request, at, now time.Time) bool {
	last := now
	if r.EndsAt != nil && r.EndsAt.Before(now) {
		last = *r.EndsAt
	}
	if r.EndedAt != nil {
		last = *r.EndedAt
	}
	return at.Before(r.StartedAt.Add(-oddMargin)) || at.After(last.Add(oddMargin))
}

// widen makes the range of odd times include from and to. It is a part of an update.
func widen(from, to time.Time) bson.D {
	return bson.D{
		{Key: "$min", Value: bson.D{{Key: "odd_from", Value: from}}},
		{Key: "$max", Value: bson.D{{Key: "odd_to", Value: to}}},
	}
}

// setOddTimes sets the range of odd times of a request that is being transferred. Its briefings are
// stored already.
func (s *Store) setOddTimes(ctx context.Context, doc *requestDoc, r briefing.Request) error {
	var times [2]time.Time
	for i, direction := range []int{1, -1} {
		var b briefingDoc
		err := s.briefings.FindOne(ctx,
			bson.D{{Key: "request_id", Value: doc.ID}, {Key: "at", Value: bson.D{{Key: "$gt", Value: time.Time{}}}}},
			options.FindOne().SetSort(bson.D{{Key: "at", Value: direction}})).Decode(&b)
		if errors.Is(err, mongo.ErrNoDocuments) {
			return nil
		}
		if err != nil {
			return err
		}
		times[i] = b.At.UTC()
	}
	if now := s.Now(); odd(r, times[0], now) || odd(r, times[1], now) {
		doc.OddFrom, doc.OddTo = &times[0], &times[1]
	}
	return nil
}

// widenOddTimes widens the ranges of requests that exist already by the times of briefings that are
// about to be transferred.
func (s *Store) widenOddTimes(ctx context.Context, list []briefing.Briefing) error {
	ranges := make(map[briefing.RequestID][2]time.Time)
	for _, b := range list {
		r, ok := ranges[b.RequestID]
		if !ok || b.At.Before(r[0]) {
			r[0] = b.At
		}
		if !ok || b.At.After(r[1]) {
			r[1] = b.At
		}
		ranges[b.RequestID] = r
	}
	for id, r := range ranges {
		oid, _ := objectID(id)
		_, err := s.requests.UpdateOne(ctx, bson.D{{Key: "_id", Value: oid}}, widen(r[0].UTC(), r[1].UTC()))
		if err != nil {
			return err
		}
	}
	return nil
}
