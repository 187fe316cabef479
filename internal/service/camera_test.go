package service_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/seal"
	"bis/internal/service"
)

const (
	keyA = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

	unknownCamera = briefing.CameraID("65f000000000000000000099")
)

// trials is a tester that records its trials.
type trials struct {
	list []briefing.CameraTrial
	err  error
}

func (t *trials) Test(_ context.Context, c briefing.CameraTrial) (briefing.CameraTest, error) {
	t.list = append(t.list, c)
	return briefing.CameraTest{Health: briefing.CameraHealth{State: briefing.CameraOK}, Took: time.Second}, t.err
}

// shop is a house whose users may have cameras with credentials.
type shop struct {
	*house
	sealer *seal.Sealer
	tester *trials
}

func openShop(t *testing.T, policy briefing.Policy) *shop {
	t.Helper()
	h := &shop{house: open(t, policy), tester: &trials{}}
	var err error
	h.sealer, err = seal.New(seal.Config{Key: keyA})
	h.ok(err)
	h.Service, err = service.New(service.Config{
		Store: h.unreachable, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul, Policy: policy,
		Sealer: h.sealer, Tester: h.tester,
	})
	h.ok(err)
	for _, name := range []string{"kim", "lee"} {
		_, _, err := h.Login(t.Context(), briefing.Viewer{Username: name}, name)
		h.ok(err)
	}
	return h
}

func set[T any](v T) service.Given[T] { return service.Given[T]{Given: true, Value: &v} }

func null[T any]() service.Given[T] { return service.Given[T]{Given: true} }

func newCamera(name, source string) service.CameraInput {
	return service.CameraInput{Username: "kim", Name: set(name), Source: set(source)}
}

// save saves a camera and returns what the store has.
func (h *shop) save(in service.CameraInput) (briefing.Camera, bool) {
	h.t.Helper()
	saved, err := h.SaveCamera(h.t.Context(), nobody, in)
	h.ok(err)
	stored, err := h.store.Camera(h.t.Context(), saved.Camera.ID)
	h.ok(err)
	return stored, saved.Cleared
}

// plain returns the credentials of a stored camera, as its source would use them.
func (h *shop) plain(c briefing.Camera) string {
	h.t.Helper()
	address, err := briefing.ParseSource(c.Source)
	h.ok(err)
	if len(c.Credentials) == 0 {
		return ""
	}
	text, err := h.sealer.Open(c.Credentials, address.Authority())
	h.ok(err)
	full, err := address.WithCredentials(text)
	h.ok(err)
	return full.User + " " + full.Password + " " + full.Path
}

func (h *shop) refuses(what, field string, err error) {
	h.t.Helper()
	invalid, ok := errors.AsType[*briefing.InvalidError](err)
	if !ok || invalid.Field != field {
		h.t.Errorf("%s: %v, want an InvalidError on %s", what, err, field)
	}
}

