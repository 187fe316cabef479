package sqlite_test

import (
	"context"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

func open(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	st, err := sqlite.Open(context.Background(), sqlite.Config{Dir: dir, Instance: "one"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func TestSmoke(t *testing.T) {
	st := open(t, t.TempDir())
	now := time.Now()
	end := now.Add(time.Hour)
	got, err := st.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{Username: "kim", Interval: 1, StartedAt: now, EndsAt: &end}})
	if err != nil {
		t.Fatal(err)
	}
	f, _ := st.OpenFeed(t.Context(), false)
	b, err := st.Append(t.Context(), briefing.Append{RequestID: got.Request.ID, Owner: got.Request.Owner, Tick: 3, Briefing: briefing.Briefing{At: now, Caption: "hi", Text: "x_hi"}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.Next(t.Context())
	t.Log(b, c, err)
	r, err := st.Request(t.Context(), got.Request.ID)
	t.Log(r, err)
}
