package mongo

import (
	"context"
	"errors"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// dayBatch is how many briefings of a day are examined together. The briefings before them are then
// read in one round trip.
const dayBatch = 500

// DayBriefings implements briefing.BriefingStore. It reads in two steps, each with two queries at
// the same time: the user and the requests, then the briefings with a time and those of old
// servers, which have their time in the text. The second step merges its two results.
func (s *Store) DayBriefings(
	ctx context.Context, q briefing.DayQuery, p briefing.DayPage,
) (briefing.DayListing, error) {
	if s.closed.Load() {
		return briefing.DayListing{}, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	timed, old, err := s.dayRequests(ctx, q)
	if err != nil {
		return briefing.DayListing{}, translate("briefings of the day", err)
	}
	after := p.After
	if after.ID == "" || after.At.Before(q.From) {
		after = briefing.DayPosition{At: q.From} // an empty id is before all others
	}
	d := &dayReader{store: s, query: q, after: after, limit: p.Examine + 1, timedOf: timed, oldOf: old,
		oldBefore: make(map[briefing.RequestID]briefing.DayPosition)}
	err = together(func() error { return d.openTimed(ctx) }, func() error { return d.readOld(ctx) })
	if d.timed != nil {
		defer d.timed.Close(context.WithoutCancel(ctx))
	}
	scan := briefing.NewDayScan(p)
	if err == nil {
		err = d.scan(ctx, scan)
	}
	if err != nil {
		return briefing.DayListing{}, translate("briefings of the day", err)
	}
	return scan.Listing(), nil
}

// together runs two reads at the same time, and waits for both.
func together(a, b func() error) error {
	var first error
	var other sync.WaitGroup
	other.Go(func() { first = a() })
	second := b()
	other.Wait()
	return errors.Join(first, second)
}

// dayRequests returns the requests of a query that may have briefings with a time, and those that
// may have briefings of old servers. An unknown user is ErrNotFound.
func (s *Store) dayRequests(
	ctx context.Context, q briefing.DayQuery,
) (timed, old bson.A, err error) {
	filter := bson.D{s.nameFilter("username", q.Username)}
	switch q.CameraID {
	case "":
	case briefing.DefaultCamera: // old servers have no other, and do not store it
		filter = append(filter, bson.E{Key: "camera", Value: bson.D{
			{Key: "$in", Value: bson.A{nil, "", string(q.CameraID)}}}})
	default:
		filter = append(filter, bson.E{Key: "camera", Value: string(q.CameraID)})
	}
	timed, old = bson.A{}, bson.A{} // not nil, because $in needs a list
	err = together(func() error {
		_, err := s.user(ctx, q.Username)
		return err
	}, func() error {
		docs, err := s.findRequests(ctx, filter,
			options.Find().SetProjection(dayFields))
		for i := range docs {
			if docs[i].mayHaveTimes(q, s.cfg.Zone) {
				timed = append(timed, docs[i].ID)
			}
			if docs[i].near(q, textMargin, s.cfg.Zone) {
				old = append(old, docs[i].ID)
			}
		}
		return err
	})
	return timed, old, err
}

// dayFields are the fields that say when a request may have briefings.
var dayFields = bson.D{
	{Key: "request_name", Value: 1}, {Key: "endtime", Value: 1}, {Key: "started_at", Value: 1},
	{Key: "ends_at", Value: 1}, {Key: "ended_at", Value: 1}, {Key: "is_active", Value: 1},
	{Key: "last_id", Value: 1}, {Key: "deleted_last", Value: 1}, {Key: "regular", Value: 1},
	{Key: "odd_from", Value: 1}, {Key: "odd_to", Value: 1},
}

// dayReader merges the briefings of a day.
type dayReader struct {
	store   *Store
	query   briefing.DayQuery
	after   briefing.DayPosition
	limit   int    // of briefings to read
	timedOf bson.A // requests that may have briefings with a time
	oldOf   bson.A // requests that may have briefings of old servers

	same  []briefingDoc       // briefings with the time of the position, in order
	timed *mongo.Cursor       // briefings with a later time, in order
	old   []briefing.Briefing // briefings of old servers, in order
	next  *briefing.Briefing  // of timed; nil: it must be read, or there is none

	// oldBefore has the last briefings of old servers that are not after the position.
	oldBefore map[briefing.RequestID]briefing.DayPosition
}

// openTimed queries the briefings that have a time. Those of the time of the position are read by
// themselves: with an $or over both, some servers use no index.
func (d *dayReader) openTimed(ctx context.Context) error {
	of := bson.E{Key: "request_id", Value: bson.D{{Key: "$in", Value: d.timedOf}}}
	sort := bson.D{{Key: "at", Value: 1}, {Key: "_id", Value: 1}}
	first := "$gte"
	if id, ok := objectID(d.after.ID); ok {
		first = "$gt"
		same, err := d.store.findBriefings(ctx, bson.D{of, {Key: "at", Value: d.after.At},
			{Key: "_id", Value: bson.D{{Key: "$gt", Value: id}}}}, sort, d.limit)
		if err != nil {
			return err
		}
		d.same = same
	}
	at := bson.D{{Key: first, Value: d.after.At}, {Key: "$lt", Value: d.query.To}}
	cur, err := d.store.briefings.Find(ctx, bson.D{of, {Key: "at", Value: at}},
		options.Find().SetSort(sort).SetLimit(int64(d.limit)))
	d.timed = cur
	return err
}

// peekTimed returns the next briefing of timed, or nil after the last.
func (d *dayReader) peekTimed(ctx context.Context) (*briefing.Briefing, error) {
	switch {
	case d.next != nil:
		return d.next, nil
	case len(d.same) > 0:
		b := d.same[0].briefing(d.store.cfg.Zone)
		d.next, d.same = &b, d.same[1:]
		return d.next, nil
	}
	if d.timed.Next(ctx) {
		var doc briefingDoc
		if err := d.timed.Decode(&doc); err != nil {
			return nil, err
		}
		b := doc.briefing(d.store.cfg.Zone)
		d.next = &b
	}
	return d.next, d.timed.Err()
}

// batch returns the next briefings in the order of the list, at most dayBatch. An empty batch is
// the end.
func (d *dayReader) batch(ctx context.Context) (list []briefing.Briefing, err error) {
	for len(list) < dayBatch {
		timed, err := d.peekTimed(ctx)
		switch {
		case err != nil:
			return nil, err
		case timed == nil && len(d.old) == 0:
			return list, nil
		case timed == nil || len(d.old) > 0 && before(&d.old[0], timed):
			list, d.old = append(list, d.old[0]), d.old[1:]
		default:
			list, d.next = append(list, *timed), nil
		}
	}
	return list, nil
}

// before reports whether a comes before b in the list of a day.
func before(a, b *briefing.Briefing) bool {
	return briefing.PositionOf(a).Compare(briefing.PositionOf(b)) < 0
}

// scan adds the briefings to a page until the page is complete.
func (d *dayReader) scan(ctx context.Context, scan *briefing.DayScan) error {
	for {
		list, err := d.batch(ctx)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := d.addBefore(ctx, scan, list); err != nil {
			return err
		}
		for i := range list {
			if !scan.Add(list[i]) {
				return nil
			}
		}
	}
}

// addBefore adds, in one round trip, the facts of the briefings before the first ones of requests
// that the scan meets for the first time. A briefing of an old server has no counts, so nothing is
// added if one comes between.
func (d *dayReader) addBefore(
	ctx context.Context, scan *briefing.DayScan, list []briefing.Briefing,
) error {
	wanted := bson.A{}
	seen := make(map[briefing.RequestID]bool)
	for i := range list {
		id := list[i].RequestID
		if oid, ok := objectID(id); ok && !seen[id] && scan.Lacks(id) {
			seen[id] = true
			wanted = append(wanted, oid)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	earlier := bson.D{{Key: "at", Value: bson.D{{Key: "$lt", Value: d.after.At}}}}
	if id, ok := objectID(d.after.ID); ok {
		earlier = bson.D{{Key: "$or", Value: bson.A{earlier,
			bson.D{{Key: "at", Value: d.after.At}, {Key: "_id", Value: bson.D{{Key: "$lte", Value: id}}}}}}}
	}
	same := bson.D{{Key: "$expr", Value: bson.D{{Key: "$eq", Value: bson.A{"$request_id", "$$id"}}}}}
	cur, err := d.store.requests.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: wanted}}}}}},
		{{Key: "$project", Value: bson.D{{Key: "_id", Value: 1}}}},
		{{Key: "$lookup", Value: bson.D{{Key: "from", Value: "briefings"}, {Key: "as", Value: "last"},
			{Key: "let", Value: bson.D{{Key: "id", Value: "$_id"}}},
			{Key: "pipeline", Value: mongo.Pipeline{
				{{Key: "$match", Value: same}}, {{Key: "$match", Value: earlier}},
				{{Key: "$sort", Value: bson.D{{Key: "at", Value: -1}, {Key: "_id", Value: -1}}}},
				{{Key: "$limit", Value: 1}},
			}}}}},
	})
	if err != nil {
		return err
	}
	var found []struct {
		ID   bson.ObjectID `bson:"_id"`
		Last []briefingDoc `bson:"last"`
	}
	if err := cur.All(ctx, &found); err != nil {
		return err
	}
	for _, f := range found {
		if len(f.Last) == 0 {
			continue
		}
		last := f.Last[0].briefing(d.store.cfg.Zone)
		if briefing.PositionOf(&last).Compare(d.oldBefore[last.RequestID]) > 0 {
			scan.Before(last.RequestID, last.Facts)
		}
	}
	return nil
}
