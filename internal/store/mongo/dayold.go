package mongo

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"bis/internal/briefing"
)

// readOld reads the first briefings of old servers after the position, at most d.limit. They have
// no time that the database could sort by, so all of the day are read. No more than twice the limit
// are in memory.
func (d *dayReader) readOld(ctx context.Context) error {
	for _, filter := range d.oldFilters() {
		if err := d.addOld(ctx, filter); err != nil {
			return err
		}
	}
	d.trimOld()
	return nil
}

// addOld reads those briefings of old servers that match a filter.
func (d *dayReader) addOld(ctx context.Context, filter bson.D) error {
	cur, err := d.store.briefings.Find(ctx, filter)
	if err != nil {
		return err
	}
	defer cur.Close(context.WithoutCancel(ctx))
	for cur.Next(ctx) {
		var doc briefingDoc
		if err := cur.Decode(&doc); err != nil {
			return err
		}
		b := doc.briefing(d.store.cfg.Zone)
		at := briefing.PositionOf(&b)
		if at.Compare(d.after) <= 0 && at.Compare(d.oldBefore[b.RequestID]) > 0 {
			d.oldBefore[b.RequestID] = at
		}
		if b.At.Before(d.query.From) || !b.At.Before(d.query.To) || at.Compare(d.after) <= 0 {
			continue
		}
		if d.old = append(d.old, b); len(d.old) >= 2*d.limit {
			d.trimOld()
		}
	}
	return cur.Err()
}

// trimOld sorts the briefings of old servers and removes those beyond the limit.
func (d *dayReader) trimOld() {
	slices.SortFunc(d.old, func(a, b briefing.Briefing) int {
		return briefing.PositionOf(&a).Compare(briefing.PositionOf(&b))
	})
	n := min(len(d.old), d.limit)
	clear(d.old[n:]) // so that their texts can be freed
	d.old = d.old[:n]
}

// oldFilters match the briefings without a time whose text has a date of the span, and the others
// whose id was made in the span. Both may also match briefings outside. They read the requests that
// ran within a day of the span, because old servers make the text and the id while a request runs.
// So the length of the user's history does not matter. Other programs may store a text under an id
// of any time, and it counts in these requests only. The filters are two because some servers use
// no index for an $or.
func (d *dayReader) oldFilters() []bson.D {
	if len(d.oldOf) == 0 {
		return nil
	}
	var dates []string
	last := d.query.To.In(d.store.cfg.Zone)
	for day := d.query.From.In(d.store.cfg.Zone); ; day = day.AddDate(0, 0, 1) {
		dates = append(dates, regexp.QuoteMeta(day.Format(time.DateOnly)))
		if day.After(last) {
			break
		}
	}
	dated := bson.D{{Key: "$regex", Value: "^(" + strings.Join(dates, "|") + ") "}}
	made := bson.D{
		{Key: "$gte", Value: firstID(d.query.From)},
		{Key: "$lt", Value: firstID(d.query.To.Add(time.Second))},
	}
	old := bson.D{{Key: "request_id", Value: bson.D{{Key: "$in", Value: d.oldOf}}}, {Key: "at", Value: nil}}
	return []bson.D{
		append(slices.Clone(old), bson.E{Key: "briefing", Value: dated}),
		append(old, bson.E{Key: "_id", Value: made},
			bson.E{Key: "briefing", Value: bson.D{{Key: "$not", Value: dated}}}),
	}
}

// firstID returns the smallest id of the second of a time, or the nearest one that ids can have.
func firstID(at time.Time) bson.ObjectID {
	id := bson.NewObjectIDFromTimestamp(time.Unix(min(max(at.Unix(), 0), math.MaxUint32), 0))
	clear(id[4:])
	return id
}

// peopleOf is the expression of the people of a briefing: the sum over its zones.
var peopleOf = bson.D{{Key: "$sum", Value: bson.D{{Key: "$map", Value: bson.D{
	{Key: "input", Value: "$facts.counts"}, {Key: "as", Value: "c"},
	{Key: "in", Value: bson.D{{Key: "$cond", Value: bson.A{
		bson.D{{Key: "$eq", Value: bson.A{"$$c.name", briefing.Person}}}, "$$c.count", 0}}}},
}}}}}

// DayOccupancy implements briefing.BriefingStore. The database computes the sums. Briefings of old
// servers have no counts.
func (s *Store) DayOccupancy(
	ctx context.Context, q briefing.DayQuery,
) ([]briefing.Occupancy, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	timed, _, err := s.dayRequests(ctx, q)
	if err != nil {
		return nil, translate("occupancy", err)
	}
	since := bson.D{{Key: "$subtract", Value: bson.A{"$at", q.From}}} // in milliseconds
	quarter := bson.D{{Key: "$floor", Value: bson.D{
		{Key: "$divide", Value: bson.A{since, briefing.Quarter.Milliseconds()}}}}}
	cur, err := s.briefings.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: bson.D{
			{Key: "request_id", Value: bson.D{{Key: "$in", Value: timed}}},
			{Key: "at", Value: bson.D{{Key: "$gte", Value: q.From}, {Key: "$lt", Value: q.To}}},
			{Key: "facts.counted", Value: true}, {Key: "facts.counts.name", Value: briefing.Person},
		}}},
		{{Key: "$group", Value: bson.D{{Key: "_id", Value: quarter},
			{Key: "samples", Value: bson.D{{Key: "$sum", Value: 1}}},
			{Key: "people", Value: bson.D{{Key: "$sum", Value: peopleOf}}}}}},
	})
	if err != nil {
		return nil, translate("occupancy", err)
	}
	var found []struct {
		Quarter float64 `bson:"_id"`
		Samples int     `bson:"samples"`
		People  int     `bson:"people"`
	}
	if err := cur.All(ctx, &found); err != nil {
		return nil, translate("occupancy", err)
	}
	quarters := make([]briefing.Occupancy, q.Quarters())
	for _, f := range found {
		if i := int(f.Quarter); i >= 0 && i < len(quarters) {
			quarters[i] = briefing.Occupancy{Samples: f.Samples, People: f.People}
		}
	}
	return quarters, nil
}
