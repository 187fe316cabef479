package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"bis/internal/briefing"
)

// cameraDeletions are the promises of DeleteCamera, and of DeleteUser about cameras.
var cameraDeletions = []promise{
	// A camera is deleted once. Its deletion is the last change of it in the feed.
	{"DeleteCamera/deletes_a_camera", func(h *fixture) {
		h.known("kim")
		c, other := h.save("kim", "yard"), h.save("kim", "door")
		f := h.feed()
		h.ok(h.DeleteCamera(h.Context(), c.ID))
		h.expectDeletion(f, c)
		for _, id := range []briefing.CameraID{c.ID, unknownID, "x", "\xff", briefing.DefaultCamera} {
			h.isKind("DeleteCamera "+string(id), h.DeleteCamera(h.Context(), id), briefing.ErrNotFound)
			_, err := h.Camera(h.Context(), id)
			h.isKind("Camera "+string(id), err, briefing.ErrNotFound)
		}
		list, err := h.Cameras(h.Context(), "kim")
		h.ok(err)
		h.same("the other", list, []briefing.Camera{other})
		nothingMore(h, f)
	}},
	// A camera that an active request uses is ErrConflict, and stays as it is.
	{"DeleteCamera/of_a_used_camera_is_ErrConflict", func(h *fixture) {
		h.known(minsu.mixed)
		c, other := h.save(minsu.mixed, "yard"), h.save(minsu.mixed, "door")
		req := h.startOn(minsu.decomposed, c.ID).Request
		h.start(minsu.composed)
		f := h.feed()
		h.isKind("in use", h.DeleteCamera(h.Context(), c.ID), briefing.ErrConflict)
		h.sameCamera(c)
		nothingMore(h, f)
		h.ok(h.DeleteCamera(h.Context(), other.ID))
		h.end(req, noon)
		h.ok(h.DeleteCamera(h.Context(), c.ID))
	}},
	// Of a start and a deletion at the same time one is first: the deletion is ErrConflict, or the
	// start is ErrNotFound, also if another process starts it.
	{"DeleteCamera/leaves_no_request_without_its_camera", func(h *fixture) {
		h.known("kim")
		stores := h.processes()
		starter := stores[len(stores)-1]
		for i := range 20 {
			c := h.save("kim", "yard")
			if i%2 == 1 {
				h.startOn("kim", c.ID)
			}
			errs := concurrently(h, 3, func(n int) (error, error) {
				switch {
				case n == 0:
					return h.DeleteCamera(h.Context(), c.ID), nil
				case n == 1 && i%2 == 1: // the camera may become free
					_, err := h.EndRequest(h.Context(), briefing.End{
						Username: "kim", CameraID: c.ID, Reason: briefing.EndedByUser, At: noon,
					})
					return nil, ignore(err, briefing.ErrConflict)
				}
				_, err := starter.StartRequest(h.Context(), orderOn("kim", c.ID))
				return err, ignore(err, briefing.ErrNotFound)
			})
			h.oneWasFirst(c, errs[0], errs[1:])
		}
	}},
	// In the feed the deletion of a camera comes after its other changes, whatever races.
	{"DeleteCamera/is_last_in_the_feed", func(h *fixture) {
		h.known("kim")
		f := h.feed()
		for range 3 {
			c := h.save("kim", "yard")
			var writing sync.WaitGroup
			writing.Go(func() { h.saveUntilGone(c) })
			writing.Go(func() { h.reportUntilGone(c) })
			h.nextChanges(f, 3) // by then a writer has started
			h.ok(h.DeleteCamera(h.Context(), c.ID))
			writing.Wait()
			for {
				change := h.nextChanges(f, 1)[0]
				if change.Kind == briefing.CameraDeleted {
					h.same("deleted", change.Camera.ID, c.ID)
					break
				}
				h.same("before the deletion", []any{change.Kind, change.Camera.ID}, []any{briefing.CameraChanged, c.ID})
			}
		}
		nothingMore(h, f)
	}},
	// DeleteUser ends the active requests of all cameras, and deletes the cameras. In the feed they
	// are deleted before the user.
	{"DeleteUser/deletes_the_cameras", func(h *fixture) {
		h.known(minsu.mixed)
		h.known("lee")
		theirs := h.save("lee", "yard")
		var mine []briefing.CameraID
		reqs := []briefing.Request{h.start(minsu.composed)}
		for i := range 3 {
			c := h.save(minsu.mixed, fmt.Sprint(i))
			mine = append(mine, c.ID)
			reqs = append(reqs, h.startOn(minsu.decomposed, c.ID).Request)
		}
		f := h.feed()
		got, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: minsu.composed, At: noon})
		h.ok(err)
		h.same("deleted", len(got.Requests), 4)
		h.isGone(minsu.composed, reqs, nil)
		var deleted []briefing.CameraID
		for {
			c := h.nextChanges(f, 1)[0]
			if c.Kind == briefing.UserDeleted {
				break
			}
			if c.Kind == briefing.CameraDeleted {
				deleted = append(deleted, c.Camera.ID)
			}
		}
		slices.Sort(deleted)
		h.same("cameras in the feed", deleted, mine)
		nothingMore(h, f)
		for _, id := range mine {
			_, err := h.Camera(h.Context(), id)
			h.isKind("Camera", err, briefing.ErrNotFound)
		}
		h.sameCamera(theirs)
		h.known(minsu.composed)
		list, err := h.Cameras(h.Context(), minsu.composed)
		h.ok(err)
		h.same("cameras of the new user", len(list), 0)
	}},
}

// expectDeletion reads the deletion of a camera from a feed. The name may be missing.
func (h *fixture) expectDeletion(f briefing.Feed, c briefing.Camera) {
	h.Helper()
	got := h.nextChanges(f, 1)[0]
	if got.Camera.Username != "" {
		h.same("user", got.Camera.Username, c.Username)
	}
	got.Camera.Username = ""
	h.same("change", got, briefing.Change{Kind: briefing.CameraDeleted, Camera: briefing.Camera{ID: c.ID}})
}

// oneWasFirst checks what a deletion of a camera and starts at the same time have left.
func (h *fixture) oneWasFirst(c briefing.Camera, deleted error, starts []error) {
	h.Helper()
	_, gone := h.Camera(h.Context(), c.ID)
	latest, none := h.LatestOfCamera(h.Context(), "kim", c.ID)
	switch {
	case deleted == nil:
		h.isKind("a deleted camera", gone, briefing.ErrNotFound)
		if none == nil && latest.Active {
			h.Errorf("request %s is active without its camera", latest.ID)
		}
	case errors.Is(deleted, briefing.ErrConflict):
		h.ok(gone)
		for _, err := range starts {
			h.ok(err)
		}
		h.ok(none)
	default:
		h.Errorf("DeleteCamera: %v", deleted)
	}
}

// saveUntilGone saves a camera again and again until it is deleted.
func (h *fixture) saveUntilGone(c briefing.Camera) {
	for {
		next, err := h.SaveCamera(h.Context(), c)
		if err != nil {
			h.ok(ignore(err, briefing.ErrNotFound))
			return
		}
		c = next
	}
}

// reportUntilGone reports changes of a camera's health until it is deleted.
func (h *fixture) reportUntilGone(c briefing.Camera) {
	for tick := int64(1); ; tick++ {
		r := report(c, tick, briefing.CameraDark, frame(int(tick)))
		r.Health.Words = fmt.Sprint(tick)
		if err := h.SetCameraHealth(h.Context(), r); err != nil {
			h.ok(ignore(err, briefing.ErrNotFound))
			return
		}
	}
}
