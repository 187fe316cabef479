package mongo_test

import (
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/mongo"
	"bis/internal/store/mongo/mongotest"
	"bis/internal/store/storetest"
)

// testFrames has what a second opening needs.
type testFrames struct {
	*mongo.Frames
	database string
	cfg      mongo.FramesConfig
}

func TestFrames(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	open := func(t storetest.T, database string, cfg mongo.FramesConfig) briefing.FrameStore {
		t.Helper()
		st, err := mongo.Open(t.Context(), mongo.Config{URI: uri, Database: database})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		f, err := st.Frames(t.Context(), cfg)
		if err != nil {
			t.Fatalf("open frames: %v", err)
		}
		return testFrames{f, database, cfg}
	}
	storetest.RunFrames(t, storetest.FramesHarness{
		Open: func(t storetest.T, most int64, clock func() time.Time) briefing.FrameStore {
			t.Helper()
			return open(t, mongotest.Database(), mongo.FramesConfig{MaxBytes: most, Clock: clock})
		},
		Again: func(t storetest.T, st briefing.FrameStore) briefing.FrameStore {
			t.Helper()
			f := st.(testFrames)
			return open(t, f.database, f.cfg)
		},
	})
}
