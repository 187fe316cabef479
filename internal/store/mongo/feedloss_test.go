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

// audience is an old writer and a subscriber of ours, who is served by the pump and the hub as in the server.
type audience struct {
	*testing.T
	db     *mongo.Database
	oid    bson.ObjectID
	stream briefing.Stream
	again  chan struct{} // gets a token when the feed is about to be opened again
}

func newAudience(t *testing.T, uri string) (*audience, *Store) {
	t.Helper()
	s := opened(t, uri, nil)
	a := &audience{T: t, db: direct(t, uri, s.cfg.Database), oid: bson.NewObjectID(), again: make(chan struct{}, 1)}
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
		case a.again <- struct{}{}:
		default: // one is there already
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var pumping sync.WaitGroup
	pumping.Go(func() { _ = pump.Run(ctx) }) // returns nil
	t.Cleanup(func() { stop(); pumping.Wait() })
	if a.stream, err = hub.Subscribe(t.Context(), briefing.RequestID(a.oid.Hex()), ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.stream.Close)
	return a, s
}

// brief inserts as an old writer does.
func (a *audience) brief(caption string) {
	a.Helper()
	fields := bson.D{{Key: "request_id", Value: a.oid}, {Key: "briefing", Value: "2024-02-03 14:06_" + caption}}
	if _, err := a.db.Collection("briefings").InsertOne(a.Context(), fields); err != nil {
		a.Fatal(err)
	}
}

// reopens waits until the feed is about to be opened again.
func (a *audience) reopens() {
	a.Helper()
	select {
	case <-a.again:
	case <-time.After(20 * time.Second):
		a.Fatal("the stream does not break")
	}
}

// hears wants captions in this order and nothing between them.
func (a *audience) hears(captions ...string) {
	a.Helper()
	ctx, cancel := context.WithTimeout(a.Context(), 20*time.Second)
	defer cancel()
	for _, want := range captions {
		if b, err := a.stream.Next(ctx); err != nil || b.Caption != want {
			a.Fatalf("the subscriber hears %q, %v; want %q", b.Caption, err, want)
		}
	}
}

// A subscriber misses nothing and hears nothing twice, whichever way the stream breaks, and whether or not its place is lost with it.
func TestFeed_a_lost_place_costs_a_subscriber_nothing(t *testing.T) {
	t.Parallel()
	server := mongotest.Own(t, "--enable-test-commands")
	for _, code := range []int{codeLost, codeFatal, codeBadToken, codeFailed, 189} {
		t.Run(fmt.Sprint("code ", code), func(t *testing.T) {
			a, _ := newAudience(t, server.URI())
			a.brief("1")
			a.hears("1")
			for n := range 20 { // before, while and after the stream breaks
				switch n {
				case 5:
					failNext(t, a.db, "getMore", code, 3)
				case 15:
					a.reopens()
				}
				a.brief(fmt.Sprint("b", n))
			}
			off(t, a.db)
			a.brief("last")
			for n := range 20 {
				a.hears(fmt.Sprint("b", n))
			}
			a.hears("last")
		})
	}
}

// An idle stream's place moves on with the server's clock, although nothing of the feed's happens: after ten minutes without a briefing the
// history may have lost the last one's place. Here the time is short and the writes are many.
func TestFeed_an_idle_streams_place_stays_fresh(t *testing.T) {
	t.Parallel()
	server := mongotest.Own(t, "--enable-test-commands")
	a, s := newAudience(t, server.URI())
	bare, err := a.db.Watch(t.Context(), mongo.Pipeline{})
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close(context.Background())
	a.brief("1")
	a.hears("1")
	if !bare.Next(t.Context()) {
		t.Fatal(bare.Err())
	}
	last := place(t, bare.Current.Lookup("_id").Document())
	later := s.Now().Add(2 * time.Second) // a place tells whole seconds
	await.True(t, "the database's clock moves on", func() bool {
		if _, err := a.db.Collection("noise").InsertOne(t.Context(), bson.D{}); err != nil { // nothing of this is the feed's
			t.Fatal(err)
		}
		return s.Now().After(later)
	})
	failNext(t, a.db, "getMore", 189, 1)
	if kept := place(t, a.kept(s)); kept == last {
		t.Errorf("after 2 s the place is still that of the last briefing: %s, %s", kept, last)
	}
	a.brief("2")
	a.hears("2")
}

// place is what a resume token says, without what one server adds to it.
func place(t *testing.T, token bson.Raw) string {
	t.Helper()
	text, ok := token.Lookup("_data").StringValueOK()
	if !ok {
		t.Fatalf("a token of another form: %s", token)
	}
	return text
}

// kept waits until the stream has broken, and returns the place that the store has kept.
func (a *audience) kept(s *Store) (token bson.Raw) {
	a.Helper()
	await.True(a.T, "a place is kept when the stream breaks", func() bool {
		s.feeds.mu.Lock()
		defer s.feeds.mu.Unlock()
		token = s.feeds.token
		return token != nil
	})
	return token
}