func TestService_SaveCamera_what_is_left_out_stays_and_null_clears(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	corner := briefing.Polygon{Points: []briefing.Point{{X: 0, Y: 0}, {X: .5, Y: 0}, {X: 0, Y: .5}}}
	in := newCamera("  문 앞 ", "http://192.0.2.7/a.jpg")
	plain, _ := h.save(in)
	if plain.Name != "문 앞" || plain.KeepFrames != briefing.KeepNone || plain.KeepDays != 7 || plain.Version != 1 ||
		plain.Health.State != briefing.CameraUnobserved || plain.Username != "kim" {
		t.Errorf("a new camera is %+v", plain)
	}
	in.Zones = set([]briefing.Zone{{Name: "계산대", Polygon: corner}, {Name: "냉동고", Polygon: corner}})
	in.Masks = set([]briefing.Polygon{corner})
	in.Egress = set([]briefing.ProviderEgress{{Provider: "api.example", Egress: briefing.EgressFull}})
	in.KeepFrames, in.KeepDays = set(briefing.KeepChanged), set(30)
	in.Certificate = set(strings.Repeat("AB:", 31) + "AB")
	full, _ := h.save(in)
	if full.Certificate != strings.Repeat("ab", 32) || len(full.Zones) != 2 || full.Zones[0].ID == full.Zones[1].ID || len(full.Zones[0].ID) != 8 {
		t.Errorf("a full camera is %+v", full)
	}

	renamed, _ := h.save(service.CameraInput{ID: full.ID, Name: set("뒷문")})
	want := full
	want.Name, want.Version, want.Revision = "뒷문", 2, renamed.Revision
	if diff := cmp.Diff(want, renamed); diff != "" {
		t.Errorf("a rename changed more: -want +got\n%s", diff)
	}
	// A zone keeps its id.
	zones := []briefing.Zone{{ID: full.Zones[1].ID, Name: "냉장고", Polygon: corner}, {Name: "문", Polygon: corner}}
	moved, _ := h.save(service.CameraInput{ID: full.ID, Zones: set(zones)})
	if len(moved.Zones) != 2 || moved.Zones[0].ID != full.Zones[1].ID || moved.Zones[1].ID == full.Zones[0].ID || moved.Zones[1].ID == "" {
		t.Errorf("zones %+v", moved.Zones)
	}
	cleared, _ := h.save(service.CameraInput{
		ID: full.ID, Zones: null[[]briefing.Zone](), Masks: null[[]briefing.Polygon](), Egress: null[[]briefing.ProviderEgress](),
		KeepFrames: null[briefing.KeepFrames](), KeepDays: null[int](), Certificate: null[string](),
	})
	if len(cleared.Zones)+len(cleared.Masks)+len(cleared.Egress) != 0 || cleared.KeepFrames != briefing.KeepNone ||
		cleared.KeepDays != 7 || cleared.Certificate != "" || cleared.Name != "뒷문" {
		t.Errorf("cleared: %+v", cleared)
	}
}

// A save says that the view is right, with changes or without. That of a camera which has not moved
// says nothing about its view.
func TestService_SaveCamera_accepts_the_view_of_a_camera_that_has_moved(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	c, _ := h.save(newCamera("a", "http://192.0.2.7/a.jpg"))
	for _, state := range []briefing.CameraState{briefing.CameraOK, briefing.CameraMoved, briefing.CameraDark} {
		view := c.ViewVersion
		h.ok(h.store.SetCameraHealth(t.Context(), briefing.HealthReport{
			CameraID: c.ID, RequestID: "65f000000000000000000001", Version: c.Version,
			Health: briefing.CameraHealth{State: state, Since: time.Now()},
		}))
		c, _ = h.save(service.CameraInput{ID: c.ID})
		if accepted := c.ViewVersion != view; accepted != (state == briefing.CameraMoved) {
			t.Errorf("%s: the view was accepted: %v", state, accepted)
		}
	}
}

