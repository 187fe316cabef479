package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bis/bench/proc"
	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// The size of the benchmark of lists.
const (
	listRows    = 100_000
	listAtOnce  = 4
	listCaption = "현재 매장에는 손님이 두 명 있고 조용합니다."
)

// lists calls /getBriefing for a long request, once and four times at once, and samples the
// server's memory. A longer answer must not cost more memory, because the server streams it. "most"
// is the peak during the answer, "more" is the peak less the rest.
func lists(ctx context.Context, o options) error {
	y, err := newWorkspace(o)
	if err != nil {
		return err
	}
	defer y.close()
	data, err := y.folder()
	if err != nil {
		return err
	}
	id, err := seedList(ctx, data)
	if err != nil {
		return err
	}
	path, err := y.build(ctx, y.root, ".")
	if err != nil {
		return err
	}
	var rows []string
	for _, callers := range []int{1, listAtOnce} {
		row, err := listMemory(ctx, path, data, id, callers)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	table(fmt.Sprintf("/getBriefing of %d rows | answer | rest | most | more | time", listRows), rows...)
	return nil
}

// seedList fills a data folder with one ended request of listRows briefings, and returns the
// request's id.
func seedList(ctx context.Context, data string) (briefing.RequestID, error) {
	st, err := sqlite.Open(ctx, sqlite.Config{Dir: data, Instance: "prepare", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return "", err
	}
	// The request has ended a second ago, with a briefing for every second.
	began := time.Now().Add(-listRows * time.Second).Truncate(time.Second)
	ends := time.Now().Add(-time.Second)
	started, err := st.StartRequest(ctx, briefing.Start{Request: briefing.Request{
		Username: "kim", Name: began.Format(briefing.NameLayout), Interval: 1, EndTime: "18:30", EndText: "18:30", StartedAt: began, EndsAt: &ends, CameraID: briefing.DefaultCamera,
	}})
	if err != nil {
		return "", errors.Join(err, st.Close())
	}
	id := started.Request.ID
	// Pages of briefings are inserted as a transfer does: appends would last too long.
	page := make([]briefing.Briefing, 0, 1_000)
	for n := range listRows {
		at := began.Add(time.Duration(n) * time.Second)
		b := briefing.Briefing{
			RequestID: id, ID: briefing.BriefingID(briefing.NextID(at, "")), Tick: int64(n + 1), At: at, Caption: listCaption, Text: briefing.Text(at, time.UTC, listCaption),
			Facts: briefing.Facts{Counted: true, Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 2}}}, Source: "template",
		}
		if page = append(page, b); len(page) < cap(page) && n < listRows-1 {
			continue
		}
		if err := st.PutBriefings(ctx, page); err != nil {
			return "", errors.Join(err, st.Close())
		}
		page = page[:0]
	}
	_, err = st.EndRequest(ctx, briefing.End{ID: id, Reason: briefing.EndedByTime, At: ends})
	return id, errors.Join(err, st.Close())
}

// listMemory starts a fresh server, reads the list from several callers at once, and returns a row
// of figures.
func listMemory(ctx context.Context, path, data string, id briefing.RequestID, callers int) (string, error) {
	addr, err := proc.FreeAddr()
	if err != nil {
		return "", err
	}
	child, err := proc.Start(ctx, proc.Command{Path: path, Args: []string{"--addr", addr, "--data", data, "--log-level", "error"}, Env: proc.Unlimited, Dir: filepath.Dir(data)})
	if err != nil {
		return "", err
	}
	defer child.Kill()
	// The first call warms the server up.
	if _, err := askList(ctx, addr, "0123456789abcdef01234567"); err != nil {
		return "", err
	}
	rest, err := child.Resident()
	if err != nil {
		return "", err
	}
	most := watchMemory(child) // Go returns memory late, so only samples show the peak
	begin := time.Now()
	var all sync.WaitGroup
	lengths, failed := make([]int64, callers), make([]error, callers)
	for i := range callers {
		all.Go(func() { lengths[i], failed[i] = askList(ctx, addr, id) })
	}
	all.Wait()
	took := time.Since(begin)
	peak := most()
	return fmt.Sprintf("%d at once | %.1f MiB | %.0f MiB | %.0f MiB | %.0f MiB | %.1f s", callers, mib(lengths[0]), mib(rest), mib(peak), mib(peak-rest), took.Seconds()), errors.Join(failed...)
}

// mib converts bytes to MiB.
func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// askList reads a list to its end and returns its length in bytes.
func askList(ctx context.Context, addr string, id briefing.RequestID) (int64, error) {
	body := strings.NewReader(url.Values{"request_id": {string(id)}}.Encode())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/getBriefing", body)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("/getBriefing answers %s", res.Status)
	}
	return n, err
}

// watchMemory samples a server's resident memory every 5 ms until stop is called. stop returns
// the maximum, in bytes.
func watchMemory(child *proc.Child) (stop func() int64) {
	done, most := make(chan struct{}), make(chan int64)
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		var peak int64
		for {
			if now, err := child.Resident(); err == nil {
				peak = max(peak, now)
			}
			select {
			case <-done:
				most <- peak
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-most
	}
}
