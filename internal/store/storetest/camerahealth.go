package storetest

import (
	"fmt"
	"time"

	"bis/internal/briefing"
)

// healths are the promises of SetCameraHealth.
var healths = []promise{
	// A report stores the state, its time, reason and words, and the last frame. Nothing else
	// changes, and times are in UTC and whole milliseconds.
	{"SetCameraHealth/stores_health_and_last_frame", func(h *fixture) {
		h.known("kim")
		want := h.save("kim", "yard")
		zone := time.FixedZone("KST", 9*3600)
		seen := *frame(1)
		seen.At = seen.At.Add(123_456).In(zone)
		r := report(want, 1, briefing.CameraRefused, &seen)
		r.Health.Since = noon.Add(123_456).In(zone)
		h.ok(h.SetCameraHealth(h.Context(), r))
		want.Health, want.LastFrame, want.Revision = r.Health, frame(1), 2
		want.Health.Since = noon
		h.sameCamera(want)
		// Without a frame the stored one stays.
		want.Health, want.Revision = h.report(want, 2, briefing.CameraAway, nil).Health, 3
		h.sameCamera(want)
		h.report(want, 3, briefing.CameraAway, frame(3))
		want.LastFrame = frame(3)
		h.sameCamera(want)
	}},
	// A report is ignored if one of a later request, of a later term of the request, or of a later
	// tick of the term, is stored, whether or not that one has changed the health.
	{"SetCameraHealth/ignores_late_reports", func(h *fixture) {
		h.known("kim")
		c := h.save("kim", "yard")
		first, second := briefing.RequestID("0123456789abcdef01234567"), briefing.RequestID("0123456789abcdef01234568")
		for i, step := range []struct {
			request briefing.RequestID
			term    int64
			tick    int64
			state   briefing.CameraState
			stored  bool
		}{
			{first, 1, 5, briefing.CameraDark, true},
			{first, 1, 4, briefing.CameraOK, false},
			{first, 1, 5, briefing.CameraOK, true}, // a report beside the ticks
			{first, 1, 7, briefing.CameraOK, true}, // changes nothing
			{first, 1, 6, briefing.CameraAway, false},
			{first, 2, 7, briefing.CameraOK, true},    // of the successor, and changes nothing
			{first, 1, 7, briefing.CameraAway, false}, // of the predecessor, after a pause
			{first, 1, 9, briefing.CameraDark, false},
			{first, 2, 8, briefing.CameraDark, true},
			{first, 3, 1, briefing.CameraAway, true},
			{first, 2, 9, briefing.CameraOK, false},
			{second, 1, 1, briefing.CameraOK, true},
			{first, 4, 8, briefing.CameraAway, false},
			{second, 1, 0, briefing.CameraAway, false},
			{second, 1, 2, briefing.CameraAway, true},
		} {
			before, err := h.Camera(h.Context(), c.ID)
			h.ok(err)
			r := report(c, step.tick, step.state, frame(i))
			r.RequestID, r.Term = step.request, step.term
			h.ok(h.SetCameraHealth(h.Context(), r))
			if step.stored {
				before = after(before, r)
			}
			h.sameCamera(before)
		}
	}},
	// A report of a version before the last change of the source is ignored. The version of another
	// change does not matter.
	{"SetCameraHealth/ignores_what_another_source_has_shown", func(h *fixture) {
		h.known("kim")
		c := h.save("kim", "yard")
		c.Source += "?other"
		c, err := h.SaveCamera(h.Context(), c)
		h.ok(err)
		c.Name = "door"
		c, err = h.SaveCamera(h.Context(), c)
		h.ok(err)
		for i, of := range []struct {
			version int64
			stored  bool
		}{{1, false}, {2, true}, {1, false}, {3, true}, {0, true}} {
			r := report(c, int64(i), briefing.CameraAway, frame(i))
			r.Version = of.version
			h.ok(h.SetCameraHealth(h.Context(), r))
			if of.stored {
				c = after(c, r)
			}
			h.sameCamera(c)
		}
	}},
	// An unknown camera is ErrNotFound, and is not made.
	{"SetCameraHealth/of_an_unknown_camera_is_ErrNotFound", func(h *fixture) {
		h.known("kim")
		gone := h.save("kim", "yard")
		h.report(gone, 1, briefing.CameraOK, frame(1))
		h.ok(h.DeleteCamera(h.Context(), gone.ID))
		for _, id := range []briefing.CameraID{unknownID, "x", "\xff", briefing.DefaultCamera, gone.ID} {
			for _, state := range []briefing.CameraState{briefing.CameraOK, briefing.CameraDark} {
				err := h.SetCameraHealth(h.Context(), report(briefing.Camera{ID: id}, 2, state, nil))
				h.isKind("SetCameraHealth "+string(id), err, briefing.ErrNotFound)
			}
			_, err := h.Camera(h.Context(), id)
			h.isKind("Camera "+string(id), err, briefing.ErrNotFound)
		}
	}},
	// The feed has each report that changes the state, its time, reason or words. It has no report
	// that repeats the health, whatever its frame, and no late one.
	{"Feed/tells_changed_healths", func(h *fixture) {
		h.known("kim")
		c := h.save("kim", "yard")
		f := h.feed()
		r := report(c, 1, briefing.CameraOK, frame(1))
		for tick, change := range []func(){
			func() {},
			func() { r.Health.State = briefing.CameraDark },
			func() { r.Health.Since = noon.Add(time.Hour) },
			func() { r.Health.Reason = "WRONG_PASSWORD" },
			func() { r.Health.Words = "401 Unauthorized" },
		} {
			change()
			r.Tick, r.LastFrame = int64(10*tick), frame(tick)
			h.ok(h.SetCameraHealth(h.Context(), r))
			c = after(c, r)
			h.expectCamera(f, c)
			r.Tick++
			h.ok(h.SetCameraHealth(h.Context(), r))
			r.Tick, r.LastFrame = r.Tick+1, frame(100+tick)
			h.ok(h.SetCameraHealth(h.Context(), r))
		}
		r.Tick, r.Health.State = 1, briefing.CameraAway
		h.ok(h.SetCameraHealth(h.Context(), r))
		nothingMore(h, f)
	}},
	// Every process has what another one saves and reports, also in its feed, and refuses late
	// reports wherever the later one was stored.
	{"SetCameraHealth/reaches_every_process", func(h *fixture) {
		stores := h.processes()
		other := &fixture{T: h.T, Store: stores[len(stores)-1], harness: h.harness}
		h.known("kim")
		f := other.feed()
		c := h.save("kim", "yard")
		other.expectCamera(f, c)
		c = after(c, h.report(c, 2, briefing.CameraDark, frame(2)))
		other.expectCamera(f, c)
		other.sameCamera(c)
		other.report(c, 1, briefing.CameraOK, frame(1))
		h.sameCamera(c)
		c = after(c, other.report(c, 3, briefing.CameraOK, frame(3)))
		other.expectCamera(f, c)
		h.report(c, 2, briefing.CameraDark, frame(2))
		h.sameCamera(c)
		nothingMore(h, f)
	}},
	// Of simultaneous reports the latest tick's is stored in the end, and saves lose none of them.
	{"SetCameraHealth/the_latest_stays_whatever_races", func(h *fixture) {
		h.known("kim")
		c := h.save("kim", "yard")
		concurrently(h, 9, func(i int) (int, error) {
			if i == 8 {
				next := c
				for range 5 {
					var err error
					if next, err = h.SaveCamera(h.Context(), next); err != nil {
						return 0, err
					}
				}
				return 0, nil
			}
			for n := range 5 {
				tick := int64(n*8 + i)
				r := report(c, tick, briefing.CameraDark, frame(int(tick)))
				r.Health.Words = fmt.Sprint(tick)
				if err := h.SetCameraHealth(h.Context(), r); err != nil {
					return 0, err
				}
			}
			return 0, nil
		})
		now, err := h.Camera(h.Context(), c.ID)
		h.ok(err)
		h.same("words, frame, version", []any{now.Health.Words, now.LastFrame, now.Version}, []any{"39", frame(39), int64(6)})
	}},
}