func TestService_SaveCamera_bad_input(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	known, _ := h.save(newCamera("a", "http://192.0.2.7/"))
	line := briefing.Polygon{Points: []briefing.Point{{X: 0, Y: 0}, {X: 1, Y: 1}}}
	square := briefing.Polygon{Points: []briefing.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}}}
	egress := func(list ...briefing.ProviderEgress) func(*service.CameraInput) {
		return func(in *service.CameraInput) { in.Egress = set(list) }
	}
	zones := func(list ...briefing.Zone) func(*service.CameraInput) {
		return func(in *service.CameraInput) { in.Zones = set(list) }
	}
	for name, c := range map[string]struct {
		change func(in *service.CameraInput)
		field  string
	}{
		"no user":                        {func(in *service.CameraInput) { in.Username = "" }, "username"},
		"no name":                        {func(in *service.CameraInput) { in.Name = service.Given[string]{} }, "name"},
		"name null":                      {func(in *service.CameraInput) { in.Name = null[string]() }, "name"},
		"name of spaces":                 {func(in *service.CameraInput) { in.Name = set("\u3000 ") }, "name"},
		"invisible name":                 {func(in *service.CameraInput) { in.Name = set("\u200b\u2060") }, "name"},
		"name of two lines":              {func(in *service.CameraInput) { in.Name = set("a\nb") }, "name"},
		"name that turns":                {func(in *service.CameraInput) { in.Name = set("a\u202eb") }, "name"},
		"name of 65":                     {func(in *service.CameraInput) { in.Name = set(strings.Repeat("가", 65)) }, "name"},
		"endless name":                   {func(in *service.CameraInput) { in.Name = set(strings.Repeat("가", 1<<20)) }, "name"},
		"no source":                      {func(in *service.CameraInput) { in.Source = service.Given[string]{} }, "source"},
		"source null":                    {func(in *service.CameraInput) { in.Source = null[string]() }, "source"},
		"source empty":                   {func(in *service.CameraInput) { in.Source = set("") }, "source"},
		"source of a file":               {func(in *service.CameraInput) { in.Source = set("file:/etc/passwd") }, "source"},
		"source in capitals":             {func(in *service.CameraInput) { in.Source = set("FILE:/etc") }, "source"},
		"another scheme":                 {func(in *service.CameraInput) { in.Source = set("gopher://192.0.2.7/") }, "source"},
		"masked, nothing to complete it": {func(in *service.CameraInput) { in.Source = set("http://192.0.2.7/?pwd=***") }, "source"},
		"login of the demo": {func(in *service.CameraInput) {
			in.Source = set("demo:")
			in.Credentials = set(service.CameraLogin{Username: "a"})
		}, "credentials"},
		"long password": {func(in *service.CameraInput) {
			in.Credentials = set(service.CameraLogin{Password: strings.Repeat("a", 257)})
		}, "credentials"},
		"password of 2 lines": {func(in *service.CameraInput) { in.Credentials = set(service.CameraLogin{Password: "a\r\nb"}) }, "credentials"},
		"certificate":         {func(in *service.CameraInput) { in.Certificate = set("ab:cd") }, "certificate"},
		"mask of two points":  {func(in *service.CameraInput) { in.Masks = set([]briefing.Polygon{line}) }, "masks"},
		"33 masks":            {func(in *service.CameraInput) { in.Masks = set(make([]briefing.Polygon, 33)) }, "masks"},
		"zone of two points":  {zones(briefing.Zone{Name: "a", Polygon: line}), "zones"},
		"zone without a name": {zones(briefing.Zone{Polygon: square}), "zones"},
		"zone of another id":  {zones(briefing.Zone{ID: "01234567", Name: "a", Polygon: square}), "zones"},
		"provider twice":      {egress(briefing.ProviderEgress{Provider: "a", Egress: briefing.EgressFull}, briefing.ProviderEgress{Provider: "a", Egress: briefing.EgressCounts}), "egress"},
		"provider of nothing": {egress(briefing.ProviderEgress{Egress: briefing.EgressFull}), "egress"},
		"another egress":      {egress(briefing.ProviderEgress{Provider: "a", Egress: "ALL"}), "egress"},
		"21 providers":        {egress(make([]briefing.ProviderEgress, 21)...), "egress"},
		"other frames":        {func(in *service.CameraInput) { in.KeepFrames = set(briefing.KeepFrames("ALL")) }, "keepFrames"},
		"0 days":              {func(in *service.CameraInput) { in.KeepDays = set(0) }, "keepDays"},
		"31 days":             {func(in *service.CameraInput) { in.KeepDays = set(31) }, "keepDays"},
		"of the settings":     {func(in *service.CameraInput) { in.ID = briefing.DefaultCamera }, "id"},
	} {
		in := newCamera("a", "http://192.0.2.7/")
		c.change(&in)
		_, err := h.SaveCamera(t.Context(), nobody, in)
		h.refuses(name, c.field, err)
		if strings.Contains(fmt.Sprint(err), "passwd") {
			t.Errorf("%s: the error quotes the input: %v", name, err)
		}
	}
	for _, id := range []briefing.CameraID{unknownCamera, "yard", "DEFAULT"} {
		_, err := h.SaveCamera(t.Context(), nobody, service.CameraInput{ID: id, Name: set("x")})
		h.is(string(id), err, briefing.ErrNotFound)
	}
	_, err := h.SaveCamera(t.Context(), nobody, service.CameraInput{Username: "nobody", Name: set("x"), Source: set("demo:")})
	h.is("an unknown user", err, briefing.ErrNotFound)
	if again, _ := h.store.Camera(t.Context(), known.ID); again.Version != 1 {
		t.Errorf("a refused change was stored: %+v", again)
	}
}

