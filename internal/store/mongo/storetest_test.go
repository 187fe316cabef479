package mongo_test

import (
	"os"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.uber.org/goleak"

	"bis/internal/briefing"
	"bis/internal/store/mongo"
	"bis/internal/store/mongo/mongotest"
	"bis/internal/store/storetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	mongotest.Stop()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			println(err.Error())
			code = 1
		}
	}
	os.Exit(code)
}

// testStore is a store with the name of its database, for a takeover.
type testStore struct {
	*mongo.Store
	database string
}

// maxSheets is the bound on the sheets of the checked stores.
const maxSheets = 12

func harness(uri string) storetest.Harness {
	open := func(t storetest.T, database, instance string) briefing.Store {
		t.Helper()
		st, err := mongo.Open(t.Context(), mongo.Config{URI: uri, Database: database, Instance: instance, LeaseTime: 2 * time.Second, RenewEvery: 500 * time.Millisecond, Await: 100 * time.Millisecond, MaxSheets: maxSheets})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		return testStore{st, database}
	}
	return storetest.Harness{
		MaxSheets: maxSheets,
		Open: func(t storetest.T, instance string) briefing.Store {
			t.Helper()
			return open(t, mongotest.Database(), instance)
		},
		Takeover: func(t storetest.T, st briefing.Store, instance string) briefing.Store {
			t.Helper()
			if err := st.Release(t.Context()); err != nil {
				t.Fatalf("release: %v", err)
			}
			if err := st.Close(); err != nil {
				t.Fatalf("close: %v", err)
			}
			return open(t, st.(testStore).database, instance)
		},
		Beside: func(t storetest.T, st briefing.Store, instance string) briefing.Store {
			t.Helper()
			return open(t, st.(testStore).database, instance)
		},
		Old: func(t storetest.T, instance string, o storetest.Old) briefing.Store {
			t.Helper()
			database := mongotest.Database()
			writeOld(t, uri, database, o)
			return open(t, database, instance)
		},
	}
}

// writeOld stores documents of earlier versions: a user of the old server, and a request of a
// process that has released it.
func writeOld(t storetest.T, uri, database string, o storetest.Old) {
	t.Helper()
	client, err := driver.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer client.Disconnect(t.Context())
	insert := func(collection string, doc bson.D) {
		t.Helper()
		if _, err := client.Database(database).Collection(collection).InsertOne(t.Context(), doc); err != nil {
			t.Fatalf("insert: %v", err)
		}
	}
	for _, u := range o.Users {
		id, _ := bson.ObjectIDFromHex(string(u.ID))
		insert("users", bson.D{{Key: "_id", Value: id}, {Key: "username", Value: u.Username}, {Key: "custom", Value: u.Custom}})
	}
	for _, r := range o.Requests {
		id, _ := bson.ObjectIDFromHex(string(r.ID))
		insert("requests", bson.D{
			{Key: "_id", Value: id}, {Key: "username", Value: r.Username}, {Key: "request_name", Value: r.Name}, {Key: "interval", Value: r.Interval},
			{Key: "endtime", Value: r.EndTime}, {Key: "is_active", Value: true}, {Key: "active_user", Value: r.Username}, {Key: "end_text", Value: r.EndText},
			{Key: "camera", Value: string(r.CameraID)}, {Key: "started_at", Value: r.StartedAt}, {Key: "ends_at", Value: *r.EndsAt}, {Key: "last_tick", Value: int64(0)},
			{Key: "owner", Value: ""}, {Key: "term", Value: r.Owner.Term},
		})
	}
}

func TestStore(t *testing.T) { storetest.Run(t, harness(mongotest.Shared(t).URI())) }
