package transfer_test

import (
	"testing"

	"bis/internal/store/mongo/mongotest"
	"bis/internal/transfer"
)

// A transfer that was made with a wrong key of the target is made again with the right one. The
// cameras whose credentials that key opens stay as they are.
func TestRun_again_with_another_key(t *testing.T) {
	t.Parallel()
	home := folder(t)
	fillCameras(t, home, "old")
	for name, to := range map[string]testStore{"MongoDB": database(t, mongotest.Database()), "SQLite": folder(t)} {
		for _, step := range []struct {
			key    sealer
			copied int64
		}{{"wrong", 3}, {"right", 1}, {"right", 0}} {
			report, err := transfer.Run(t.Context(), home, to, transfer.Keys{Old: sealer("old"), New: step.key, Host: host}, func(int64) {})
			if err != nil || report.Cameras != step.copied {
				t.Errorf("%s: %s: %+v, %v", name, step.key, report, err)
			}
			readCameras(t, to, step.key) // opens the credentials
		}
	}
}