func TestService_SaveCamera_credentials(t *testing.T) {
	t.Parallel()
	const secret = "n@rrow/p#ss%w비번"
	h := openShop(t, nil)
	c, _ := h.save(newCamera("a", "http://admin:"+secret+"@192.0.2.7/snap.jpg?user=me&pwd=hunter2&channel=1"))
	if c.Source != "http://192.0.2.7/snap.jpg?user=***&pwd=***&channel=1" || bytes.Contains(c.Credentials, []byte("hunter2")) {
		t.Errorf("stored as %s, %q", c.Source, c.Credentials)
	}
	all := "admin " + secret + " /snap.jpg?user=me&pwd=hunter2&channel=1"
	if got := h.plain(c); got != all {
		t.Fatalf("credentials %q, want %q", got, all)
	}
	for _, step := range []struct {
		what    string
		in      service.CameraInput
		source  string
		want    string
		cleared bool
	}{
		{"a rename", service.CameraInput{Name: set("b")}, c.Source, all, false},
		{"its own source", service.CameraInput{Source: set(c.Source)}, c.Source, all, false},
		{"another channel", service.CameraInput{Source: set("http://192.0.2.7:80/snap.jpg?user=***&pwd=***&channel=2")}, "http://192.0.2.7:80/snap.jpg?user=***&pwd=***&channel=2", "admin " + secret + " /snap.jpg?user=me&pwd=hunter2&channel=2", false},
		{"another order", service.CameraInput{Source: set("http://192.0.2.7/shot.jpg?channel=2&pwd=***&user=•••")}, "http://192.0.2.7/shot.jpg?channel=2&pwd=***&user=***", "admin " + secret + " /shot.jpg?channel=2&pwd=hunter2&user=me", false},
		{"another path", service.CameraInput{Source: set("mjpeg+http://192.0.2.7/video")}, "mjpeg+http://192.0.2.7/video", "admin " + secret + " /video", false},
		{"another password", service.CameraInput{Source: set("mjpeg+http://admin:new@192.0.2.7/video")}, "mjpeg+http://192.0.2.7/video", "admin new /video", false},
		{"credentials beside the source", service.CameraInput{Credentials: set(service.CameraLogin{Username: "op", Password: "er ator"})}, "mjpeg+http://192.0.2.7/video", "op er ator /video", false},
		{"no credentials", service.CameraInput{Credentials: null[service.CameraLogin]()}, "mjpeg+http://192.0.2.7/video", "", false},
		{"credentials again", service.CameraInput{Credentials: set(service.CameraLogin{Username: "op", Password: "x"})}, "mjpeg+http://192.0.2.7/video", "op x /video", false},
		{"another port", service.CameraInput{Source: set("mjpeg+http://192.0.2.7:81/video")}, "mjpeg+http://192.0.2.7:81/video", "", true},
		{"credentials of that port", service.CameraInput{Source: set("mjpeg+http://a:b@192.0.2.7:81/video")}, "mjpeg+http://192.0.2.7:81/video", "a b /video", false},
		{"another host with its own", service.CameraInput{Source: set("https://c:d@cam.example/")}, "https://cam.example/", "c d /", false},
		{"https to http", service.CameraInput{Source: set("http://cam.example/")}, "http://cam.example/", "", true},
		{"nothing to clear", service.CameraInput{Source: set("http://192.0.2.9/")}, "http://192.0.2.9/", "", false},
	} {
		step.in.ID = c.ID
		got, cleared := h.save(step.in)
		if got.Source != step.source || h.plain(got) != step.want || cleared != step.cleared {
			t.Errorf("%s: %s with %q, cleared %t; want %s with %q, %t",
				step.what, got.Source, h.plain(got), cleared, step.source, step.want, step.cleared)
		}
	}
	c, _ = h.save(newCamera("a", "http://192.0.2.7/?pwd=hunter2"))
	_, err := h.SaveCamera(t.Context(), nobody, service.CameraInput{ID: c.ID, Source: set("http://192.0.2.8/?pwd=***")})
	h.refuses("masks of another host", "source", err)
	// A mask stands for nothing but the secret of its own parameter.
	for _, masked := range []string{"http://192.0.2.7/?token=***", "http://192.0.2.7/?x=1&pwd=***&pwd=***", "http://192.0.2.7/live/***/***/1", "http://me:***@192.0.2.7/?pwd=***", "http://192.0.2.7/?token=•••"} {
		for _, in := range []service.CameraInput{{ID: c.ID, Source: set(masked)}, newCamera("b", masked)} {
			_, err := h.SaveCamera(t.Context(), nobody, in)
			h.refuses(masked, "source", err)
			if invalid, ok := errors.AsType[*briefing.InvalidError](err); !ok || invalid.Reason != briefing.RefuseMask {
				t.Errorf("%s: %v", masked, err)
			}
		}
	}
	_, err = h.SaveCamera(t.Context(), nobody, service.CameraInput{ID: c.ID, Credentials: set(service.CameraLogin{Username: "me", Password: "••••"})})
	h.refuses("a masked password", "credentials", err)
}

