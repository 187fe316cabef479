package sqlite_test

import (
	"testing"

	"go.uber.org/goleak"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
	"bis/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folders remembers where a store lies, for whoever takes it over.
type located struct {
	*sqlite.Store
	dir string
}

func harness() storetest.Harness {
	open := func(t storetest.T, dir, instance string) briefing.Store {
		t.Helper()
		st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: instance})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		return located{st, dir}
	}
	return storetest.Harness{
		Open: func(t storetest.T, instance string) briefing.Store {
			t.Helper()
			return open(t, t.TempDir(), instance)
		},
		Takeover: func(t storetest.T, st briefing.Store, instance string) briefing.Store {
			t.Helper()
			if err := st.Close(); err != nil {
				t.Fatalf("close: %v", err)
			}
			return open(t, st.(located).dir, instance)
		},
	}
}

func TestStore(t *testing.T) { storetest.Run(t, harness()) }
