package storetest

import (
	"context"
	"errors"
	"maps"
	"time"

	"bis/internal/briefing"
)

// closes are the promises of Close, of cancelled calls, of Now and of Ping.
var closes = []promise{
	// Every acknowledged write is there after the process has ended and another has opened the
	// data.
	{"Close/what_was_acknowledged_survives", func(h *fixture) {
		u, _, err := h.EnsureUser(h.Context(), "kim", []string{"a"})
		h.ok(err)
		req := h.start("kim")
		list := []briefing.Briefing{h.append(req, 1), h.append(req, 3)}
		cam := h.save("kim", "yard")
		cam = after(cam, h.report(cam, 1, briefing.CameraDark, frame(1)))
		ended := h.start("lee")
		want := []briefing.Request{h.request(req.ID), h.end(ended, noon.Add(time.Minute))}
		next := &fixture{T: h.T, Store: h.harness.Takeover(h.T, h.Store, otherInstance), harness: h.harness}
		again, err := next.User(h.Context(), "kim")
		h.ok(err)
		h.same("user", again, u)
		h.same("requests", []briefing.Request{next.request(req.ID), next.request(ended.ID)}, want)
		h.same("briefings", next.all(req.ID), list)
		next.sameCamera(cam)
	}},
	// Close ends every feed with ErrFeedLost, even while Next waits. A second Close does nothing.
	{"Close/ends_feeds_and_may_be_called_twice", func(h *fixture) {
		f := h.feed()
		ended := make(chan error, 1)
		go func() {
			for {
				if _, err := f.Next(h.Context()); err != nil {
					ended <- err
					return
				}
			}
		}()
		h.ok(h.Close())
		h.ok(h.Close())
		select {
		case err := <-ended:
			h.isKind("Next", err, briefing.ErrFeedLost)
		case <-time.After(10 * time.Second):
			h.Fatalf("Next waits on a closed store")
		}
	}},
	// Every call after Close returns ErrUnavailable.
	{"Close/later_calls_answer_ErrUnavailable", func(h *fixture) {
		req := h.start("kim")
		h.ok(h.Close())
		for name, call := range calls(h, req) {
			h.isKind(name, call(h.Context()), briefing.ErrUnavailable)
		}
	}},
	// A call whose context has ended returns at once. Its write happened completely or not at all,
	// and the store still works.
	{"Calls/that_are_given_up_end_at_once_and_do_all_or_nothing", func(h *fixture) {
		req := h.start("kim")
		// A store may notice the context late, so each call may also succeed.
		canceled, cancel := context.WithCancel(h.Context())
		cancel()
		for name, call := range calls(h, req) {
			if err := call(canceled); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, briefing.ErrConflict) {
				h.Errorf("%s: %v", name, err)
			}
		}
		// Each call has happened or not; in both cases the counts agree with what is stored.
		h.start("kim") // the store still works
		was, done := h.request(req.ID), 0
		for _, b := range h.all(req.ID) {
			if b.Tick > 0 {
				done++
			}
		}
		h.same("done", was.Ticks.Done, done)
	}},
	// The store's clock is within a minute of this machine's, and a healthy store answers Ping.
	{"Now/is_about_now_and_Ping_answers", func(h *fixture) {
		if off := time.Since(h.Now()); off > time.Minute || off < -time.Minute {
			h.Errorf("the store's clock is %v off", off)
		}
		h.ok(h.Ping(h.Context()))
	}},
}

// calls returns every call of a store by its name, on a request that may be active. An error is
// expected only from a store that is closed or a context that has ended.
func calls(h *fixture, req briefing.Request) map[string]func(context.Context) error {
	all := cameraCalls(h)
	maps.Copy(all, consoleCalls(h, req))
	maps.Copy(all, wordCalls(h))
	maps.Copy(all, map[string]func(context.Context) error{
		"EnsureUser": func(ctx context.Context) error { _, _, err := h.EnsureUser(ctx, "new", nil); return err },
		"User": func(ctx context.Context) error {
			_, err := h.User(ctx, "kim")
			return ignore(err, briefing.ErrNotFound)
		},
		"SetCustom": func(ctx context.Context) error {
			_, err := h.SetCustom(ctx, "kim", nil)
			return ignore(err, briefing.ErrNotFound)
		},
		"StartRequest": func(ctx context.Context) error { _, err := h.StartRequest(ctx, order("lee")); return err },
		"EndRequest": func(ctx context.Context) error {
			_, err := h.EndRequest(ctx, briefing.End{ID: req.ID, Reason: briefing.EndedByUser, At: noon})
			return err
		},
		"EndRequest of a user": func(ctx context.Context) error {
			_, err := h.EndRequest(ctx, briefing.End{Username: "nobody", Reason: briefing.EndedByUser, At: noon})
			return ignore(err, briefing.ErrNotFound)
		},
		"Request":       func(ctx context.Context) error { _, err := h.Request(ctx, req.ID); return err },
		"LatestRequest": func(ctx context.Context) error { _, err := h.LatestRequest(ctx, "kim"); return err },
		"Requests": func(ctx context.Context) error {
			_, _, err := h.Requests(ctx, "kim", "", 1)
			return ignore(err, briefing.ErrNotFound)
		},
		"SummaryState": func(ctx context.Context) error { _, err := h.SummaryState(ctx, req.ID); return err },
		"RequestStates": func(ctx context.Context) error {
			_, err := h.RequestStates(ctx, []briefing.RequestID{req.ID})
			return err
		},
		"Append":      func(ctx context.Context) error { _, err := h.Append(ctx, runOf(req, 1)); return err },
		"AddBriefing": func(ctx context.Context) error { _, err := h.AddBriefing(ctx, fromOutside(req, "x")); return err },
		"Briefings": func(ctx context.Context) error {
			_, _, err := h.Briefings(ctx, req.ID, briefing.Slice{Limit: 1})
			return err
		},
		"CatchUp": func(ctx context.Context) error {
			_, err := h.CatchUp(ctx, []briefing.Position{{RequestID: req.ID}}, 1)
			return err
		},
		"Due":      func(ctx context.Context) error { _, err := h.Due(ctx); return err },
		"RunState": func(ctx context.Context) error { _, err := h.RunState(ctx, req.ID); return err },
		"OpenFeed": func(ctx context.Context) error {
			f, err := h.OpenFeed(ctx, true)
			if err == nil {
				err = f.Close()
			}
			return err
		},
		"Ping":    h.Ping,
		"Release": h.Release,
	})
	return all
}

