package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/service"
	"bis/internal/store/sqlite"
)

// insertTime is how long each row is measured.
const insertTime = 4 * time.Second

// inserts counts acknowledged Service.AddBriefing calls per second, with 1, 16 and 256 callers. The
// feed and the hub read from the store, as in the server.
//
// The opponent is SQLite with the same durability (WAL, synchronous=FULL) and a transaction for
// each insert. The store commits the inserts of concurrent callers together, so the ratio grows
// with the number of callers.
func inserts(ctx context.Context, _ options) error {
	dir, err := os.MkdirTemp("", "bis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	single, err := singleInserts(ctx, filepath.Join(dir, "single.db"))
	if err != nil {
		return err
	}
	rows := []string{fmt.Sprintf("bare SQLite, a transaction an insert | %.0f | 1.0", single)}
	for _, callers := range []int{1, 16, 256} {
		rate, err := serviceInserts(ctx, filepath.Join(dir, fmt.Sprint(callers)), callers)
		if err != nil {
			return err
		}
		rows = append(rows, fmt.Sprintf("through the service, %d callers | %.0f | %.1f", callers, rate, rate/single))
	}
	table("all with synchronous=FULL | inserts/s | ratio", rows...)
	return nil
}

// serviceInserts builds a service as package app does, adds briefings from many callers at once,
// and returns the inserts per second.
func serviceInserts(ctx context.Context, dir string, callers int) (rate float64, err error) {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	st, err := sqlite.Open(ctx, sqlite.Config{Dir: dir, Instance: "bench", Log: log})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	hub, err := feed.NewHub(feed.HubConfig{Replay: st})
	if err != nil {
		return 0, err
	}
	pump, err := feed.NewPump(feed.PumpConfig{Source: st, Hub: hub, Log: log})
	if err != nil {
		return 0, err
	}
	svc, err := service.New(service.Config{Store: st, Schedule: noop{}, Live: hub, Summarizer: noop{}, Zone: time.UTC})
	if err != nil {
		return 0, err
	}
	var pumping sync.WaitGroup
	pumpCtx, stop := context.WithCancel(ctx)
	pumping.Go(func() { _ = pump.Run(pumpCtx) })
	defer pumping.Wait()
	defer stop()

	ids := make([]briefing.RequestID, callers)
	for i := range ids {
		req, err := svc.StartBriefing(ctx, briefing.Viewer{}, service.StartInput{
			Username: fmt.Sprintf("user%d", i), Interval: 86_400, EndTime: time.Now().Add(48 * time.Hour).Format(time.RFC3339),
		})
		if err != nil {
			return 0, err
		}
		ids[i] = req.ID
	}
	return perSecond(ctx, callers, func(ctx context.Context, i int) error {
		now := time.Now()
		_, err := svc.AddBriefing(ctx, briefing.Viewer{}, service.AddInput{RequestID: ids[i], Caption: "매장 내 손님 2명입니다.", At: &now})
		return err
	})
}

// perSecond calls do from many goroutines for insertTime.
func perSecond(ctx context.Context, callers int, do func(ctx context.Context, i int) error) (float64, error) {
	var count atomic.Int64
	var all sync.WaitGroup
	failed := make([]error, callers)
	begin := time.Now()
	for i := range callers {
		all.Go(func() {
			for time.Since(begin) < insertTime && failed[i] == nil {
				if failed[i] = do(ctx, i); failed[i] == nil {
					count.Add(1)
				}
			}
		})
	}
	all.Wait()
	return float64(count.Load()) / time.Since(begin).Seconds(), errors.Join(failed...)
}

// singleInserts is the opponent: one caller, one transaction for each insert.
func singleInserts(ctx context.Context, path string) (float64, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // SQLite has one writer; more connections would only wait for its lock
	if _, err := db.ExecContext(ctx, "CREATE TABLE briefings (request_id TEXT, id TEXT, caption TEXT, PRIMARY KEY (request_id, id)) WITHOUT ROWID"); err != nil {
		return 0, err
	}
	insert, err := db.PrepareContext(ctx, "INSERT INTO briefings VALUES (?, ?, ?)")
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	request := briefing.NewID(time.Now())
	return perSecond(ctx, 1, func(ctx context.Context, _ int) error {
		_, err := insert.ExecContext(ctx, request, briefing.NewID(time.Now()), "매장 내 손님 2명입니다.")
		return err
	})
}

// noop replaces the schedule and the summarizer, which inserts do not need.
type noop struct{}

func (noop) Add(briefing.Request)          {}
func (noop) Remove(briefing.RequestID)     {}
func (noop) Move(briefing.Request)         {}
func (noop) Skipped(string) briefing.Skips { return briefing.Skips{} }
func (noop) Counts(r briefing.Request) briefing.TickCounts {
	return r.Ticks
}
func (noop) Summarize(context.Context, briefing.SummaryInput) (briefing.Summary, error) {
	return briefing.Summary{}, nil
}
