package legacy_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/legacy"
	"bis/internal/limit"
)

// TestHistories_without_room books all bytes for other callers. Histories are refused at the start
// and succeed after the release. No bytes stay booked.
func TestHistories_without_room(t *testing.T) {
	t.Parallel()
	all := limit.NewBytes(2 << 20)
	var refusals atomic.Int64
	limits, err := limit.New(limit.Config{Off: true, Refused: func(_ limit.Caller, why limit.Reason) {
		if why == limit.NoRoom {
			refusals.Add(1)
		}
	}})
	must(t, err)
	h := open(t, legacy.Config{InFlight: all, Patience: 20 * time.Millisecond, Limits: limits})
	req := h.startRequest("kim")
	h.brief("kim", "quiet")
	others, _ := all.Acquire("", 1<<20)
	posts := map[string]string{"/getBriefing": "request_id=" + string(req.ID), "/getAllRequest": "username=kim"}
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for path, body := range posts {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+path, strings.NewReader(body))
		must(t, err)
		r.Header = form
		res, err := http.DefaultClient.Do(r)
		must(t, err)
		var text strings.Builder
		must(t, res.Write(&text))
		res.Body.Close()
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") != "1" ||
			!strings.Contains(text.String(), `{"detail":"Too much is waiting to be read"}`) {
			t.Errorf("%s without room answers %.300s", path, text.String())
		}
	}
	h.dial("/reloadBriefing?username=kim").ends(1013, "too many attempts")
	if n := refusals.Load(); n != 3 {
		t.Errorf("%d refusals are reported, want 3", n)
	}
	others.Release()
	for path, body := range posts {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+path, strings.NewReader(body))
		must(t, err)
		r.Header = form
		res, err := http.DefaultClient.Do(r)
		must(t, err)
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s with room answers %s", path, res.Status)
		}
	}
	p := h.dial("/reloadBriefing?username=kim")
	p.receives(`{"briefing_data":["2024-02-03 14:06_quiet"]}`)
	await.True(t, "no byte is booked while a socket only waits", func() bool { return all.Len() == 0 })
}
