package mongo_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/mongo"
	"bis/internal/store/mongo/mongotest"
	"bis/internal/store/storetest"
)

// A process that is killed while it saves, uses and deletes cameras leaves consistent data. A start
// that was cut off may leave a request without its camera, which the next claim deletes.
func TestCameras_of_a_killed_process(t *testing.T) {
	t.Parallel()
	place := os.Getenv(storetest.PlaceVariable)
	if place == "" {
		place = mongotest.Shared(t).URI() + " " + mongotest.Database()
	}
	storetest.RunKilled(t, t.Name(), place, func(t storetest.T, place, instance string) briefing.Store {
		t.Helper()
		uri, database, _ := strings.Cut(place, " ")
		st, err := mongo.Open(t.Context(), mongo.Config{
			URI: uri, Database: database, Instance: instance, LeaseTime: 2 * time.Second, RenewEvery: 500 * time.Millisecond,
		})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		return st
	})
}
