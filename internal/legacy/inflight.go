package legacy

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"bis/internal/briefing"
	"bis/internal/limit"
	"bis/internal/service"
	"bis/internal/socket"
)

// How long a history waits for other callers to release bytes. A socket waits longer, because its
// operation has no time limit and old clients reconnect late after a close.
const (
	listPatience   = time.Second
	socketPatience = 5 * time.Second
)

// history books the memory of one page for the time that a history is read. It waits for room for
// within, or for Config.Patience if that is set. Without room it returns a
// briefing.RateLimitedError.
func (h *Handler) history(ctx context.Context, within time.Duration) (*limit.Booking, error) {
	within = cmp.Or(h.patience, within)
	booking, ok := h.inFlight.Await(ctx, limit.CallerOf(ctx), service.HistoryBytes, within)
	if !ok {
		h.limits.Report(limit.CallerOf(ctx), limit.NoRoom)
		return nil, &briefing.RateLimitedError{RetryAfter: time.Second}
	}
	return booking, nil
}

// refuseForRoom answers 503 to the call of a list when there is no room for a page.
func refuseForRoom(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	detail(http.StatusServiceUnavailable, "Too much is waiting to be read").write(w)
}

// budget returns the caller's part of the bytes in flight for its sockets. Nil means no limit.
func (h *Handler) budget(r *http.Request) socket.Budget {
	if share := h.inFlight.Share(limit.CallerOf(r.Context())); share != nil {
		return share
	}
	return nil
}
