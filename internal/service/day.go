package service

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// dayExamine is how many briefings of a day are examined for one page with a filter.
const dayExamine = 2_000

// DayInput selects briefings of one day.
type DayInput struct {
	Username string
	Date     briefing.Date      // in the server's zone
	CameraID briefing.CameraID  // empty means all cameras
	Filter   briefing.DayFilter // see briefing.DayFilter.Check
	From     *time.Time         // only briefings at this time or later; nil means the whole day
	Page     briefing.Page      // First and After
}

// DayOutput is a page of the briefings of a day, with the names of its positions.
type DayOutput struct {
	briefing.Listing[briefing.Briefing]
	// List makes the cursors of the briefings.
	List briefing.DayList
	// Last is the cursor after which the next page begins. Empty means that the list is empty.
	Last briefing.Cursor
}

// DayBriefings returns a page of the briefings of all requests of a user that fall on a day, by
// time and then by id. A page with a filter may be short or empty although the list goes on,
// because the search for one page is bounded. An unknown user is ErrNotFound, and a cursor of
// another user, day or camera is ErrBadCursor.
func (s *Service) DayBriefings(
	ctx context.Context, v briefing.Viewer, in DayInput,
) (DayOutput, error) {
	n, _, err := briefing.Page{First: in.Page.First}.Size()
	if err != nil {
		return DayOutput{}, err
	}
	if err := in.Filter.Check(); err != nil {
		return DayOutput{}, err
	}
	list := briefing.DayList{Username: in.Username, Date: in.Date, CameraID: in.CameraID}
	after, err := list.Parse(in.Page.After)
	if err != nil {
		return DayOutput{}, err
	}
	if err := s.policy.ActFor(v, in.Username); err != nil {
		return DayOutput{}, err
	}
	q := s.dayQuery(in.Username, in.Date, in.CameraID)
	if in.From != nil && in.From.After(q.From) {
		q.From = *in.From
	}
	got, err := s.store.DayBriefings(ctx, q, briefing.DayPage{
		After: after, Filter: in.Filter, Limit: n, Examine: dayExamine,
	})
	if err != nil {
		return DayOutput{}, err
	}
	return DayOutput{
		Listing: briefing.Listing[briefing.Briefing]{
			Items: got.Briefings, HasNext: got.More, HasPrev: in.Page.After != "",
		},
		List: list, Last: list.Cursor(got.Last),
	}, nil
}

// dayQuery returns the query for one day of a user.
func (s *Service) dayQuery(
	username string, date briefing.Date, camera briefing.CameraID,
) briefing.DayQuery {
	return briefing.DayQuery{
		Username: username, CameraID: camera,
		From: date.Start(s.zone), To: date.Next().Start(s.zone),
	}
}

// OccupancyPoint is the occupancy of a quarter of an hour.
type OccupancyPoint struct {
	From time.Time
	briefing.Occupancy
}

// Occupancy returns the people over a day in quarters of an hour: 96, or fewer or more if the
// clocks change. An unknown user is ErrNotFound.
func (s *Service) Occupancy(
	ctx context.Context, v briefing.Viewer,
	username string, date briefing.Date, camera briefing.CameraID,
) ([]OccupancyPoint, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return nil, err
	}
	q := s.dayQuery(username, date, camera)
	quarters, err := s.store.DayOccupancy(ctx, q)
	if err != nil {
		return nil, err
	}
	points := make([]OccupancyPoint, len(quarters))
	for i, o := range quarters {
		from := q.From.Add(time.Duration(i) * briefing.Quarter)
		points[i] = OccupancyPoint{From: from, Occupancy: o}
	}
	return points, nil
}
