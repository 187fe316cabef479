package storetest

import (
	"time"

	"bis/internal/briefing"
)

// manyCameras are the promises about requests of several cameras.
var manyCameras = []promise{
	// A user has one active request of each camera: a start ends that of the same camera, and no
	// other. ActiveRequests has the newest first, and ActiveRequest prefers the camera of the
	// settings.
	{"StartRequest/ends_the_active_one_of_the_same_camera_alone", func(h *fixture) {
		h.known("kim")
		yard, door := h.save("kim", "yard").ID, h.save("kim", "door").ID
		a := h.startOn("kim", yard).Request
		h.activeIs("kim", a.ID, a.ID)
		shop := h.startOn("kim", "").Request
		h.same("an empty camera", shop.CameraID, briefing.DefaultCamera)
		b := h.startOn("kim", door).Request
		h.activeIs("kim", shop.ID, b.ID, shop.ID, a.ID)
		next := h.startOn("kim", yard)
		h.same("replaced", next.Replaced.ID, a.ID)
		h.activeIs("kim", shop.ID, next.Request.ID, b.ID, shop.ID)
		again := h.startOn("kim", briefing.DefaultCamera)
		h.same("replaced", again.Replaced.ID, shop.ID)
		h.activeIs("kim", again.Request.ID, again.Request.ID, next.Request.ID, b.ID)
		h.end(again.Request, noon)
		h.activeIs("kim", next.Request.ID, next.Request.ID, b.ID)
		none, err := h.ActiveRequests(h.Context(), "nobody")
		h.ok(err)
		h.same("of nobody", len(none), 0)
	}},
	// LatestOfCamera is the newest request of a camera, active or ended, also after the camera is
	// deleted. LatestRequest is the newest of all.
	{"LatestOfCamera/is_the_newest_of_that_camera", func(h *fixture) {
		h.known("kim")
		h.known("lee")
		yard := h.save("kim", "yard").ID
		_, err := h.LatestOfCamera(h.Context(), "kim", yard)
		h.isKind("without any", err, briefing.ErrNotFound)
		h.startOn("kim", yard)
		old := h.startOn("kim", yard).Request
		shop := h.start("kim")
		latest := func(username string, id briefing.CameraID) briefing.RequestID {
			h.Helper()
			r, err := h.LatestOfCamera(h.Context(), username, id)
			h.ok(err)
			return r.ID
		}
		h.same("of a camera", latest("kim", yard), old.ID)
		h.same("of the settings", latest("kim", briefing.DefaultCamera), shop.ID)
		all, err := h.LatestRequest(h.Context(), "kim")
		h.ok(err)
		h.same("of all", all.ID, shop.ID)
		_, err = h.LatestOfCamera(h.Context(), "lee", yard)
		h.isKind("of another user", err, briefing.ErrNotFound)
		ended := h.end(old, noon.Add(time.Minute))
		h.ok(h.DeleteCamera(h.Context(), yard))
		h.same("of a deleted camera", latest("kim", yard), old.ID)
		h.same("the request stays", h.request(old.ID), ended)
	}},
	// A start on a camera that is not stored, or another user's, is ErrNotFound. No request ends or
	// starts, and nothing is in the feed.
	{"StartRequest/on_a_foreign_camera_is_ErrNotFound", func(h *fixture) {
		h.known("kim")
		h.known("lee")
		h.save("kim", "yard")
		theirs, gone := h.save("lee", "yard").ID, h.save("kim", "gone").ID
		mine := h.startOn("kim", gone).Request
		h.end(mine, noon)
		h.ok(h.DeleteCamera(h.Context(), gone))
		shop := h.start("kim")
		f := h.feed()
		for _, id := range []briefing.CameraID{theirs, gone, unknownID, "x", "\xff"} {
			for _, user := range []briefing.StartUser{briefing.AnyUser, briefing.KnownUser, briefing.EnsuredUser} {
				s := orderOn("kim", id)
				s.User = user
				_, err := h.StartRequest(h.Context(), s)
				h.isKind("a start on "+string(id), err, briefing.ErrNotFound)
			}
		}
		h.activeIs("kim", shop.ID, shop.ID)
		nothingMore(h, f)
	}},
	// A key continues its request, whatever camera the start asks for. ContinueSame continues the
	// request of the same camera.
	{"StartRequest/continues_by_key_or_by_the_same_camera", func(h *fixture) {
		h.known("kim")
		yard, door := h.save("kim", "yard").ID, h.save("kim", "door").ID
		s := orderOn("kim", yard)
		s.Request.Key = "k"
		first := h.startAs(s).Request
		s.Request.CameraID = door
		h.same("by key", h.startAs(s), briefing.Started{Request: first, Continued: true})
		h.start("kim")
		for _, only := range []bool{false, true} {
			s = orderOn("kim", yard)
			s.ContinueSame, s.OnlyContinue = true, only
			h.same("the same camera", h.startAs(s), briefing.Started{Request: first, Continued: true})
		}
		s.Request.CameraID = door
		_, err := h.StartRequest(h.Context(), s)
		h.isKind("OnlyContinue on another camera", err, briefing.ErrNotFound)
		s.OnlyContinue = false
		if got := h.startAs(s); got.Continued || got.Replaced != nil {
			h.Errorf("another camera: %+v", got)
		}
	}},
	// A user never has two active requests of one camera, in whatever spelling the starts race, and
	// no start ends a request of another camera.
	{"StartRequest/never_two_active_of_a_camera_whatever_races", func(h *fixture) {
		h.known(minsu.mixed)
		ids := []briefing.CameraID{briefing.DefaultCamera, h.save(minsu.mixed, "yard").ID, h.save(minsu.mixed, "door").ID}
		started := concurrently(h, 12, func(i int) (briefing.Started, error) {
			s := orderOn(spellings()[i%len(spellings())], ids[i%len(ids)])
			for range 2 {
				if _, err := h.StartRequest(h.Context(), s); err != nil {
					return briefing.Started{}, err
				}
			}
			return h.StartRequest(h.Context(), s)
		})
		for _, s := range started {
			if old := s.Replaced; old != nil && old.CameraID != s.Request.CameraID {
				h.Errorf("a start on %s has replaced one on %s", s.Request.CameraID, old.CameraID)
			}
		}
		list, _, err := h.Requests(h.Context(), minsu.composed, "", 100)
		h.ok(err)
		active := map[briefing.CameraID]int{}
		for _, r := range list {
			if r.Active {
				active[r.CameraID]++
			}
		}
		h.same("requests", len(list), 36)
		h.same("active ones", active, map[briefing.CameraID]int{ids[0]: 1, ids[1]: 1, ids[2]: 1})
	}},
	// An end by user name ends the request of the named camera. Without a camera it ends that of
	// the settings, and else the newest. Only the skips of that request count.
	{"EndRequest/of_a_user_and_camera_ends_that_request", func(h *fixture) {
		h.known("kim")
		yard, door := h.save("kim", "yard").ID, h.save("kim", "door").ID
		a, b, shop := h.startOn("kim", yard).Request, h.startOn("kim", door).Request, h.start("kim")
		skipped := briefing.Skips{a.ID: {1}, b.ID: {1, 2}, shop.ID: {1, 2, 3}}
		end := func(id briefing.CameraID, want briefing.RequestID, skips int) {
			h.Helper()
			got, err := h.EndRequest(h.Context(), briefing.End{
				Username: "kim", CameraID: id, Reason: briefing.EndedByUser, At: noon.Add(35 * time.Second),
				Skipped: skipped,
			})
			h.ok(err)
			h.same("ended", []any{got.ID, got.Ticks}, []any{want, briefing.TickCounts{Skipped: skips, Missed: 3 - skips}})
		}
		end(yard, a.ID, 1)
		_, err := h.EndRequest(h.Context(), briefing.End{Username: "kim", CameraID: yard, At: noon})
		h.isKind("a camera without an active request", err, briefing.ErrConflict)
		for _, id := range []briefing.CameraID{unknownID, "x", "\xff"} {
			_, err = h.EndRequest(h.Context(), briefing.End{Username: "kim", CameraID: id, At: noon})
			h.isKind("the unknown camera "+string(id), err, briefing.ErrConflict)
		}
		end("", shop.ID, 3)
		_, err = h.EndRequest(h.Context(), briefing.End{Username: "kim", CameraID: briefing.DefaultCamera, At: noon})
		h.isKind("the camera of the settings", err, briefing.ErrConflict)
		a = h.startOn("kim", yard).Request
		skipped = briefing.Skips{a.ID: {3}, b.ID: {3, 4}}
		end("", a.ID, 1)
		end("", b.ID, 1)
	}},
	// RunState has the request's stored camera, as it is now. The camera of the settings is nil.
	{"RunState/reads_the_camera_as_it_is_now", func(h *fixture) {
		h.known(minsu.mixed)
		c := h.save(minsu.mixed, "yard")
		camera := func(req briefing.Request) *briefing.Camera {
			h.Helper()
			state, err := h.RunState(h.Context(), req.ID)
			h.ok(err)
			return state.Camera
		}
		h.same("of the settings", camera(h.start(minsu.composed)), (*briefing.Camera)(nil))
		req := h.startOn(minsu.composed, c.ID).Request
		h.same("stored", camera(req), &c)
		c.Masks, c.Source = nil, "demo:"
		c, err := h.SaveCamera(h.Context(), c)
		h.ok(err)
		c = after(c, h.report(c, 1, briefing.CameraDark, frame(1)))
		h.same("changed", camera(req), &c)
		h.end(req, noon)
		h.same("after the end", camera(req), &c)
		h.ok(h.DeleteCamera(h.Context(), c.ID))
		h.same("deleted", camera(req), (*briefing.Camera)(nil))
	}},
	// A start on a camera leaves the active requests of old data alone, which are of the camera of
	// the settings. The newest of them counts.
	{"Old/a_start_on_a_camera_ends_no_request_of_the_settings_camera", func(h *fixture) {
		o := oldNames()
		h = h.openOld(o)
		c := h.save(minsu.spaced, "yard")
		got := h.startOn(minsu.mixed, c.ID)
		if got.Replaced != nil {
			h.Errorf("replaced %s", got.Replaced.ID)
		}
		h.activeIs(minsu.composed, o.Requests[1].ID, got.Request.ID, o.Requests[1].ID)
		again := h.start(minsu.decomposed)
		h.activeIs(minsu.composed, again.ID, again.ID, got.Request.ID)
		claimAll(h)
		h.activeIs(minsu.composed, again.ID, again.ID, got.Request.ID)
		for _, r := range o.Requests[:2] {
			h.same("active", h.request(r.ID).Active, false)
		}
	}},
}

// orderOn returns a start of a user's request on a camera.
func orderOn(username string, id briefing.CameraID) briefing.Start {
	s := order(username)
	s.Request.CameraID = id
	return s
}

// startOn starts a request on a camera, which must succeed.
func (h *fixture) startOn(username string, id briefing.CameraID) briefing.Started {
	h.Helper()
	return h.startAs(orderOn(username, id))
}

// activeIs checks ActiveRequest and ActiveRequests of a user.
func (h *fixture) activeIs(username string, one briefing.RequestID, all ...briefing.RequestID) {
	h.Helper()
	r, err := h.ActiveRequest(h.Context(), username)
	h.ok(err)
	h.same("ActiveRequest", r, h.request(one))
	list, err := h.ActiveRequests(h.Context(), username)
	h.ok(err)
	want := make([]briefing.Request, len(all))
	for i, id := range all {
		want[i] = h.request(id)
	}
	h.same("ActiveRequests", list, want)
}
