package graph_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// frames counts the look-ups of stored pictures.
type frames struct {
	*sqlite.Frames
	sizes, last atomic.Int64
}

func (f *frames) FrameSizes(ctx context.Context, ids []string) (map[string]briefing.Frame, error) {
	f.sizes.Add(1)
	return f.Frames.FrameSizes(ctx, ids)
}

func (f *frames) LastFrames(
	ctx context.Context, ids []briefing.CameraID,
) (map[briefing.CameraID]briefing.Frame, error) {
	f.last.Add(1)
	return f.Frames.LastFrames(ctx, ids)
}

// keep stores a picture.
func (h *house) keep(id string, camera briefing.CameraID, kind briefing.FrameKind) {
	h.t.Helper()
	must(h.t, h.frames.SaveFrame(h.t.Context(), briefing.StoredFrame{
		Frame: briefing.Frame{ID: id, Width: 64, Height: 48, At: time.Now()}, CameraID: camera,
		Username: "kim", Kind: kind, Until: time.Now().Add(time.Hour), JPEG: []byte{0xff, 0xd8},
	}))
}

// TestBriefing_frame_is_read_once_a_page checks null for what is not stored, and the look-ups.
func TestBriefing_frame_is_read_once_a_page(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ends := time.Now().Add(time.Hour)
	started, err := h.store.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
		Username: "kim", Interval: 1, EndTime: "22:00", EndText: "10:00 PM", CameraID: briefing.DefaultCamera,
		StartedAt: time.Now().Add(-time.Hour), EndsAt: &ends,
	}})
	must(t, err)
	for i := range 40 {
		id := fmt.Sprintf("%032x", i)
		_, err := h.store.AddBriefing(t.Context(), briefing.Briefing{
			RequestID: started.Request.ID, At: time.Now(), Caption: "x", Text: "x", Source: "template",
			Facts: briefing.Facts{FrameID: id, Brightness: 9},
		})
		must(t, err)
		if i%2 == 0 {
			h.keep(id, "door", briefing.FrameChanged)
		}
	}
	id := string(started.Request.ID)
	a := h.ask(`query($id: ID!) { briefings(requestId: $id) { edges { node { id frame { id width height url } again: frame { id } } } } }`, "id", id)
	text := string(a.Data["briefings"])
	if len(a.Errors) > 0 || strings.Count(text, `"url":"/frames/`) != 20 || strings.Count(text, `"frame":null`) != 20 {
		t.Fatalf("%v %s", a.Errors, text)
	}
	if n := h.frames.sizes.Load(); n != 1 {
		t.Errorf("%d look-ups for one page, want 1", n)
	}
	h.ask(`query($id: ID!) { briefings(requestId: $id) { edges { node { id } } } }`, "id", id)
	if n := h.frames.sizes.Load(); n != 1 {
		t.Errorf("%d look-ups for a page without pictures, want none", n-1)
	}
}

// TestCamera_lastFrame_is_read_once_a_list checks the stored pictures of cameras.
func TestCamera_lastFrame_is_read_once_a_list(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	_, _, err := h.store.EnsureUser(t.Context(), "kim", nil)
	must(t, err)
	for i := range 10 {
		keep := briefing.KeepLast
		if i == 0 {
			keep = briefing.KeepNone
		}
		c, err := h.store.SaveCamera(t.Context(), briefing.Camera{
			Username: "kim", Name: "c", Source: "demo:", KeepFrames: keep, KeepDays: 1,
		})
		must(t, err)
		if i < 5 {
			h.keep(fmt.Sprintf("%032x", i), c.ID, briefing.FrameLast)
		}
	}
	a := h.ask(`{ cameras(username: "kim") { lastFrame { id url } } }`)
	if text := string(a.Data["cameras"]); len(a.Errors) > 0 || strings.Count(text, `"url"`) != 4 {
		t.Errorf("%v %s", a.Errors, text)
	}
	if n := h.frames.last.Load(); n != 1 {
		t.Errorf("%d look-ups for one list, want 1", n)
	}
}
