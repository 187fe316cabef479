package sqlite

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"bis/internal/briefing"
)

// A probe costs the same on a large store as on a small one, because each query uses an index.
func TestPing_searches_each_stretch(t *testing.T) {
	t.Parallel()
	st, err := Open(t.Context(), Config{Dir: t.TempDir(), Instance: "one", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for _, p := range readProbes {
		var id, parent, unused int
		var plan string
		if err := st.reads.QueryRowContext(t.Context(), "EXPLAIN QUERY PLAN "+p.query, "a", "b", 1).Scan(&id, &parent, &unused, &plan); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(plan, "SEARCH") {
			t.Errorf("%s: %s", p.query, plan)
		}
	}
}

// A file system that has become read-only is named as the reason.
func TestPing_notices_that_nothing_can_be_written(t *testing.T) {
	t.Parallel()
	st, err := Open(t.Context(), Config{Dir: t.TempDir(), Instance: "one", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := st.writer.conn.ExecContext(t.Context(), "PRAGMA query_only = 1"); err != nil {
		t.Fatal(err)
	}
	var not *briefing.NotReadyError
	if err := st.Ping(t.Context()); !errors.As(err, &not) || !strings.Contains(not.What, "bis.db or its folder cannot be written") ||
		!errors.Is(err, briefing.ErrUnavailable) {
		t.Errorf("Ping: %v", err)
	}
}
