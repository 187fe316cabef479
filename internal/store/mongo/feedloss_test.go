package mongo

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/store/mongo/mongotest"
)

// subscriber is an old writer with a subscriber that pump and hub serve, as in the server.
type subscriber struct {
	*testing.T
	db        *mongo.Database
	oid       bson.ObjectID
	stream    briefing.Stream
	reopening chan struct{} // receives a token before the feed is opened again
}

func newAudience(t *testing.T, uri string) (*subscriber, *Store) {
	t.Helper()
	s := openWith(t, uri, nil)
	a := &subscriber{T: t, db: rawDatabase(t, uri, s.cfg.Database), oid: bson.NewObjectID(), reopening: make(chan struct{}, 1)}
	fields := bson.D{{Key: "_id", Value: a.oid}, {Key: "username", Value: "kim"}, {Key: "request_name", Value: "2024-02-03 14:05:09"},
		{Key: "interval", Value: int32(30)}, {Key: "endtime", Value: "18:30"}, {Key: "is_active", Value: true}}
	if _, err := a.db.Collection("requests").InsertOne(t.Context(), fields); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	hub, err := feed.NewHub(feed.HubConfig{Replay: s})
	if err != nil {
		t.Fatal(err)
	}
	pump, err := feed.NewPump(feed.PumpConfig{Source: s, Hub: hub, Log: log, Reopened: func() {
		select {
		case a.reopening <- struct{}{}:
		default: // it has a token already
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var pumping sync.WaitGroup
	pumping.Go(func() { _ = pump.Run(ctx) }) // always returns nil
	t.Cleanup(func() { stop(); pumping.Wait() })
	if a.stream, err = hub.Subscribe(t.Context(), briefing.RequestID(a.oid.Hex()), ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.stream.Close)
	return a, s
}

// insertOld inserts a briefing as an old writer does.
func (a *subscriber) insertOld(caption string) {
	a.Helper()
	fields := bson.D{{Key: "request_id", Value: a.oid}, {Key: "briefing", Value: "2024-02-03 14:06_" + caption}}
	if _, err := a.db.Collection("briefings").InsertOne(a.Context(), fields); err != nil {
		a.Fatal(err)
	}
}

// waitReopening waits until the feed is about to be opened again.
func (a *subscriber) waitReopening() {
	a.Helper()
	select {
	case <-a.reopening:
	case <-time.After(time.Minute):
		a.Fatal("the stream does not break")
	}
}

// wantCaptions wants these captions next, in this order and without others between them.
func (a *subscriber) wantCaptions(captions ...string) {
	a.Helper()
	ctx, cancel := context.WithTimeout(a.Context(), time.Minute)
	defer cancel()
	for _, want := range captions {
		if b, err := a.stream.Next(ctx); err != nil || b.Caption != want {
			a.Fatalf("the subscriber hears %q, %v; want %q", b.Caption, err, want)
		}
	}
}

// A subscriber gets every briefing once after every kind of break, with the stream's position or
// without.
func TestFeed_a_lost_place_costs_a_subscriber_nothing(t *testing.T) {
	t.Parallel()
	server := mongotest.Own(t, "--enable-test-commands")
	for _, code := range []int{codeLost, codeFatal, codeBadToken, codeFailed, 189} {
		t.Run(fmt.Sprint("code ", code), func(t *testing.T) {
			a, _ := newAudience(t, server.URI())
			a.insertOld("1")
			a.wantCaptions("1")
			for n := range 20 { // before, during and after the break
				switch n {
				case 5:
					failNext(t, a.db, "getMore", code, 3)
				case 15:
					a.waitReopening()
				}
				a.insertOld(fmt.Sprint("b", n))
			}
			off(t, a.db)
			a.insertOld("last")
			for n := range 20 {
				a.wantCaptions(fmt.Sprint("b", n))
			}
			a.wantCaptions("last")
		})
	}
}

// The token of an idle stream advances with the server's clock although the feed has no change.
// After a long time without a briefing, the history may no longer have the position of the last
// one. Here the time is short and the writes are many.
func TestFeed_an_idle_streams_place_stays_fresh(t *testing.T) {
	t.Parallel()
	server := mongotest.Own(t, "--enable-test-commands")
	a, s := newAudience(t, server.URI())
	bare, err := a.db.Watch(t.Context(), mongo.Pipeline{})
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close(context.Background())
	a.insertOld("1")
	a.wantCaptions("1")
	if !bare.Next(t.Context()) {
		t.Fatal(bare.Err())
	}
	last := tokenPosition(t, bare.Current.Lookup("_id").Document())
	later := s.Now().Add(2 * time.Second) // a token has whole seconds
	await.True(t, "the database's clock moves on", func() bool {
		// This insert is not a change of the feed.
		if _, err := a.db.Collection("noise").InsertOne(t.Context(), bson.D{}); err != nil {
			t.Fatal(err)
		}
		return s.Now().After(later)
	})
	failNext(t, a.db, "getMore", 189, 1)
	if kept := tokenPosition(t, a.savedToken(s)); kept == last {
		t.Errorf("after 2 s the place is still that of the last briefing: %s, %s", kept, last)
	}
	a.insertOld("2")
	a.wantCaptions("2")
}

// tokenPosition is the position in a resume token, without what one kind of server adds to it.
func tokenPosition(t *testing.T, token bson.Raw) string {
	t.Helper()
	text, ok := token.Lookup("_data").StringValueOK()
	if !ok {
		t.Fatalf("a token of another form: %s", token)
	}
	return text
}

// savedToken waits until the stream has broken, and returns the token that the store has saved.
func (a *subscriber) savedToken(s *Store) (token bson.Raw) {
	a.Helper()
	await.True(a.T, "a place is kept when the stream breaks", func() bool {
		s.feeds.mu.Lock()
		defer s.feeds.mu.Unlock()
		token = s.feeds.token
		return token != nil
	})
	return token
}
