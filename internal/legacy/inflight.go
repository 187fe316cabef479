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

// How long a history waits for the bytes of others. A socket has no operation time, and old clients
// come back late after a close, so it waits longer.
const (
	listPatience   = time.Second
	socketPatience = 5 * time.Second
)

// history books the page that a history has in memory as long as it runs. Without room it returns a
// briefing.RateLimitedError.
func (h *Handler) history(ctx context.Context, within time.Duration) (*limit.Booking, error) {
	within = cmp.Or(h.patience, within)
	booking, ok := h.inFlight.Await(ctx, limit.CallerOf(ctx), service.HistoryBytes, within)
	if !ok {
		return nil, &briefing.RateLimitedError{RetryAfter: time.Second}
	}
	return booking, nil
}

// refuseForRoom answers a list for which there is no room now.
func refuseForRoom(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	detail(http.StatusServiceUnavailable, "Too much is waiting to be read").write(w)
}

// budget returns the part of the bytes in flight that a caller's sockets have.
func (h *Handler) budget(r *http.Request) socket.Budget {
	if share := h.inFlight.Share(limit.CallerOf(r.Context())); share != nil {
		return share
	}
	return nil
}
