package memory

import "testing"

// TestTuner_gives_back_what_callers_have_left checks that memory is returned to the system some
// time after answers were in flight. The number of goroutines and the rate of allocation do not
// change.
func TestTuner_gives_back_what_callers_have_left(t *testing.T) {
	t.Parallel()
	now := reading{live: 100 * mib}
	k, did := scripted(&now)
	pass := func(inFlight uint64, readings int) (releases int) {
		now.inFlight = inFlight
		*did = nil
		for range readings {
			k.adjust()
		}
		return len(*did)
	}
	for _, step := range []struct {
		inFlight           uint64
		readings, releases int
	}{
		{mib, 100, 0},
		{60 * mib, 100, 0},
		{40 * mib, 100, 0}, // more than half is in flight
		{2 * mib, windowLen - 1, 0},
		{50 * mib, 1, 0}, // the calm was too short
		{2 * mib, windowLen, 1},
		{2 * mib, 100, 0},
		{0, 100, 0},
	} {
		if got := pass(step.inFlight, step.readings); got != step.releases {
			t.Errorf("%d MiB in flight for %d readings: %d releases, want %d", step.inFlight/mib, step.readings, got, step.releases)
		}
	}
}
