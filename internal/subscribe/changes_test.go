package subscribe_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/subscribe/subscribetest"
)

// The selection of requestChanged may wait for the store. Briefings in memory are sent in the
// meantime.
func TestChanges_that_wait_for_the_store_hold_up_no_briefings(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{Stuck: &subscribetest.Stuck{Queries: true, Reading: make(chan struct{}, 100)}})
	_, _, err := h.Store.EnsureUser(t.Context(), "kim", nil)
	subscribetest.Must(t, err)
	req := h.Start("kim")
	h.Brief(req, "a")
	waiting := h.Init()
	for i := range 2 * runtime.GOMAXPROCS(0) {
		waiting.Subscribe(fmt.Sprint(i), `subscription { requestChanged(username: "kim") { briefings { edges { cursor } } } }`, nil)
	}
	for range runtime.GOMAXPROCS(0) {
		<-h.Stuck.Reading
	}
	p := h.Init()
	p.Says(subscribetest.Watch("subscribe", req, ""))
	p.Hears(subscribetest.Next("next", "a"))
}

// The server still reads the messages of a client whose selection waits for the store. The client
// can stop that operation and start other ones.
func TestChanges_that_wait_for_the_store_do_not_stall_their_socket(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{Stuck: &subscribetest.Stuck{Queries: true, Reading: make(chan struct{}, 100)}})
	_, _, err := h.Store.EnsureUser(t.Context(), "kim", nil)
	subscribetest.Must(t, err)
	req := h.Start("kim")
	h.Brief(req, "a")
	p := h.Init()
	p.Says(`{"id":"slow","type":"subscribe","payload":{"query":"subscription { requestChanged(username: \"kim\") { briefings { edges { cursor } } } }"}}`)
	<-h.Stuck.Reading
	p.Says(`{"id":"slow","type":"complete"}`)
	p.Says(`{"type":"ping","payload":{"n":1}}`)
	p.Hears(`{"type":"pong","payload":{"n":1}}`)
	p.Says(subscribetest.Watch("subscribe", req, ""))
	p.Hears(subscribetest.Next("next", "a"))
}

// A subscription brings the active request of each camera, and a subscription to cameras each of
// them, then the changes. It completes when the user is deleted.
func TestChanges_of_several_cameras(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	ctx := t.Context()
	_, _, err := h.Store.EnsureUser(ctx, "kim", nil)
	subscribetest.Must(t, err)
	var cameras []briefing.Camera
	for _, name := range []string{"a", "b"} {
		c, err := h.Store.SaveCamera(ctx, briefing.Camera{Username: "kim", Name: name, Source: "demo:", KeepDays: 1, KeepFrames: briefing.KeepNone})
		subscribetest.Must(t, err)
		cameras = append(cameras, c)
	}
	ends := time.Now().Add(time.Hour)
	for _, id := range []briefing.CameraID{cameras[1].ID, briefing.DefaultCamera} {
		_, err := h.Store.StartRequest(ctx, briefing.Start{Request: briefing.Request{
			Username: "kim", Interval: 60, EndText: "x", StartedAt: time.Now(), EndsAt: &ends, CameraID: id,
		}})
		subscribetest.Must(t, err)
	}
	requests, changes := h.Init(), h.Init()
	requests.Says(`{"id":"1","type":"subscribe","payload":{"query":"subscription { requestChanged(username: \"kim\") { camera { name } } }"}}`)
	requests.Hears(`{"id":"1","type":"next","payload":{"data":{"requestChanged":{"camera":{"name":"b"}}}}}`,
		`{"id":"1","type":"next","payload":{"data":{"requestChanged":{"camera":{"name":"default"}}}}}`)
	changes.Says(`{"id":"1","type":"subscribe","payload":{"query":"subscription { cameraChanged(username: \"kim\") { name health { state } } }"}}`)
	state := func(name, state string) string {
		return fmt.Sprintf(`{"id":"1","type":"next","payload":{"data":{"cameraChanged":{"name":%q,"health":{"state":%q}}}}}`, name, state)
	}
	changes.Hears(state("a", "UNKNOWN"), state("b", "UNKNOWN"))
	cameras[0].Name = "c"
	_, err = h.Store.SaveCamera(ctx, cameras[0])
	subscribetest.Must(t, err)
	changes.Hears(state("c", "UNKNOWN"))
	subscribetest.Must(t, h.Store.SetCameraHealth(ctx, briefing.HealthReport{
		CameraID: cameras[1].ID, Health: briefing.CameraHealth{State: briefing.CameraDark, Since: time.Now()}, At: time.Now(),
	}))
	changes.Hears(state("b", "DARK"))
	_, err = h.Store.DeleteUser(ctx, briefing.DeleteUser{Username: "kim", At: h.Store.Now()})
	subscribetest.Must(t, err)
	changes.Hears(`{"id":"1","type":"complete"}`)
}

// A client that does not read gets the newest state of every camera once it reads, and none is
// lost.
func TestChanges_of_many_cameras_for_a_slow_client(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	ctx := t.Context()
	_, _, err := h.Store.EnsureUser(ctx, "kim", nil)
	subscribetest.Must(t, err)
	var cameras []briefing.Camera
	for i := range 40 {
		c, err := h.Store.SaveCamera(ctx, briefing.Camera{
			Username: "kim", Name: fmt.Sprint(i, " old"), Source: "http://192.0.2.7/" + strings.Repeat("a", 1_900), KeepDays: 1, KeepFrames: briefing.KeepNone,
		})
		subscribetest.Must(t, err)
		cameras = append(cameras, c)
	}
	fields := "name"
	for i := range 30 {
		fields += fmt.Sprintf(" a%d: source", i)
	}
	p := h.Init()
	p.Subscribe("1", `subscription { cameraChanged(username: "kim") { `+fields+` } }`, nil)
	for _, round := range []string{"newer", "newest"} {
		for i := range cameras {
			cameras[i].Name = fmt.Sprint(i, " ", round)
			cameras[i], err = h.Store.SaveCamera(ctx, cameras[i])
			subscribetest.Must(t, err)
		}
	}
	last := map[string]string{}
	for newest := 0; newest < len(cameras); {
		var m struct {
			Payload struct {
				Data struct{ CameraChanged struct{ Name string } }
			}
		}
		subscribetest.Must(t, p.ReadJSON(&m))
		camera, state, _ := strings.Cut(m.Payload.Data.CameraChanged.Name, " ")
		if last[camera] == "newest" {
			t.Fatalf("camera %s is %s after its newest state", camera, state)
		}
		if last[camera] = state; state == "newest" {
			newest++
		}
	}
}
