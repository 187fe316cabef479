package sqlite

import (
	"container/heap"
	"context"
	"database/sql"
	"errors"
	"time"

	"bis/internal/briefing"
)

// Rows that are read at a time for one request of a day.
const (
	leastDayRows = 8
	mostDayRows  = 256
)

// DayBriefings implements briefing.BriefingStore. It merges the requests of the day, each of which
// is read in the order of an index. So a page costs what it examines, however many briefings the
// day has.
func (s *Store) DayBriefings(
	ctx context.Context, q briefing.DayQuery, p briefing.DayPage,
) (briefing.DayListing, error) {
	ids, err := s.dayRequests(ctx, q)
	if err != nil {
		return briefing.DayListing{}, err
	}
	chunk := min(max(leastDayRows, (p.Limit+1)/max(1, len(ids))+1), mostDayRows)
	after := p.After
	if after.ID == "" || after.At.Before(q.From) {
		after = briefing.DayPosition{At: q.From} // an empty id is before all others
	}
	scan := briefing.NewDayScan(p)
	var merged dayHeap
	for _, id := range ids {
		d := &dayRows{request: id, after: after, to: q.To, chunk: chunk}
		if err := s.nextRows(ctx, d); err != nil {
			return briefing.DayListing{}, err
		}
		if len(d.rows) > 0 {
			merged = append(merged, d)
		}
	}
	heap.Init(&merged)
	for len(merged) > 0 {
		d := merged[0]
		if scan.Lacks(d.request) {
			if err := s.addBefore(ctx, scan, d.request, after); err != nil {
				return briefing.DayListing{}, err
			}
		}
		if !scan.Add(d.rows[0]) {
			break
		}
		if d.rows = d.rows[1:]; len(d.rows) == 0 && !d.complete {
			if err := s.nextRows(ctx, d); err != nil {
				return briefing.DayListing{}, err
			}
		}
		if len(d.rows) == 0 {
			heap.Pop(&merged)
		} else {
			heap.Fix(&merged, 0)
		}
	}
	return scan.Listing(), nil
}

// dayRequests returns the requests of a query that have briefings in its span.
func (s *Store) dayRequests(
	ctx context.Context, q briefing.DayQuery,
) ([]briefing.RequestID, error) {
	if _, err := s.User(ctx, q.Username); err != nil {
		return nil, err
	}
	rows, err := s.stmts.dayRequests.QueryContext(ctx, briefing.NameKey(q.Username),
		string(q.CameraID), toMillis(q.From), toMillis(q.To))
	if err != nil {
		return nil, translate("requests of the day", err)
	}
	list, err := collect(rows, func(row scanner) (id briefing.RequestID, err error) {
		return id, row.Scan(&id)
	})
	return list, translate("requests of the day", err)
}

// dayRows are the next briefings of one request.
type dayRows struct {
	request  briefing.RequestID
	after    briefing.DayPosition // of the last row that was read
	to       time.Time
	chunk    int
	rows     []briefing.Briefing
	complete bool // there are no further rows in the store
}

// nextRows reads the next rows.
func (s *Store) nextRows(ctx context.Context, d *dayRows) error {
	rows, err := s.stmts.dayAfter.QueryContext(ctx, string(d.request), toMillis(d.to),
		toMillis(d.after.At), string(d.after.ID), d.chunk)
	if err != nil {
		return translate("briefings of the day", err)
	}
	if d.rows, err = collect(rows, scanBriefing); err != nil {
		return translate("briefings of the day", err)
	}
	d.complete = len(d.rows) < d.chunk
	if n := len(d.rows); n > 0 {
		d.after = briefing.PositionOf(&d.rows[n-1])
	}
	d.chunk = min(2*d.chunk, mostDayRows) // the page needs more of this request than was expected
	return nil
}

// addBefore adds the facts of the last briefing of a request that is not after a position.
func (s *Store) addBefore(
	ctx context.Context, scan *briefing.DayScan, id briefing.RequestID, at briefing.DayPosition,
) error {
	row := s.stmts.dayBefore.QueryRowContext(ctx, string(id), toMillis(at.At), string(at.ID))
	b, err := scanBriefing(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		scan.Before(id, b.Facts)
	}
	return translate("briefings of the day", err)
}

// dayHeap has the requests of a day by their next briefings.
type dayHeap []*dayRows

// Len implements heap.Interface.
func (h dayHeap) Len() int { return len(h) }

// Less implements heap.Interface.
func (h dayHeap) Less(i, j int) bool {
	return briefing.PositionOf(&h[i].rows[0]).Compare(briefing.PositionOf(&h[j].rows[0])) < 0
}

// Swap implements heap.Interface.
func (h dayHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *dayHeap) Push(d any) { *h = append(*h, d.(*dayRows)) }

// Pop implements heap.Interface.
func (h *dayHeap) Pop() any {
	last := len(*h) - 1
	d := (*h)[last]
	*h = (*h)[:last]
	return d
}

// Parts of the stored form of facts. A string in it cannot contain them, because JSON escapes its
// quotes.
const (
	personCount = `{"name":"` + briefing.Person + `","count":`
	counted     = `"counted":true`
)

// DayOccupancy implements briefing.BriefingStore. SQLite computes the sums, which takes a fraction
// of the time of decoding every briefing.
func (s *Store) DayOccupancy(
	ctx context.Context, q briefing.DayQuery,
) ([]briefing.Occupancy, error) {
	if _, err := s.User(ctx, q.Username); err != nil {
		return nil, err
	}
	rows, err := s.stmts.occupancy.QueryContext(ctx, briefing.NameKey(q.Username),
		string(q.CameraID), toMillis(q.From), toMillis(q.To), briefing.Quarter.Milliseconds(),
		personCount, counted, briefing.Person)
	if err != nil {
		return nil, translate("occupancy", err)
	}
	defer rows.Close()
	quarters := make([]briefing.Occupancy, q.Quarters())
	for rows.Next() {
		var i int
		var o briefing.Occupancy
		if err := rows.Scan(&i, &o.Samples, &o.People); err != nil {
			return nil, translate("occupancy", err)
		}
		quarters[i] = o
	}
	return quarters, translate("occupancy", rows.Err())
}
