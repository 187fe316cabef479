package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"bis/internal/briefing"
)

// FramesHarness opens the frame store under test.
type FramesHarness struct {
	// Open opens an empty store with a bound in bytes and a clock, and closes it by t.Cleanup.
	Open func(t T, most int64, clock func() time.Time) briefing.FrameStore
	// Again opens the data of st anew: after closing st, or beside it if several processes may have
	// the data open.
	Again func(t T, st briefing.FrameStore) briefing.FrameStore
}

// RunFrames runs the checks of a frame store as parallel subtests. A store's test calls it once.
func RunFrames(t *testing.T, h FramesHarness) {
	t.Helper()
	for _, p := range frames {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			f := &framesFixture{fixture: fixture{T: t}, harness: h, most: 1 << 20, now: noon}
			if p.most > 0 {
				f.most = p.most
			}
			f.FrameStore = h.Open(t, f.most, func() time.Time { return f.now })
			p.check(f)
		})
	}
}

// framesFixture is a frame store under test with the helpers of the checks.
type framesFixture struct {
	fixture
	briefing.FrameStore
	harness FramesHarness
	most    int64
	now     time.Time // of the store's clock; only the check changes it
}

// framePromise is a check on an opened, empty frame store.
type framePromise struct {
	name  string
	most  int64 // the bound in bytes; 0: 1 MiB
	check func(h *framesFixture)
}

// photo returns a picture of a camera, n minutes after noon. Every field has a value.
func photo(camera briefing.CameraID, n int, kind briefing.FrameKind) briefing.StoredFrame {
	at := noon.Add(time.Duration(n) * time.Minute)
	return briefing.StoredFrame{
		Frame: briefing.Frame{
			ID: fmt.Sprintf("%.8s%024x", camera, n), Width: 640 + n, Height: 360, At: at,
		},
		CameraID: camera, Username: minsu.mixed, RequestID: unknownID, Kind: kind,
		Until: at.Add(24 * time.Hour), View: "as it is", JPEG: bytes.Repeat([]byte{0xff, 0xd8, byte(n)}, 30),
	}
}

// The cameras of the checks.
const (
	yard = briefing.CameraID("0123456700000000000000aa")
	door = briefing.CameraID("89abcdef00000000000000bb")
)

// put stores pictures, which must succeed.
func (h *framesFixture) put(list ...briefing.StoredFrame) {
	h.Helper()
	for _, f := range list {
		h.ok(h.SaveFrame(h.Context(), f))
	}
}

// stored reports a difference between the pictures that can be read, of those given, and want.
func (h *framesFixture) stored(of []briefing.StoredFrame, want ...briefing.StoredFrame) {
	h.Helper()
	var got []briefing.StoredFrame
	sizes := map[string]briefing.Frame{}
	var ids []string
	for _, f := range of {
		ids = append(ids, f.ID)
		one, err := h.StoredFrame(h.Context(), f.ID)
		if err != nil {
			h.isKind("StoredFrame "+f.ID, err, briefing.ErrNotFound)
			continue
		}
		got = append(got, one)
		sizes[one.ID] = one.Frame
	}
	h.same("stored pictures", got, want)
	described, err := h.FrameSizes(h.Context(), ids)
	h.ok(err)
	h.same("FrameSizes", described, sizes)
}

