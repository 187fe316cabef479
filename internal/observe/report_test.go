package observe_test

import (
	"context"
	"log/slog"
	"testing"

	"bis/internal/briefing"
	"bis/internal/observe"
)

// marking is a store whose briefings change when they are marked, if changed is set.
type marking struct {
	briefing.Store
	changed bool
}

func (m marking) ReportBriefing(
	context.Context, briefing.BriefingID, briefing.Mark,
) (briefing.Briefing, bool, error) {
	return briefing.Briefing{}, m.changed, nil
}

func TestStore_counts_briefings_that_become_wrong(t *testing.T) {
	t.Parallel()
	m := observe.NewMetrics()
	expect(t, m, "bis_briefings_reported_total 0")
	for _, changed := range []bool{true, false} {
		st := observe.NewStore(marking{changed: changed}, m, slog.New(slog.DiscardHandler))
		for _, wrong := range []bool{true, false} {
			_, _, err := st.ReportBriefing(t.Context(), "", briefing.Mark{Wrong: wrong})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	expect(t, m, "bis_briefings_reported_total 1")
}
