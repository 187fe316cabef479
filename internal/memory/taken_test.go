package memory

import "testing"

// TestTuner_gives_back_what_callers_have_left holds answers for a while, and then lets them go. The
// goroutines and the rate of allocation stay as they were.
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
		{40 * mib, 100, 0}, // much is still there
		{2 * mib, windowLen - 1, 0},
		{50 * mib, 1, 0}, // a moment without says nothing
		{2 * mib, windowLen, 1},
		{2 * mib, 100, 0},
		{0, 100, 0},
	} {
		if got := pass(step.inFlight, step.readings); got != step.releases {
			t.Errorf("%d MiB in flight for %d readings: %d releases, want %d", step.inFlight/mib, step.readings, got, step.releases)
		}
	}
}