// cameraCalls returns the calls that are about cameras.
func cameraCalls(h *fixture) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"EndRequest of a camera": func(ctx context.Context) error {
			_, err := h.EndRequest(ctx, briefing.End{Username: "nobody", CameraID: "\xff", At: noon})
			return ignore(err, briefing.ErrNotFound)
		},
		"SaveCamera": func(ctx context.Context) error {
			_, err := h.SaveCamera(ctx, camera("nobody", "yard"))
			return ignore(err, briefing.ErrNotFound)
		},
		"SaveCamera of an id": func(ctx context.Context) error {
			_, err := h.SaveCamera(ctx, briefing.Camera{ID: unknownID})
			return ignore(err, briefing.ErrNotFound)
		},
		"Camera": func(ctx context.Context) error {
			_, err := h.Camera(ctx, unknownID)
			return ignore(err, briefing.ErrNotFound)
		},
		"Cameras": func(ctx context.Context) error {
			_, err := h.Cameras(ctx, "nobody")
			return ignore(err, briefing.ErrNotFound)
		},
		"DeleteCamera": func(ctx context.Context) error {
			return ignore(h.DeleteCamera(ctx, unknownID), briefing.ErrNotFound)
		},
		"SetCameraHealth": func(ctx context.Context) error {
			return ignore(h.SetCameraHealth(ctx, briefing.HealthReport{CameraID: unknownID}), briefing.ErrNotFound)
		},
		"ActiveRequests": func(ctx context.Context) error {
			_, err := h.ActiveRequests(ctx, "kim")
			return err
		},
		"LatestOfCamera": func(ctx context.Context) error {
			_, err := h.LatestOfCamera(ctx, "kim", "\xff")
			return ignore(err, briefing.ErrNotFound)
		},
		"ActiveRequest": func(ctx context.Context) error {
			_, err := h.ActiveRequest(ctx, "kim")
			return ignore(err, briefing.ErrNotFound)
		},
	}
}

// consoleCalls are the calls that the console needs beside the others.
func consoleCalls(h *fixture, req briefing.Request) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Claim": func(ctx context.Context) error { _, err := h.Claim(ctx, 1); return err },
		"MarkSeen": func(ctx context.Context) error {
			_, err := h.MarkSeen(ctx, "kim", noon)
			return ignore(err, briefing.ErrNotFound)
		},
		"DeleteUser": func(ctx context.Context) error {
			_, err := h.DeleteUser(ctx, briefing.DeleteUser{Username: "nobody", At: noon})
			return err
		},
		"MoveEnd": func(ctx context.Context) error {
			_, err := h.MoveEnd(ctx, briefing.Move{ID: req.ID, EndsAt: noon.Add(2 * time.Hour), EndTime: "14:00"})
			return ignore(err, briefing.ErrConflict)
		},
		"Briefing": func(ctx context.Context) error {
			_, _, err := h.Briefing(ctx, unknownID)
			return ignore(err, briefing.ErrNotFound)
		},
		"ReportBriefing": func(ctx context.Context) error {
			_, _, err := h.ReportBriefing(ctx, unknownID, briefing.Mark{Wrong: true})
			return ignore(err, briefing.ErrNotFound)
		},
		"DayBriefings": func(ctx context.Context) error {
			q := briefing.DayQuery{Username: "kim", From: noon, To: noon.Add(time.Hour)}
			_, err := h.DayBriefings(ctx, q, briefing.DayPage{Limit: 1, Examine: 2})
			return ignore(err, briefing.ErrNotFound)
		},
		"DayOccupancy": func(ctx context.Context) error {
			_, err := h.DayOccupancy(ctx, briefing.DayQuery{Username: "kim", From: noon, To: noon.Add(time.Hour)})
			return ignore(err, briefing.ErrNotFound)
		},
	}
}

// ignore returns nil for an error of the kind, and err otherwise.
func ignore(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}