// A certificate and a token belong to the host that they were made for.
func TestService_SaveCamera_another_host_has_another_certificate(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	in := newCamera("a", "https://192.0.2.7/")
	in.Certificate = set(strings.Repeat("ab", 32))
	c, _ := h.save(in)
	if c, _ = h.save(service.CameraInput{ID: c.ID, Source: set("https://192.0.2.7/b")}); c.Certificate == "" {
		t.Error("another path cleared the certificate")
	}
	if c, _ = h.save(service.CameraInput{ID: c.ID, Source: set("https://192.0.2.8/b")}); c.Certificate != "" {
		t.Error("the certificate of another host stays")
	}
}

func TestService_SaveCamera_without_a_key(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	c, _ := h.save(newCamera("a", "http://me:pw@192.0.2.7/"))
	none, err := seal.New(seal.Config{})
	h.ok(err)
	for name, sealer := range map[string]briefing.Sealer{"no key": none, "no sealer": nil} {
		h.Service, err = service.New(service.Config{
			Store: h.store, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Sealer: sealer,
		})
		h.ok(err)
		_, err = h.SaveCamera(t.Context(), nobody, newCamera("b", "http://me:pw@192.0.2.7/"))
		h.refuses(name, "source", err)
		if !strings.Contains(fmt.Sprint(err), "BIS_CAMERA_KEY") {
			t.Errorf("%s: %v does not name the setting", name, err)
		}
		in := newCamera("b", "http://192.0.2.7/")
		in.Credentials = set(service.CameraLogin{Username: "me", Password: "pw"})
		_, err = h.SaveCamera(t.Context(), nobody, in)
		h.refuses(name, "credentials", err)
		h.save(newCamera("b", "http://192.0.2.7/")) // a camera without credentials needs no key
		renamed, _ := h.save(service.CameraInput{ID: c.ID, Name: set("b")})
		if !bytes.Equal(renamed.Credentials, c.Credentials) {
			t.Errorf("%s: a rename changed the credentials", name)
		}
	}
}

// racing is a store in which another write comes before each of the first saves.
type racing struct {
	briefing.Store
	writes int
}

func (r *racing) SaveCamera(ctx context.Context, c briefing.Camera) (briefing.Camera, error) {
	if r.writes > 0 && c.ID != "" {
		r.writes--
		other, err := r.Store.Camera(ctx, c.ID)
		if err != nil {
			return other, err
		}
		other.KeepDays++
		if _, err := r.Store.SaveCamera(ctx, other); err != nil {
			return other, err
		}
	}
	return r.Store.SaveCamera(ctx, c)
}

func TestService_SaveCamera_loses_no_other_write(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	store := &racing{Store: h.store, writes: 3}
	var err error
	h.Service, err = service.New(service.Config{
		Store: store, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Sealer: h.sealer,
	})
	h.ok(err)
	c, _ := h.save(newCamera("a", "demo:"))
	c, _ = h.save(service.CameraInput{ID: c.ID, Name: set("b")})
	if c.Name != "b" || c.KeepDays != 10 {
		t.Errorf("after three other writes: %+v", c)
	}
	store.writes = 1_000
	_, err = h.SaveCamera(t.Context(), nobody, service.CameraInput{ID: c.ID, Name: set("c")})
	h.is("ever other writes", err, briefing.ErrConflict)
}

