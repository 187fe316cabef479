package storetest_test

import (
	"context"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
	"bis/internal/store/storetest"
)

// forgetful is a good store that breaks one promise about marks, days or deletions.
type forgetful struct {
	briefing.Store
	breaks string
}

func (f forgetful) ReportBriefing(ctx context.Context, id briefing.BriefingID, m briefing.Mark) (briefing.Briefing, bool, error) {
	if f.breaks == "a note" {
		m.Note = ""
	}
	b, changed, err := f.Store.ReportBriefing(ctx, id, m)
	return b, changed || f.breaks == "repeats" && err == nil, err
}

func (f forgetful) MarkSeen(ctx context.Context, username string, at time.Time) (briefing.User, error) {
	u, err := f.Store.MarkSeen(ctx, username, at)
	if f.breaks == "later times" && err == nil {
		u.SeenAt = &at
	}
	return u, err
}

func (f forgetful) DayBriefings(ctx context.Context, q briefing.DayQuery, p briefing.DayPage) (briefing.DayListing, error) {
	switch f.breaks {
	case "the bound":
		p.Examine = 1_000
	case "the filter":
		p.Filter = briefing.DayFilter{}
	}
	return f.Store.DayBriefings(ctx, q, p)
}

func (f forgetful) DayOccupancy(ctx context.Context, q briefing.DayQuery) ([]briefing.Occupancy, error) {
	if f.breaks == "the camera" {
		q.CameraID = ""
	}
	return f.Store.DayOccupancy(ctx, q)
}

func (f forgetful) DeleteUser(ctx context.Context, d briefing.DeleteUser) (briefing.Deleted, error) {
	if f.breaks == "a deletion" {
		return briefing.Deleted{}, nil
	}
	return f.Store.DeleteUser(ctx, d)
}

// TestRun_notices_a_forgetful_store runs on broken stores the checks that must fail.
func TestRun_notices_a_forgetful_store(t *testing.T) {
	t.Parallel()
	for breaks, check := range map[string]string{
		"a note":      "ReportBriefing/is_read_with_the_briefing",
		"repeats":     "ReportBriefing/is_read_with_the_briefing",
		"later times": "MarkSeen/moves_forward_only",
		"the bound":   "DayBriefings/examines_no_more_than_it_may",
		"the filter":  "DayBriefings/filters",
		"the camera":  "DayOccupancy/counts_people_by_quarters",
		"a deletion":  "DeleteUser/deletes_everything_of_the_user_in_every_spelling",
	} {
		t.Run(breaks, func(t *testing.T) {
			t.Parallel()
			h := storetest.Harness{Open: func(t storetest.T, instance string) briefing.Store {
				st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Instance: instance})
				if err != nil {
					t.Fatalf("open: %v", err)
				}
				t.Cleanup(func() { st.Close() })
				return forgetful{st, breaks}
			}}
			if bad := failuresOf(t, check, h, 10*time.Second); len(bad) == 0 {
				t.Errorf("%s does not notice", check)
			}
		})
	}
}
