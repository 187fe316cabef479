package mongo_test

import (
	"os"
	"testing"
	"time"

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

// named remembers where a store lies, for whoever takes it over.
type named struct {
	*mongo.Store
	database string
}

func harness(uri string) storetest.Harness {
	open := func(t storetest.T, database, instance string) briefing.Store {
		t.Helper()
		st, err := mongo.Open(t.Context(), mongo.Config{URI: uri, Database: database, Instance: instance, LeaseTime: 2 * time.Second, RenewEvery: 500 * time.Millisecond, Await: 100 * time.Millisecond})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		return named{st, database}
	}
	return storetest.Harness{
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
			return open(t, st.(named).database, instance)
		},
	}
}

func TestStore(t *testing.T) { storetest.Run(t, harness(mongotest.Shared(t).URI())) }
