package service_test

import (
	"testing"

	"bis/internal/briefing"
	"bis/internal/service"
)

// ownOnly lets a viewer act for itself alone.
type ownOnly struct{}

func (ownOnly) ActFor(v briefing.Viewer, username string) error {
	if briefing.SameUser(v.Username, username) {
		return nil
	}
	return briefing.ErrForbidden
}

func (ownOnly) ActForAll(briefing.Viewer) bool { return false }

// A camera of another user does not exist for a viewer, and no call shows the difference.
func TestService_cameras_of_others_are_unknown(t *testing.T) {
	t.Parallel()
	h := openShop(t, ownOnly{})
	ctx := t.Context()
	kim, lee := briefing.Viewer{Username: "kim"}, briefing.Viewer{Username: "lee"}
	saved, err := h.SaveCamera(ctx, kim, service.CameraInput{Name: set("a"), Source: set("push:")})
	h.ok(err)
	id := saved.Camera.ID
	start := input("lee")
	start.CameraID = id
	calls := map[string]func(briefing.CameraID) error{
		"Camera": func(id briefing.CameraID) error { _, err := h.Camera(ctx, lee, id); return err },
		"SaveCamera": func(id briefing.CameraID) error {
			_, err := h.SaveCamera(ctx, lee, service.CameraInput{ID: id, Name: set("b")})
			return err
		},
		"DeleteCamera": func(id briefing.CameraID) error { _, err := h.DeleteCamera(ctx, lee, id); return err },
		"TestCamera": func(id briefing.CameraID) error {
			_, err := h.TestCamera(ctx, lee, service.CameraInput{ID: id})
			return err
		},
		"CreateFrameToken": func(id briefing.CameraID) error { _, _, err := h.CreateFrameToken(ctx, lee, id); return err },
		"RevokeFrameToken": func(id briefing.CameraID) error { _, err := h.RevokeFrameToken(ctx, lee, id); return err },
		"StartBriefing": func(id briefing.CameraID) error {
			in := start
			in.CameraID = id
			_, err := h.StartBriefing(ctx, lee, in)
			return err
		},
		"Watch a start": func(id briefing.CameraID) error {
			in := start
			in.CameraID = id
			_, err := h.Watch(ctx, lee, service.WatchQuery{Start: &in})
			return err
		},
		"Watch the latest": func(id briefing.CameraID) error {
			_, err := h.Watch(ctx, lee, service.WatchQuery{Username: "lee", CameraID: id})
			return err
		},
		"EndOfCamera": func(id briefing.CameraID) error { _, err := h.EndOfCamera(ctx, lee, "lee", id); return err },
	}
	for name, call := range calls {
		for _, id := range []briefing.CameraID{id, unknownCamera, "yard"} {
			h.is(name+" of "+string(id), call(id), briefing.ErrNotFound)
		}
	}
	if c, err := h.Camera(ctx, kim, id); err != nil || c.Name != "a" || c.Version != 1 {
		t.Errorf("kim's camera: %+v, %v", c, err)
	}
	_, err = h.Cameras(ctx, lee, "kim")
	h.is("Cameras", err, briefing.ErrForbidden)
	_, err = h.SaveCamera(ctx, lee, newCamera("a", "demo:"))
	h.is("a new camera of kim", err, briefing.ErrForbidden)
}

// Requests of several cameras run beside each other, and each is started, ended and watched for
// itself.
func TestService_requests_of_several_cameras(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	ctx := t.Context()
	door, _ := h.save(newCamera("문", "demo:"))
	yard, _ := h.save(newCamera("마당", "demo:"))
	in, inDoor, inYard := input("kim"), input("kim"), input("kim")
	inDoor.CameraID, inYard.CameraID = door.ID, yard.ID
	first, second, third := h.start(in), h.start(inDoor), h.start(inYard)
	active := func(want ...briefing.RequestID) {
		t.Helper()
		list, err := h.ActiveRequests(ctx, nobody, "kim")
		h.ok(err)
		var got []briefing.RequestID
		for _, r := range list {
			got = append(got, r.ID)
		}
		newest := briefing.RequestID("")
		if one, err := h.ActiveRequest(ctx, nobody, "kim"); err == nil {
			newest = one.ID
		}
		if len(got) != len(want) || len(got) > 0 && newest != want[0] {
			t.Fatalf("active are %v, the newest %s, want %v", got, newest, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("active are %v, want %v", got, want)
			}
		}
	}
	active(third.ID, second.ID, first.ID)
	if again := h.start(inDoor); again.CameraID != door.ID || again.ID == second.ID {
		t.Errorf("a start replaced %+v", again)
	} else {
		active(again.ID, third.ID, first.ID)
		second = again
	}
	for _, id := range []briefing.CameraID{"", door.ID, briefing.DefaultCamera, yard.ID} {
		h.ok(watchLatest(h, id))
	}
	h.add(first, "default")
	h.add(second, "door")
	h.receives(h.watch(service.WatchQuery{Username: "kim", CameraID: door.ID}), "door")
	at := h.add(first, "more").Cursor
	_, err := h.Watch(ctx, nobody, service.WatchQuery{Username: "kim", CameraID: door.ID, After: at})
	h.is("a cursor of another camera", err, briefing.ErrBadCursor)
	_, err = h.Watch(ctx, nobody, service.WatchQuery{Start: &inDoor, After: at})
	h.is("a start after a cursor of another camera", err, briefing.ErrBadCursor)
	h.watch(service.WatchQuery{Start: &in, After: at})

	end := func(id briefing.CameraID, want briefing.RequestID) {
		t.Helper()
		ended, err := h.EndOfCamera(ctx, nobody, "kim", id)
		h.ok(err)
		if (want == "") != (ended == nil) || ended != nil && ended.ID != want {
			t.Errorf("the end on camera %q ended %+v, want %q", id, ended, want)
		}
	}
	end(yard.ID, third.ID)
	end(yard.ID, "")
	end("", first.ID) // that of the settings first
	end("", second.ID)
	end("", "")
	active()
}

// watchLatest subscribes to the latest request of a camera.
func watchLatest(h *shop, id briefing.CameraID) error {
	s, err := h.Watch(h.t.Context(), nobody, service.WatchQuery{Username: "kim", CameraID: id})
	if err == nil {
		s.Close()
	}
	return err
}
