package sqlite_test

import (
	"testing"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
	"bis/internal/store/storetest"
)

// A process that is killed while it saves, uses and deletes cameras leaves consistent data.
func TestCameras_of_a_killed_process(t *testing.T) {
	t.Parallel()
	storetest.RunKilled(t, t.Name(), t.TempDir(), func(t storetest.T, dir, instance string) briefing.Store {
		t.Helper()
		st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: instance})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		return st
	})
}
