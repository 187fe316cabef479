package storetest

import (
	"errors"
	"fmt"
	"sync"

	"bis/internal/briefing"
)

// cameras are the promises of SaveCamera, Camera and Cameras.
var cameras = []promise{
	// A new camera is stored as ordered, with a new id, the user's own spelling and version 1. It
	// was never observed and has no last frame, whatever the order says.
	{"SaveCamera/stores_a_new_camera_as_ordered", func(h *fixture) {
		h.known(minsu.mixed)
		want := camera(minsu.composed, "yard")
		want.Version, want.Health.State, want.LastFrame = 9, briefing.CameraOK, frame(1)
		before := inMillis(h.Now())
		got, err := h.SaveCamera(h.Context(), want)
		h.ok(err)
		want.ID, want.Username, want.Version, want.Revision, want.LastFrame = got.ID, minsu.mixed, 1, 1, nil
		want.Health = briefing.CameraHealth{State: briefing.CameraUnobserved, Since: got.Health.Since}
		h.same("answer", got, want)
		h.sameCamera(want)
		if since := got.Health.Since; !briefing.ValidID(string(got.ID)) || since.Before(before) || since.After(h.Now()) {
			h.Errorf("the id is %q, unobserved since %v", got.ID, since)
		}
		list, err := h.Cameras(h.Context(), minsu.decomposed)
		h.ok(err)
		h.same("Cameras", list, []briefing.Camera{want})
	}},
	// An empty list is read back as nil, and so are empty credentials and an empty hash.
	{"SaveCamera/reads_nothing_back_as_nil", func(h *fixture) {
		h.known("kim")
		for _, c := range []briefing.Camera{{}, {
			Credentials: []byte{}, TokenHash: []byte{}, Zones: []briefing.Zone{}, Masks: []briefing.Polygon{},
			Egress: []briefing.ProviderEgress{},
		}} {
			c.Username, c.Source, c.KeepFrames, c.KeepDays = "kim", "push:", briefing.KeepNone, 1
			got, err := h.SaveCamera(h.Context(), c)
			h.ok(err)
			want := briefing.Camera{
				ID: got.ID, Username: "kim", Source: "push:", KeepFrames: briefing.KeepNone, KeepDays: 1,
				Version: 1, Revision: 1, Health: got.Health,
			}
			h.same("answer", got, want)
			h.sameCamera(want)
		}
	}},
	// A new camera of an unknown user is ErrNotFound, also if requests have that name.
	{"SaveCamera/of_nobody_is_ErrNotFound", func(h *fixture) {
		h.start("nobody")
		for _, name := range []string{"nobody", "", "\xff"} {
			_, err := h.SaveCamera(h.Context(), camera(name, "yard"))
			h.isKind("SaveCamera of "+name, err, briefing.ErrNotFound)
			_, err = h.Cameras(h.Context(), name)
			h.isKind("Cameras of "+name, err, briefing.ErrNotFound)
		}
	}},
	// A save with an id replaces every field that a user chooses. Username, the health and the last
	// frame stay, and the version grows by one.
	{"SaveCamera/replaces_what_the_user_chooses", func(h *fixture) {
		h.known("kim")
		c := h.save("kim", "yard")
		h.report(c, 1, briefing.CameraOK, frame(1))
		stored, err := h.Camera(h.Context(), c.ID)
		h.ok(err)
		next := briefing.Camera{
			ID: c.ID, Username: "lee", Name: "뒷문", Source: c.Source, Credentials: []byte("new"), Certificate: "cd34",
			TokenHash: []byte{1}, Zones: append(c.Zones, briefing.Zone{ID: "ffffffff", Name: "문", Polygon: c.Masks[0]}),
			Masks: nil, Egress: append(c.Egress, briefing.ProviderEgress{Provider: "local", Egress: briefing.EgressFull}),
			KeepFrames: briefing.KeepLast, KeepDays: 30, Version: c.Version,
			Health: briefing.CameraHealth{State: briefing.CameraDark}, LastFrame: frame(7),
		}
		got, err := h.SaveCamera(h.Context(), next)
		h.ok(err)
		want := next
		want.Username, want.Version, want.Health, want.LastFrame = "kim", 2, stored.Health, stored.LastFrame
		want.Revision = 3 // the report has raised it, too
		h.same("answer", got, want)
		h.sameCamera(want)
		got.TokenHash = nil
		again, err := h.SaveCamera(h.Context(), got)
		h.ok(err)
		want.TokenHash, want.Version, want.Revision = nil, 3, 4
		h.same("once more", again, want)
		h.sameCamera(want)
	}},
	// Another source makes the camera unobserved from now on, without a last frame.
	{"SaveCamera/of_another_source_forgets_the_health", func(h *fixture) {
		h.known("kim")
		c := h.save("kim", "yard")
		h.report(c, 1, briefing.CameraFrozen, frame(1))
		c.Source = "rtsp://192.168.0.10/live"
		before := inMillis(h.Now())
		got, err := h.SaveCamera(h.Context(), c)
		h.ok(err)
		h.same("health", []any{got.Health.State, got.Health.Reason, got.Health.Words, got.LastFrame},
			[]any{briefing.CameraUnobserved, briefing.TroubleReason(""), "", (*briefing.Frame)(nil)})
		if got.Health.Since.Before(before) {
			h.Errorf("unobserved since %v, and the save began at %v", got.Health.Since, before)
		}
		h.sameCamera(got)
	}},
	// Another ViewVersion becomes the version of the save. It makes the camera unobserved from now
	// on, and reports of earlier versions are ignored. The last frame stays. Another save leaves
	// the view and the health alone.
	{"SaveCamera/of_an_accepted_view_forgets_the_health", func(h *fixture) {
		h.known("kim")
		c := h.save("kim", "yard")
		moved := h.report(c, 1, briefing.CameraMoved, frame(1))
		moved.Version = c.Version
		c.ViewVersion = 9
		c, err := h.SaveCamera(h.Context(), c)
		h.ok(err)
		h.same("accepted", []any{c.ViewVersion, c.Health.State, c.Health.Reason, c.LastFrame},
			[]any{int64(2), briefing.CameraUnobserved, briefing.TroubleReason(""), frame(1)})
		h.sameCamera(c)
		h.ok(h.SetCameraHealth(h.Context(), moved))
		h.sameCamera(c)
		c = after(c, h.report(c, 2, briefing.CameraOK, frame(2)))
		c.Name = "door"
		got, err := h.SaveCamera(h.Context(), c)
		h.ok(err)
		c.Version, c.Revision = 3, c.Revision+1
		h.same("another save", got, c)
		h.sameCamera(c)
	}},
	// A save of another version is ErrConflict and changes nothing. One of several simultaneous
	// saves of one version is stored.
	{"SaveCamera/of_another_version_is_ErrConflict", func(h *fixture) {
		h.known("kim")
		c := h.save("kim", "yard")
		next, err := h.SaveCamera(h.Context(), c)
		h.ok(err)
		for _, version := range []int64{0, 1, 3} {
			c.Version, c.Name = version, "other"
			_, err := h.SaveCamera(h.Context(), c)
			h.isKind(fmt.Sprintf("version %d", version), err, briefing.ErrConflict)
		}
		h.sameCamera(next)
		saved := concurrently(h, 8, func(i int) (string, error) {
			c := next
			c.Name = fmt.Sprint(i)
			got, err := h.SaveCamera(h.Context(), c)
			return got.Name, ignore(err, briefing.ErrConflict)
		})
		now, err := h.Camera(h.Context(), c.ID)
		h.ok(err)
		h.same("version", now.Version, int64(3))
		for i, name := range saved {
			if (name != "") != (now.Name == fmt.Sprint(i)) {
				h.Errorf("save %d answers %q, and %q is stored", i, name, now.Name)
			}
		}
	}},
	// An unknown camera is ErrNotFound. So is the camera of the settings, which is not stored, and
	// a camera that was deleted.
	{"SaveCamera/of_an_unknown_camera_is_ErrNotFound", func(h *fixture) {
		h.known("kim")
		gone := h.save("kim", "yard")
		h.ok(h.DeleteCamera(h.Context(), gone.ID))
		for _, id := range []briefing.CameraID{unknownID, "x", "\xff", briefing.DefaultCamera, gone.ID} {
			c := camera("kim", "yard")
			c.ID, c.Version = id, 1
			_, err := h.SaveCamera(h.Context(), c)
			h.isKind("SaveCamera "+string(id), err, briefing.ErrNotFound)
			_, err = h.Camera(h.Context(), id)
			h.isKind("Camera "+string(id), err, briefing.ErrNotFound)
		}
	}},
	// A user has at most MaxCameras cameras, whatever processes race. One more is an InvalidError
	// on field "cameras". A full user may still change cameras, and other users are not full.
	{"SaveCamera/of_one_too_many_is_invalid", func(h *fixture) {
		h.known("kim")
		h.known("lee")
		for i := range briefing.MaxCameras - 3 {
			h.save("kim", fmt.Sprint(i))
		}
		stores := h.processes()
		got := concurrently(h, 8, func(i int) (error, error) {
			_, err := stores[i%len(stores)].SaveCamera(h.Context(), camera("kim", "late"))
			return err, nil
		})
		stored := 0
		for _, err := range got {
			invalid, ok := errors.AsType[*briefing.InvalidError](err)
			switch {
			case err == nil:
				stored++
			case !ok || invalid.Field != "cameras":
				h.Errorf("one too many: %v", err)
			}
		}
		list, err := h.Cameras(h.Context(), "kim")
		h.ok(err)
		h.same("stored, listed", []int{stored, len(list)}, []int{3, briefing.MaxCameras})
		h.save("lee", "yard")
		_, err = h.SaveCamera(h.Context(), list[0])
		h.ok(err)
		h.ok(h.DeleteCamera(h.Context(), list[1].ID))
		h.save("kim", "in its place")
	}},
	// Cameras lists the cameras of a user by id, and those of no other user.
	{"Cameras/are_the_users_own_by_id", func(h *fixture) {
		h.known("kim")
		h.known("lee")
		list, err := h.Cameras(h.Context(), "kim")
		h.ok(err)
		h.same("without any", len(list), 0)
		h.save("lee", "other")
		var want []briefing.Camera
		for i := range 5 {
			want = append(want, h.save("kim", fmt.Sprint(i)))
		}
		got, err := h.Cameras(h.Context(), "kim")
		h.ok(err)
		h.same("Cameras", got, want)
	}},
	// A save is in the feed, without the credentials and the hash of the token.
	{"Feed/tells_saved_cameras_without_secrets", func(h *fixture) {
		h.known("kim")
		f := h.feed()
		c := h.save("kim", "yard")
		h.expectCamera(f, c)
		c.Name = "door"
		next, err := h.SaveCamera(h.Context(), c)
		h.ok(err)
		h.expectCamera(f, next)
		_, err = h.SaveCamera(h.Context(), c)
		h.isKind("an older version", err, briefing.ErrConflict)
		nothingMore(h, f)
	}},
	// A save that races with a deletion of the user comes before it, or is ErrNotFound: no camera
	// is left without its user, also if another process saves it.
	{"SaveCamera/leaves_no_camera_without_its_user", func(h *fixture) {
		stores := h.processes()
		for range 5 {
			h.known("kim")
			var saving sync.WaitGroup
			var mu sync.Mutex
			var ids []briefing.CameraID
			begun := make(chan struct{}, len(stores))
			for _, st := range stores {
				saving.Go(func() {
					begin := sync.OnceFunc(func() { begun <- struct{}{} })
					defer begin()
					for {
						c, err := st.SaveCamera(h.Context(), camera("kim", "yard"))
						if err != nil {
							h.isKind("SaveCamera", err, briefing.ErrNotFound)
							return
						}
						mu.Lock()
						ids = append(ids, c.ID)
						mu.Unlock()
						begin()
						_, err = st.SaveCamera(h.Context(), c)
						h.ok(ignore(err, briefing.ErrNotFound))
					}
				})
			}
			<-begun
			_, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: "kim", At: noon})
			h.ok(err)
			saving.Wait()
			for _, id := range ids {
				_, err := h.Camera(h.Context(), id)
				h.isKind("a camera of the deleted user", err, briefing.ErrNotFound)
			}
		}
	}},
}

