package storetest

import (
	"bis/internal/briefing"
)

// cameras are the promises of CameraStore.
var cameras = []promise{
	// A new camera is stored as ordered, with a new id, the user's own spelling and version 1. It
	// was never observed.
	{"SaveCamera/stores_a_new_camera_as_ordered", func(h *fixture) {
		h.known(minsu.mixed)
		want := camera(minsu.composed, "yard")
		got, err := h.SaveCamera(h.Context(), want)
		h.ok(err)
		want.ID, want.Username, want.Version = got.ID, minsu.mixed, 1
		want.Health = briefing.CameraHealth{State: briefing.CameraUnobserved, Since: got.Health.Since}
		h.same("answer", got, want)
		read, err := h.Camera(h.Context(), got.ID)
		h.ok(err)
		h.same("Camera", read, want)
		list, err := h.Cameras(h.Context(), minsu.decomposed)
		h.ok(err)
		h.same("Cameras", list, []briefing.Camera{want})
	}},
}

// camera returns a camera of a user. Every field that SaveCamera stores has a value.
func camera(username, name string) briefing.Camera {
	square := briefing.Polygon{Points: []briefing.Point{{X: 0.1, Y: 0.2}, {X: 0.9, Y: 0.2}, {X: 0.5, Y: 0.75}}}
	return briefing.Camera{
		Username: username, Name: name, Source: "http://192.168.0.10/snap.jpg",
		Credentials: []byte{0, 1, 0xff}, Certificate: "ab12", TokenHash: []byte{7, 0},
		Zones:      []briefing.Zone{{ID: "0a1b2c3d", Name: "계산대", Polygon: square}},
		Masks:      []briefing.Polygon{square},
		Egress:     []briefing.ProviderEgress{{Provider: "api.openai.com", Egress: briefing.EgressBlurred}},
		KeepFrames: briefing.KeepChanged, KeepDays: 7,
	}
}

// save stores a new camera of a user and returns it.
func (h *fixture) save(username, name string) briefing.Camera {
	h.Helper()
	c, err := h.SaveCamera(h.Context(), camera(username, name))
	h.ok(err)
	return c
}
