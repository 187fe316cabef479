package mongo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// rawDatabase is a connection of another program to the store's database.
func rawDatabase(t *testing.T, uri, database string) *mongo.Database {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client.Database(database)
}

// openWith opens a store with a changed configuration.
func openWith(t *testing.T, uri string, alter func(*Config)) *Store {
	t.Helper()
	cfg := Config{URI: uri, Database: mongotest.Database(), LeaseTime: 2 * time.Second, RenewEvery: 300 * time.Millisecond, Await: 50 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}
	if alter != nil {
		alter(&cfg)
	}
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func feedOf(t *testing.T, s *Store) briefing.Feed {
	t.Helper()
	for begin := time.Now(); ; { // repeats while the database is unreachable, as the pump does
		f, err := s.OpenFeed(t.Context(), false)
		if err == nil {
			t.Cleanup(func() { _ = f.Close() })
			return f
		}
		if !errors.Is(err, briefing.ErrUnavailable) || time.Since(begin) > 20*time.Second {
			t.Fatal(err)
		}
	}
}

func nextOf(t *testing.T, f briefing.Feed) (briefing.Change, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return f.Next(ctx)
}

func TestFeed_brings_what_old_writers_insert(t *testing.T) {
	t.Parallel()
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	uri := mongotest.Shared(t).URI()
	s := openWith(t, uri, func(c *Config) { c.Zone = seoul })
	db := rawDatabase(t, uri, s.cfg.Database)
	f := feedOf(t, s)
	request := bson.NewObjectID()
	for _, doc := range []struct {
		collection string
		fields     bson.D
	}{
		{"requests", bson.D{{Key: "_id", Value: request}, {Key: "username", Value: "kim"}, {Key: "request_name", Value: "2024-02-03 14:05:09"},
			{Key: "interval", Value: int32(30)}, {Key: "endtime", Value: "18:30"}, {Key: "is_active", Value: true}}},
		{"briefings", bson.D{{Key: "request_id", Value: request}, {Key: "briefing", Value: "2024-02-03 14:06_손님이 2명 있어요."}}},
		// This briefing belongs to no request.
		{"briefings", bson.D{{Key: "request_id", Value: "no id"}, {Key: "briefing", Value: 7}}},
		{"cameras", bson.D{{Key: "x", Value: 1}}},
	} {
		if _, err := db.Collection(doc.collection).InsertOne(t.Context(), doc.fields); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Collection("requests").UpdateByID(t.Context(), request, bson.D{{Key: "$set", Value: bson.D{{Key: "is_active", Value: false}}}}); err != nil {
		t.Fatal(err)
	}
	started, err := nextOf(t, f)
	if err != nil || started.Kind != briefing.RequestStarted || started.Request.Interval != 30 ||
		!started.Request.StartedAt.Equal(time.Date(2024, 2, 3, 5, 5, 9, 0, time.UTC)) || !started.Request.EndsAt.Equal(time.Date(2024, 2, 3, 9, 30, 0, 0, time.UTC)) {
		t.Errorf("the start: %+v, %v", started.Request, err)
	}
	b, err := nextOf(t, f)
	if err != nil || b.Briefing.Caption != "손님이 2명 있어요." || b.Briefing.Text != "2024-02-03 14:06_손님이 2명 있어요." ||
		!b.Briefing.At.Equal(time.Date(2024, 2, 3, 5, 6, 0, 0, time.UTC)) || b.Briefing.Source != "outside" {
		t.Errorf("the briefing: %+v, %v", b.Briefing, err)
	}
	ended, err := nextOf(t, f)
	if err != nil || ended.Kind != briefing.RequestEnded || ended.Request.Active || ended.Request.EndReason != nil {
		t.Errorf("the end: %+v, %v", ended, err)
	}
}

// A lost feed resumes where it stopped. If its position is also lost, it begins with the next
// commit.
func TestFeed_lost(t *testing.T) {
	t.Parallel()
	server := mongotest.Own(t, "--enable-test-commands")
	for _, c := range []struct {
		name    string
		code    int
		resumes bool
	}{
		{"the history is lost", codeLost, false},
		{"a fatal error", codeFatal, false},
		{"a bad token", codeBadToken, false},
		{"a token of another kind of server", codeFailed, false},
		{"a primary steps down", 189, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openWith(t, server.URI(), nil)
			db := rawDatabase(t, server.URI(), s.cfg.Database)
			f := feedOf(t, s)
			insert(t, db, "1")
			if b, err := nextOf(t, f); err != nil || b.Briefing.Caption != "1" {
				t.Fatalf("before: %+v, %v", b, err)
			}
			failNext(t, db, "getMore", c.code, 3)
			if _, err := nextOf(t, f); !errors.Is(err, briefing.ErrFeedLost) {
				t.Fatalf("Next: %v, want ErrFeedLost", err)
			}
			off(t, db)
			missed := []string{"2", "3", "4", "5", "6"}
			for _, caption := range missed {
				insert(t, db, caption) // no feed is open
			}
			again := feedOf(t, s)
			insert(t, db, "7")
			told := captionsTo(t, again, "7")
			all := append(missed, "7")
			if c.resumes && !slices.Equal(told, all) {
				t.Errorf("after the loss: %q, want %q", told, all)
			}
			// A new stream may begin with the last commit before it, but not with an earlier one.
			if !c.resumes && (len(told) >= len(all) || !slices.Equal(told, all[len(all)-len(told):])) {
				t.Errorf("after the loss: %q, want the end of %q", told, all)
			}
		})
	}
}

// captionsTo reads briefings up to the one with the caption last.
func captionsTo(t *testing.T, f briefing.Feed, last string) (told []string) {
	t.Helper()
	for {
		b, err := nextOf(t, f)
		if err != nil {
			t.Fatalf("after %q: %v", told, err)
		}
		told = append(told, b.Briefing.Caption)
		if b.Briefing.Caption == last {
			return told
		}
	}
}

func insert(t *testing.T, db *mongo.Database, caption string) {
	t.Helper()
	doc := bson.D{{Key: "request_id", Value: bson.NewObjectID()}, {Key: "briefing", Value: "2024-02-03 14:06_" + caption}}
	if _, err := db.Collection("briefings").InsertOne(t.Context(), doc); err != nil {
		t.Fatal(err)
	}
}

// failNext makes the server refuse a command several times.
func failNext(t *testing.T, db *mongo.Database, command string, code, times int) {
	t.Helper()
	failPoint(t, db, bson.D{{Key: "times", Value: times}}, bson.D{{Key: "failCommands", Value: bson.A{command}}, {Key: "errorCode", Value: code}})
}

func off(t *testing.T, db *mongo.Database) {
	t.Helper()
	failPoint(t, db, "off", bson.D{})
}

func failPoint(t *testing.T, db *mongo.Database, mode any, data bson.D) {
	t.Helper()
	err := db.Client().Database("admin").RunCommand(t.Context(), bson.D{{Key: "configureFailPoint", Value: "failCommand"}, {Key: "mode", Value: mode}, {Key: "data", Value: data}}).Err()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFeed_a_place_of_another_server_is_given_up(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	s := openWith(t, uri, nil)
	token, err := bson.Marshal(bson.D{{Key: "_data", Value: "826500000000000000012B0229296E04"}})
	if err != nil {
		t.Fatal(err)
	}
	s.feeds.saveToken(token)
	f := feedOf(t, s)
	insert(t, rawDatabase(t, uri, s.cfg.Database), "1")
	if b, err := nextOf(t, f); err != nil || b.Briefing.Caption != "1" {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestFeed_when_data_is_dropped(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	s := openWith(t, uri, nil)
	db := rawDatabase(t, uri, s.cfg.Database)
	f := feedOf(t, s)
	if err := db.Collection("briefings").Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	insert(t, db, "1")
	if b, err := nextOf(t, f); err != nil || b.Briefing.Caption != "1" {
		t.Fatalf("after the drop of a collection: %+v, %v", b, err)
	}
	specs, err := db.Collection("briefings").Indexes().ListSpecifications(t.Context())
	if err != nil || len(specs) != 4 {
		t.Errorf("%d indexes after the drop, want 4: %v", len(specs), err)
	}
	before := s.lease.instance()
	if err := db.Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := nextOf(t, f); !errors.Is(err, briefing.ErrFeedLost) {
		t.Fatalf("after the drop of the database: %v, want ErrFeedLost", err)
	}
	again := feedOf(t, s)
	insert(t, db, "2")
	b, err := nextOf(t, again)
	// A new stream may begin with the last commit before it, which here is the drop.
	if errors.Is(err, briefing.ErrFeedLost) {
		again = feedOf(t, s)
		insert(t, db, "2")
		b, err = nextOf(t, again)
	}
	if err != nil || b.Briefing.Caption != "2" {
		t.Errorf("afterwards: %+v, %v", b, err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if s.lease.instance() == before {
		t.Error("the lease went with the database, and the process goes on under its name")
	}
	specs, err = db.Collection("requests").Indexes().ListSpecifications(t.Context())
	if err != nil || len(specs) != 5 {
		t.Errorf("%d indexes of requests after the drop, want 5: %v", len(specs), err)
	}
}

func TestOpen_refuses_a_server_without_change_streams(t *testing.T) {
	t.Parallel()
	server := mongotest.Own(t, "--standalone")
	_, err := Open(t.Context(), Config{URI: server.URI()})
	if err == nil || !contains(err, "--replSet") {
		t.Errorf("Open: %v, want what to do", err)
	}
	_, err = Open(t.Context(), Config{URI: "mongodb://kim:secret@127.0.0.1:9/?directConnection=true"})
	if err == nil || contains(err, "secret") {
		t.Errorf("Open of nothing: %v, want an error without the password", err)
	}
}

// The changes of one batch of the stream are passed on together, so that subscribers get them in
// one write.
func TestFeed_hands_a_batch_over_together(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	s := openWith(t, uri, func(c *Config) { c.Await = time.Second })
	f := feedOf(t, s)
	const each = 8
	request := bson.NewObjectID()
	var docs []any
	for i := range each {
		docs = append(docs, bson.D{{Key: "_id", Value: bson.NewObjectID()}, {Key: "request_id", Value: request}, {Key: "briefing", Value: fmt.Sprintf("2024-01-01 10:00_%d", i)}})
	}
	if _, err := rawDatabase(t, uri, s.cfg.Database).Collection("briefings").InsertMany(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
	turns := 0 // how often the reader has waited
	for got := 0; got < each; got++ {
		if !f.More() {
			turns++
		}
		c, err := nextOf(t, f)
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint(got); c.Briefing.Caption != want {
			t.Errorf("change %d is of %q, want %q", got, c.Briefing.Caption, want)
		}
	}
	if turns > each/2 { // the database may split a batch
		t.Errorf("%d changes of one batch came in %d parts", each, turns)
	}
}