// Of simultaneous renames and changes of days none is lost.
func TestService_SaveCamera_simultaneously(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	c, _ := h.save(newCamera("a", "demo:"))
	var both sync.WaitGroup
	both.Go(func() { h.save(service.CameraInput{ID: c.ID, Name: set("b")}) })
	both.Go(func() { h.save(service.CameraInput{ID: c.ID, KeepDays: set(3)}) })
	both.Wait()
	if c, err := h.store.Camera(t.Context(), c.ID); err != nil || c.Name != "b" || c.KeepDays != 3 || c.Version != 3 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestService_Cameras(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	a, _ := h.save(newCamera("a", "demo:"))
	b, _ := h.save(newCamera("b", "http://me:pw@192.0.2.7/"))
	list, err := h.Cameras(t.Context(), nobody, " kim ")
	h.ok(err)
	if len(list) != 3 || list[0].ID != briefing.DefaultCamera || list[0].Username != "" || list[0].Source != "" ||
		list[1].ID != a.ID || list[2].ID != b.ID || strings.Contains(list[2].Source, "pw") {
		t.Errorf("cameras %+v", list)
	}
	if list, err = h.Cameras(t.Context(), nobody, "lee"); err != nil || len(list) != 1 {
		t.Errorf("lee's cameras: %+v, %v", list, err)
	}
	_, err = h.Cameras(t.Context(), nobody, "nobody")
	h.is("an unknown user", err, briefing.ErrNotFound)
	for _, id := range []briefing.CameraID{unknownCamera, "yard", ""} {
		_, err = h.Camera(t.Context(), nobody, id)
		h.is(string(id), err, briefing.ErrNotFound)
	}
	if c, err := h.Camera(t.Context(), nobody, briefing.CameraID(strings.ToUpper(string(a.ID)))); err != nil || c.ID != a.ID {
		t.Errorf("an id in capitals: %+v, %v", c, err)
	}
}

func TestService_DeleteCamera(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	c, _ := h.save(newCamera("a", "demo:"))
	in := input("kim")
	in.CameraID = c.ID
	req := h.start(in)
	_, err := h.DeleteCamera(t.Context(), nobody, c.ID)
	h.is("a camera in use", err, briefing.ErrConflict)
	if ended, err := h.EndOfCamera(t.Context(), nobody, "kim", c.ID); err != nil || ended.ID != req.ID {
		t.Fatalf("%+v, %v", ended, err)
	}
	if id, err := h.DeleteCamera(t.Context(), nobody, c.ID); err != nil || id != c.ID {
		t.Fatalf("%s, %v", id, err)
	}
	for _, id := range []briefing.CameraID{c.ID, unknownCamera, "yard"} {
		_, err = h.DeleteCamera(t.Context(), nobody, id)
		h.is(string(id), err, briefing.ErrNotFound)
	}
	_, err = h.DeleteCamera(t.Context(), nobody, briefing.DefaultCamera)
	h.refuses("the camera of the settings", "id", err)
	req, err = h.Request(t.Context(), nobody, req.ID)
	h.ok(err)
	gone, err := h.RequestCamera(t.Context(), nobody, req)
	if err != nil || gone.ID != c.ID || gone.Username != "kim" || gone.Name != "" || !gone.Health.Since.Equal(*req.EndedAt) {
		t.Errorf("the camera of an old request: %+v, %v", gone, err)
	}
}

func TestService_TestCamera(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	ctx := t.Context()
	c, _ := h.save(newCamera("a", "http://me:pw@192.0.2.7/a"))
	for _, step := range []struct {
		what   string
		in     service.CameraInput
		source string
		plain  bool // the trial has plain credentials
		sealed bool // the trial has stored ones
	}{
		{"a new camera", service.CameraInput{Username: "kim", Source: set("http://192.0.2.9/")}, "http://192.0.2.9/", false, false},
		{"of no user yet", service.CameraInput{Source: set("http://u:p@192.0.2.9/")}, "http://192.0.2.9/", true, false},
		{"a stored one", service.CameraInput{ID: c.ID}, c.Source, false, true},
		{"with another name", service.CameraInput{ID: c.ID, Username: "kim", Name: null[string]()}, c.Source, false, true},
		{"at another path", service.CameraInput{ID: c.ID, Source: set("http://192.0.2.7/b")}, "http://192.0.2.7/b", true, false},
		{"at another host", service.CameraInput{ID: c.ID, Source: set("http://192.0.2.8/")}, "http://192.0.2.8/", false, false},
	} {
		_, err := h.TestCamera(ctx, nobody, step.in)
		h.ok(err)
		got := h.tester.list[len(h.tester.list)-1]
		if got.Camera.Source != step.source || (got.Plain != "") != step.plain || (len(got.Camera.Credentials) > 0) != step.sealed {
			t.Errorf("%s: %+v", step.what, got)
		}
	}
	if stored, err := h.store.Camera(ctx, c.ID); err != nil || stored.Version != 1 {
		t.Errorf("a test has changed the camera: %+v, %v", stored, err)
	}
	asked := len(h.tester.list)
	_, err := h.TestCamera(ctx, nobody, service.CameraInput{Username: "kim"})
	h.refuses("no source", "source", err)
	_, err = h.TestCamera(ctx, nobody, service.CameraInput{Source: set("file:/etc/passwd")})
	h.refuses("a file", "source", err)
	_, err = h.TestCamera(ctx, nobody, service.CameraInput{ID: briefing.DefaultCamera})
	h.refuses("the camera of the settings", "id", err)
	_, err = h.TestCamera(ctx, nobody, service.CameraInput{ID: unknownCamera})
	h.is("an unknown camera", err, briefing.ErrNotFound)
	_, err = h.TestCamera(ctx, nobody, service.CameraInput{ID: c.ID, Username: "lee"})
	h.is("lee's camera", err, briefing.ErrNotFound)
	if len(h.tester.list) != asked {
		t.Error("a refused test reached the camera")
	}
	h.tester.err = briefing.ErrRateLimited
	_, err = h.TestCamera(ctx, nobody, service.CameraInput{ID: c.ID})
	h.is("too many tests", err, briefing.ErrRateLimited)

	limiter := &strict{full: true}
	h.Service, err = service.New(service.Config{
		Store: h.store, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Tester: h.tester, Limiter: limiter,
	})
	h.ok(err)
	_, err = h.TestCamera(ctx, nobody, service.CameraInput{ID: c.ID})
	h.is("a limit", err, briefing.ErrRateLimited)
	if len(limiter.asked) != 1 || limiter.asked[0] != "test kim" {
		t.Errorf("the limiter was asked %q", limiter.asked)
	}
	h.Service, err = service.New(service.Config{Store: h.store, Schedule: h.schedule, Live: h.hub, Summarizer: h.words})
	h.ok(err)
	_, err = h.TestCamera(ctx, nobody, service.CameraInput{ID: c.ID})
	h.is("no tester", err, briefing.ErrUnavailable)
}

func TestService_FrameToken(t *testing.T) {
	t.Parallel()
	h := openShop(t, nil)
	ctx := t.Context()
	c, _ := h.save(newCamera("a", "push:"))
	first, saved, err := h.CreateFrameToken(ctx, nobody, c.ID)
	h.ok(err)
	hash := sha256.Sum256([]byte(first))
	stored, _ := h.store.Camera(ctx, c.ID)
	if len(first) < 43 || !bytes.Equal(stored.TokenHash, hash[:]) || saved.ID != c.ID {
		t.Errorf("token %q is stored as %x", first, stored.TokenHash)
	}
	if second, _, err := h.CreateFrameToken(ctx, nobody, c.ID); err != nil || second == first {
		t.Errorf("the second token is %q, %v", second, err)
	}
	if stored, _ = h.store.Camera(ctx, c.ID); bytes.Equal(stored.TokenHash, hash[:]) {
		t.Error("the first token is still accepted")
	}
	for range 2 {
		if saved, err := h.RevokeFrameToken(ctx, nobody, c.ID); err != nil || saved.Camera.HasToken() {
			t.Errorf("revoked: %+v, %v", saved, err)
		}
	}
	other, _ := h.save(newCamera("b", "http://192.0.2.7/"))
	_, _, err = h.CreateFrameToken(ctx, nobody, other.ID)
	h.refuses("a camera that is asked", "cameraId", err)
	_, _, err = h.CreateFrameToken(ctx, nobody, briefing.DefaultCamera)
	h.refuses("the camera of the settings", "cameraId", err)
	_, err = h.RevokeFrameToken(ctx, nobody, briefing.DefaultCamera)
	h.refuses("the camera of the settings", "cameraId", err)
	_, _, err = h.CreateFrameToken(ctx, nobody, unknownCamera)
	h.is("an unknown camera", err, briefing.ErrNotFound)
	_, err = h.RevokeFrameToken(ctx, nobody, "yard")
	h.is("a malformed id", err, briefing.ErrNotFound)
}