// camera returns a camera of a user. Every field that SaveCamera stores has a value.
func camera(username, name string) briefing.Camera {
	square := briefing.Polygon{Points: []briefing.Point{{X: 0.1, Y: 0.2}, {X: 1, Y: 0}, {X: 0.5, Y: 0.75}}}
	return briefing.Camera{
		Username: username, Name: name, Source: "http://192.168.0.10/snap.jpg",
		Credentials: []byte{0, 1, 0xff}, Certificate: "ab12", TokenHash: []byte{7, 0},
		Zones:      []briefing.Zone{{ID: "0a1b2c3d", Name: "계산대", Polygon: square}},
		Masks:      []briefing.Polygon{square},
		Egress:     []briefing.ProviderEgress{{Provider: "api.openai.com", Egress: briefing.EgressBlurred}},
		KeepFrames: briefing.KeepChanged, KeepDays: 7,
	}
}

// save stores a new camera of a user, which must succeed, and returns it.
func (h *fixture) save(username, name string) briefing.Camera {
	h.Helper()
	c, err := h.SaveCamera(h.Context(), camera(username, name))
	h.ok(err)
	return c
}

// processes returns the store, and with it that of another process if the data allows it.
func (h *fixture) processes() []briefing.Store {
	h.Helper()
	stores := []briefing.Store{h.Store}
	if h.harness.Beside != nil {
		stores = append(stores, h.harness.Beside(h.T, h.Store, otherInstance))
	}
	return stores
}

// sameCamera reports how a camera is read differently.
func (h *fixture) sameCamera(want briefing.Camera) {
	h.Helper()
	got, err := h.Camera(h.Context(), want.ID)
	h.ok(err)
	h.same("Camera", got, want)
}

// expectCamera reads the change of a camera from a feed.
func (h *fixture) expectCamera(f briefing.Feed, want briefing.Camera) {
	h.Helper()
	changes := h.nextChanges(f, 1)
	h.same("change", changes, []briefing.Change{{Kind: briefing.CameraChanged, Camera: want.Public()}})
	h.same("secrets", len(changes[0].Camera.Credentials)+len(changes[0].Camera.TokenHash), 0)
}