// frames are the promises of a FrameStore.
var frames = []framePromise{
	// Every field comes back, with times in UTC and whole milliseconds.
	{name: "SaveFrame/stores_every_field", check: func(h *framesFixture) {
		f := photo(yard, 1, briefing.FrameChanged)
		f.At, f.Until = f.At.Add(123_456).In(time.FixedZone("KST", 9*3600)), f.Until.Add(999)
		h.put(f)
		h.stored([]briefing.StoredFrame{f}, photo(yard, 1, briefing.FrameChanged))
		_, err := h.StoredFrame(h.Context(), photo(door, 1, briefing.FrameLast).ID)
		h.isKind("unknown id", err, briefing.ErrNotFound)
		for _, id := range []string{"", "x", "\xff", f.ID + "0"} {
			_, err := h.StoredFrame(h.Context(), id)
			h.isKind("malformed id", err, briefing.ErrNotFound)
		}
	}},
	// Pictures without bytes, with too many, of a foreign kind and with a malformed id are refused.
	{name: "SaveFrame/refuses_what_cannot_be_stored", check: func(h *framesFixture) {
		for i, change := range []func(*briefing.StoredFrame){
			func(f *briefing.StoredFrame) { f.JPEG = nil },
			func(f *briefing.StoredFrame) { f.JPEG = make([]byte, briefing.MaxFrameLen+1) },
			func(f *briefing.StoredFrame) { f.Kind = "other" },
			func(f *briefing.StoredFrame) { f.ID = "ABC" },
		} {
			f := photo(yard, i, briefing.FrameLast)
			change(&f)
			h.isKind("SaveFrame", h.SaveFrame(h.Context(), f), briefing.ErrInvalid)
		}
	}},
	// A camera has one FrameLast. A FrameChanged replaces it and stays itself.
	{name: "SaveFrame/replaces_the_last_picture", check: func(h *framesFixture) {
		all := []briefing.StoredFrame{
			photo(yard, 1, briefing.FrameLast), photo(yard, 2, briefing.FrameLast),
			photo(yard, 3, briefing.FrameChanged), photo(yard, 4, briefing.FrameLast),
			photo(door, 1, briefing.FrameLast), photo(yard, 5, briefing.FrameChanged),
		}
		h.put(all[:2]...)
		h.stored(all, all[1])
		h.put(all[2])
		h.stored(all, all[2])
		h.put(all[3:5]...)
		h.stored(all, all[2], all[3], all[4])
		h.put(all[5])
		h.stored(all, all[2], all[4], all[5])
	}},
	// A FrameLast that is older than the camera's newest picture is not stored: its process lost
	// the request. A FrameChanged is.
	{name: "SaveFrame/ignores_an_older_last_picture", check: func(h *framesFixture) {
		all := []briefing.StoredFrame{
			photo(yard, 2, briefing.FrameChanged), photo(yard, 1, briefing.FrameLast),
			photo(yard, 4, briefing.FrameLast), photo(yard, 3, briefing.FrameLast),
			photo(yard, 0, briefing.FrameChanged),
		}
		h.put(all...)
		h.stored(all, all[0], all[2], all[4])
	}},
	// A camera has one FramePushed, the newest. It is no kept picture.
	{name: "PushedFrame/is_the_newest_of_its_camera", check: func(h *framesFixture) {
		_, err := h.PushedFrame(h.Context(), yard)
		h.isKind("PushedFrame without one", err, briefing.ErrNotFound)
		kept := photo(yard, 9, briefing.FrameLast)
		all := []briefing.StoredFrame{
			photo(yard, 2, briefing.FramePushed), photo(yard, 1, briefing.FramePushed),
			photo(door, 3, briefing.FramePushed), kept,
		}
		h.put(all...)
		got, err := h.PushedFrame(h.Context(), yard)
		h.ok(err)
		h.same("PushedFrame", got, all[0])
		h.stored(all, kept)
		next := photo(yard, 5, briefing.FramePushed)
		h.put(next)
		got, err = h.PushedFrame(h.Context(), yard)
		h.ok(err)
		h.same("PushedFrame", got, next)
		h.stored(all, kept)
	}},
	// LastFrames has the newest of FrameLast and FrameChanged of each camera.
	{name: "LastFrames/describes_the_newest_pictures", check: func(h *framesFixture) {
		last := photo(door, 7, briefing.FrameLast)
		changed := photo(yard, 6, briefing.FrameChanged)
		h.put(photo(yard, 1, briefing.FrameChanged), changed, last, photo(yard, 8, briefing.FramePushed))
		got, err := h.LastFrames(h.Context(), []briefing.CameraID{yard, door, unknownID})
		h.ok(err)
		h.same("LastFrames", got, map[briefing.CameraID]briefing.Frame{
			yard: changed.Frame, door: last.Frame,
		})
		got, err = h.LastFrames(h.Context(), nil)
		h.ok(err)
		h.same("LastFrames of none", got, map[briefing.CameraID]briefing.Frame{})
	}},
	// The oldest pictures of all cameras go first, also after the data are opened anew.
	{name: "SaveFrame/deletes_the_oldest_beyond_the_bound", most: 300, check: func(h *framesFixture) {
		var all []briefing.StoredFrame
		for n, camera := range []briefing.CameraID{yard, door, yard, door, yard} {
			all = append(all, photo(camera, n, briefing.FrameChanged)) // of 90 bytes
		}
		h.put(all[3], all[0], all[1])
		h.stored(all, all[0], all[1], all[3])
		h.put(all[2])
		h.stored(all, all[1], all[2], all[3])
		h.FrameStore = h.harness.Again(h.T, h.FrameStore)
		h.put(all[4])
		h.stored(all, all[2], all[3], all[4])
	}},
	// The bound holds while several write and read at once.
	{name: "SaveFrame/holds_the_bound_under_load", most: loadBound, check: underLoad},
	// A picture ends at its Until, whether or not it was deleted.
	{name: "DeleteExpired/deletes_what_has_passed", check: func(h *framesFixture) {
		first, second := photo(yard, 1, briefing.FrameChanged), photo(yard, 2, briefing.FrameChanged)
		pushed := photo(yard, 1, briefing.FramePushed)
		pushed.ID = photo(door, 1, "").ID
		h.put(first, second, pushed)
		h.now = first.Until
		h.stored([]briefing.StoredFrame{first, second}, second)
		_, err := h.PushedFrame(h.Context(), yard)
		h.isKind("PushedFrame", err, briefing.ErrNotFound)
		h.ok(h.DeleteExpired(h.Context()))
		h.now = noon
		h.stored([]briefing.StoredFrame{first, second}, second)
		h.now = second.Until.Add(time.Hour)
		got, err := h.LastFrames(h.Context(), []briefing.CameraID{yard})
		h.ok(err)
		h.same("LastFrames", got, map[briefing.CameraID]briefing.Frame{})
	}},
	// DeleteFrames matches the user in every spelling, the camera and the kinds. Repeats are fine.
	{name: "DeleteFrames/deletes_what_matches", check: func(h *framesFixture) {
		mine, other := photo(yard, 1, briefing.FrameChanged), photo(door, 1, briefing.FrameChanged)
		other.Username = "kim"
		pushed, last := photo(yard, 2, briefing.FramePushed), photo(yard, 3, briefing.FrameLast)
		all := []briefing.StoredFrame{mine, other, last}
		h.put(mine, other, pushed, last)
		h.ok(h.DeleteFrames(h.Context(), briefing.FramesOf{}))
		h.ok(h.DeleteFrames(h.Context(), briefing.FramesOf{Kinds: []briefing.FrameKind{briefing.FrameLast}}))
		h.stored(all, mine, other, last)
		h.ok(h.DeleteFrames(h.Context(), briefing.FramesOf{CameraID: door, Before: other.At}))
		h.stored(all, mine, other, last)
		h.ok(h.DeleteFrames(h.Context(), briefing.FramesOf{CameraID: yard, Before: mine.At.Add(time.Millisecond)}))
		h.stored(all, other, last)
		h.put(mine)
		of := briefing.FramesOf{CameraID: yard, Kinds: []briefing.FrameKind{briefing.FrameLast, briefing.FrameChanged}}
		h.ok(h.DeleteFrames(h.Context(), of))
		h.ok(h.DeleteFrames(h.Context(), of))
		h.stored(all, other)
		_, err := h.PushedFrame(h.Context(), yard)
		h.ok(err)
		h.ok(h.DeleteFrames(h.Context(), briefing.FramesOf{Username: "KIM"})) // nobody
		_, err = h.PushedFrame(h.Context(), yard)
		h.ok(err)
		h.ok(h.DeleteFrames(h.Context(), briefing.FramesOf{Username: minsu.spaced}))
		_, err = h.PushedFrame(h.Context(), yard)
		h.isKind("PushedFrame of a deleted user", err, briefing.ErrNotFound)
		h.stored(all, other)
	}},
	// DeleteFrames with NotView leaves the pictures of that view.
	{name: "DeleteFrames/deletes_other_views", check: func(h *framesFixture) {
		all := []briefing.StoredFrame{
			photo(yard, 1, briefing.FrameChanged), photo(yard, 2, briefing.FrameChanged),
			photo(yard, 3, briefing.FrameLast), photo(door, 4, briefing.FrameLast),
		}
		all[0].View, all[1].View = "", "as it was"
		pushed := photo(yard, 5, briefing.FramePushed)
		pushed.View = "as it was"
		h.put(append(all, pushed)...)
		h.ok(h.DeleteFrames(h.Context(), briefing.FramesOf{NotView: "as it is"}))
		h.stored(all, all...)
		of := briefing.FramesOf{CameraID: yard, NotView: "as it is", Kinds: []briefing.FrameKind{briefing.FrameLast, briefing.FrameChanged}}
		h.ok(h.DeleteFrames(h.Context(), of))
		h.stored(all, all[2], all[3])
		_, err := h.PushedFrame(h.Context(), yard)
		h.ok(err)
		of.Kinds = nil
		h.ok(h.DeleteFrames(h.Context(), of))
		h.stored(all, all[2], all[3])
		_, err = h.PushedFrame(h.Context(), yard)
		h.isKind("PushedFrame of another view", err, briefing.ErrNotFound)
	}},
	// FrameCameras has each camera with a picture once.
	{name: "FrameCameras/has_the_cameras_with_pictures", check: func(h *framesFixture) {
		h.put(photo(yard, 1, briefing.FrameChanged), photo(yard, 2, briefing.FrameLast),
			photo(door, 1, briefing.FramePushed))
		got, err := h.FrameCameras(h.Context())
		h.ok(err)
		slices.Sort(got)
		h.same("FrameCameras", got, []briefing.CameraID{yard, door})
		h.ok(h.DeleteFrames(h.Context(), briefing.FramesOf{CameraID: yard}))
		got, err = h.FrameCameras(h.Context())
		h.ok(err)
		h.same("FrameCameras", got, []briefing.CameraID{door})
	}},
	// What was saved is there after the data are opened anew.
	{name: "SaveFrame/survives_the_process", check: func(h *framesFixture) {
		f := photo(yard, 1, briefing.FrameLast)
		h.put(f)
		h.FrameStore = h.harness.Again(h.T, h.FrameStore)
		h.stored([]briefing.StoredFrame{f}, f)
	}},
	// Calls after Close are ErrUnavailable.
	{name: "Close/makes_calls_unavailable", check: func(h *framesFixture) {
		f := photo(yard, 1, briefing.FrameLast)
		h.ok(h.Close())
		h.ok(h.Close())
		ctx := h.Context()
		_, one := h.StoredFrame(ctx, f.ID)
		_, sizes := h.FrameSizes(ctx, []string{f.ID})
		_, last := h.LastFrames(ctx, []briefing.CameraID{yard})
		_, pushed := h.PushedFrame(ctx, yard)
		_, cameras := h.FrameCameras(ctx)
		for what, err := range map[string]error{
			"SaveFrame": h.SaveFrame(ctx, f), "StoredFrame": one, "FrameSizes": sizes,
			"LastFrames": last, "PushedFrame": pushed, "FrameCameras": cameras,
			"DeleteFrames":  h.DeleteFrames(ctx, briefing.FramesOf{CameraID: yard}),
			"DeleteExpired": h.DeleteExpired(ctx),
		} {
			h.isKind(what, err, briefing.ErrUnavailable)
		}
	}},
}
