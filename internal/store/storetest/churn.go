package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"bis/internal/briefing"
)

// churnUsers is how many users Churn has. Each has two writers that race.
const churnUsers = 3

// Churn saves, uses and deletes cameras of a few users at random until ctx ends or the store fails.
// It writes a line to out for each save and each deletion of a camera that was acknowledged. A test
// kills its process, and calls CheckChurn with the lines.
func Churn(ctx context.Context, st briefing.Store, seed uint64, out io.Writer) {
	var all sync.WaitGroup
	var mu sync.Mutex // guards out
	ack := func(what string, id briefing.CameraID) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(out, what, id)
	}
	for i := range 2 * churnUsers {
		all.Go(func() {
			c := churner{st: st, user: churnUser(i / 2), random: rand.New(rand.NewPCG(seed, uint64(i))), ack: ack}
			for ctx.Err() == nil {
				if err := c.step(ctx); errors.Is(err, briefing.ErrUnavailable) {
					return
				}
			}
		})
	}
	all.Wait()
}

func churnUser(i int) string { return fmt.Sprint("user", i) }

// churner is one writer of Churn.
type churner struct {
	st     briefing.Store
	user   string
	random *rand.Rand
	ack    func(what string, id briefing.CameraID)
}

// step makes one random call. Refusals of the store are as good as successes.
func (c *churner) step(ctx context.Context) error {
	list, err := c.st.Cameras(ctx, c.user)
	switch n := c.random.IntN(20); {
	case errors.Is(err, briefing.ErrNotFound):
		_, _, err = c.st.EnsureUser(ctx, c.user, nil)
	case err != nil:
	case n == 0:
		_, err = c.st.DeleteUser(ctx, briefing.DeleteUser{Username: c.user, At: noon})
		for i := 0; err == nil && i < len(list); i++ {
			c.ack("deleted", list[i].ID)
		}
	case n < 6 || len(list) == 0:
		var saved briefing.Camera
		if saved, err = c.st.SaveCamera(ctx, camera(c.user, "yard")); err == nil {
			c.ack("saved", saved.ID)
		}
	case n < 12:
		one := list[c.random.IntN(len(list))].ID
		if err = c.st.DeleteCamera(ctx, one); err == nil {
			c.ack("deleted", one)
		}
	case n < 15:
		_, err = c.st.EndRequest(ctx, briefing.End{Username: c.user, Reason: briefing.EndedByUser, At: noon})
	default:
		s := orderOn(c.user, list[c.random.IntN(len(list))].ID)
		// On MongoDB the replacement of a request is a transaction, which a killed process leaves
		// open for a minute.
		s.User, s.ContinueSame = briefing.KnownUser, true
		_, err = c.st.StartRequest(ctx, s)
	}
	return err
}

// CheckChurn checks what Churn has left behind: no acknowledged deletion was undone, no camera is
// without its user, no claimed request without its camera, and no camera has two active ones.
func CheckChurn(t T, st briefing.Store, lines []string) {
	t.Helper()
	h := &fixture{T: t, Store: st}
	for _, line := range lines {
		what, id, _ := strings.Cut(line, " ")
		c, err := h.Camera(h.Context(), briefing.CameraID(id))
		if what == "deleted" {
			h.isKind("a deleted camera", err, briefing.ErrNotFound)
		} else if err == nil {
			_, err = h.User(h.Context(), c.Username)
			h.ok(err)
		}
	}
	for i := range churnUsers {
		h.checkActive(churnUser(i))
	}
}

// checkActive checks the active requests of a user.
func (h *fixture) checkActive(username string) {
	h.Helper()
	active := map[briefing.CameraID]int{}
	for after := briefing.RequestID(""); ; {
		list, more, err := h.Requests(h.Context(), username, after, 500)
		if errors.Is(err, briefing.ErrNotFound) {
			return
		}
		h.ok(err)
		for _, r := range list {
			if !r.Active {
				continue
			}
			if active[r.CameraID]++; active[r.CameraID] > 1 {
				h.Errorf("camera %s has %d active requests", r.CameraID, active[r.CameraID])
			}
			if _, err := h.Camera(h.Context(), r.CameraID); err != nil && !h.claimedAway(r.ID) {
				h.Errorf("request %s is active without its camera %s: %v", r.ID, r.CameraID, err)
			}
		}
		if !more {
			return
		}
		after = list[len(list)-1].ID
	}
}

// claimWait is how long a request of a killed process may take to be claimed.
const claimWait = 30 * time.Second

// claimedAway reports whether a claim deletes a request without a camera. On MongoDB a start that
// was killed between its two steps may leave one. It was never acknowledged.
func (h *fixture) claimedAway(id briefing.RequestID) bool {
	h.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(claimWait); time.Now().Before(deadline); <-tick.C {
		if _, err := h.Claim(h.Context(), 100); err != nil {
			h.Errorf("Claim: %v", err)
		}
		if _, err := h.Request(h.Context(), id); errors.Is(err, briefing.ErrNotFound) {
			return true
		}
	}
	return false
}