// report returns a report of a camera, by a tick of one request.
func report(
	c briefing.Camera, tick int64, state briefing.CameraState, seen *briefing.Frame,
) briefing.HealthReport {
	return briefing.HealthReport{
		CameraID: c.ID, RequestID: unknownID, Tick: tick, At: noon, LastFrame: seen,
		Health: briefing.CameraHealth{State: state, Since: noon, Reason: "X", Words: string(state)},
	}
}

// report stores a report, which must succeed, and returns it.
func (h *fixture) report(
	c briefing.Camera, tick int64, state briefing.CameraState, seen *briefing.Frame,
) briefing.HealthReport {
	h.Helper()
	r := report(c, tick, state, seen)
	h.ok(h.SetCameraHealth(h.Context(), r))
	return r
}

// after returns a camera as a report that is stored leaves it.
func after(c briefing.Camera, r briefing.HealthReport) briefing.Camera {
	if c.Health != r.Health {
		c.Revision++
	}
	c.Health, c.LastFrame = r.Health, r.LastFrame
	return c
}

// frame returns the nth frame of a camera.
func frame(n int) *briefing.Frame {
	return &briefing.Frame{
		ID: fmt.Sprintf("%032x", n), Width: 640 + n, Height: 480, At: noon.Add(time.Duration(n) * time.Second),
	}
}

// inMillis returns a time as a store returns it.
func inMillis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
