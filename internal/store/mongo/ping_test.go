package mongo

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// A database that refuses one kind of command is not ready. Each kind fails in turn while the
// others work.
func TestPing_says_which_collection_fails(t *testing.T) {
	t.Parallel()
	server := mongotest.Own(t, "--enable-test-commands")
	for name, c := range map[string]struct {
		data bson.D
		want string
	}{
		"no read":         {bson.D{{Key: "failCommands", Value: bson.A{"find"}}, {Key: "errorCode", Value: 13}}, "collection users cannot be read: the user has no right"},
		"no insert":       {bson.D{{Key: "failCommands", Value: bson.A{"insert"}}, {Key: "errorCode", Value: 13}}, "collection users cannot be written: the user has no right"},
		"no update":       {bson.D{{Key: "failCommands", Value: bson.A{"update"}}, {Key: "errorCode", Value: 13}}, "collection users cannot be written: the user has no right"},
		"no lease":        {bson.D{{Key: "failCommands", Value: bson.A{"findAndModify"}}, {Key: "errorCode", Value: 13}}, "collection instances cannot be written: the user has no right"},
		"a full disk":     {bson.D{{Key: "failCommands", Value: bson.A{"insert"}}, {Key: "errorCode", Value: 14031}}, "the disk or the quota is full"},
		"no primary":      {bson.D{{Key: "failCommands", Value: bson.A{"insert", "update", "findAndModify"}}, {Key: "errorCode", Value: 10107}}, "no primary"},
		"an error inside": {bson.D{{Key: "failCommands", Value: bson.A{"insert"}}, {Key: "errorCode", Value: 1}}, "collection users cannot be written: see the log"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openWith(t, server.URI(), nil)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			if err := s.Ping(ctx); err != nil {
				t.Fatalf("Ping of a sound database: %v", err)
			}
			failPoint(t, s.users.Database(), "alwaysOn", c.data)
			err := s.Ping(ctx)
			off(t, s.users.Database())
			var not *briefing.NotReadyError
			if !errors.As(err, &not) || !strings.Contains(not.What, c.want) {
				t.Errorf("Ping: %v, want a sentence with %q", err, c.want)
			}
			if err := s.Ping(t.Context()); err != nil {
				t.Errorf("Ping afterwards: %v", err)
			}
		})
	}
}

func TestPing_notices_that_the_database_is_away(t *testing.T) {
	t.Parallel()
	server := mongotest.Own(t)
	s := openWith(t, server.URI(), nil)
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	begin := time.Now()
	var not *briefing.NotReadyError
	if err := s.Ping(ctx); !errors.As(err, &not) || !strings.Contains(not.What, "does not answer") || !errors.Is(err, briefing.ErrUnavailable) {
		t.Errorf("Ping: %v", err)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("Ping took %v beyond its deadline of 2 s", took)
	}
}

// No reader ever sees the probe's documents.
func TestPing_leaves_no_trace(t *testing.T) {
	t.Parallel()
	s := openWith(t, mongotest.Shared(t).URI(), nil)
	f := feedOf(t, s)
	for range 3 {
		if err := s.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	users, requests, briefings, err := s.Size(t.Context())
	if err != nil || users+requests+briefings != 0 {
		t.Errorf("%d users, %d requests, %d briefings, %v; want none", users, requests, briefings, err)
	}
	insert(t, s.users.Database(), "1")
	if b, err := nextOf(t, f); err != nil || b.Briefing.Caption != "1" {
		t.Errorf("the feed first tells %+v, %v", b, err)
	}
}
