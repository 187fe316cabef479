package service_test

import (
	"fmt"
	"testing"
	"time"

	"bis/internal/briefing"
)

// since starts a request that began some time ago, of a camera.
func (h *house) since(username string, camera briefing.CameraID, ago time.Duration) briefing.Request {
	h.t.Helper()
	ends := time.Now().Add(time.Hour)
	done, err := h.store.StartRequest(h.t.Context(), briefing.Start{User: briefing.EnsuredUser, Request: briefing.Request{
		Username: username, Interval: 60, EndText: "x", CameraID: camera, StartedAt: time.Now().Add(-ago).UTC().Truncate(time.Millisecond), EndsAt: &ends,
	}})
	h.ok(err)
	return done.Request
}

// counted stores the report of a tick with so many people.
func (h *house) counted(req briefing.Request, tick int64, people int) briefing.Briefing {
	return h.ran(req, tick, briefing.Facts{
		Counted: true, Scene: briefing.SceneSteady, Brightness: float64(tick % 200), Detector: "motion",
		Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: people}},
	}, "")
}

// samples are the number of people and the id of each sample, or the code of a degraded one.
func (h *house) samples(username string) (list []string) {
	h.t.Helper()
	got, err := h.PreviewStyle(h.t.Context(), nobody, username, []string{"짧게"})
	h.ok(err)
	for _, s := range got.Samples {
		n, _ := s.Briefing.Facts.People()
		if want := fmt.Sprintf("짧게 %d", n); s.After != want {
			h.t.Errorf("the sample of %s is %q, want %q", s.Briefing.ID, s.After, want)
		}
		list = append(list, fmt.Sprint(n, s.Briefing.Degraded, " ", s.Briefing.ID))
	}
	return list
}

func sampleName(b briefing.Briefing) string {
	n, _ := b.Facts.People()
	return fmt.Sprint(n, b.Degraded, " ", b.ID)
}

func (h *house) wants(what string, got []string, want ...briefing.Briefing) {
	h.t.Helper()
	ok := len(got) == len(want)
	for i := range want {
		ok = ok && got[i] == sampleName(want[i])
	}
	if !ok {
		h.t.Errorf("%s: the samples are %q, want %d others", what, got, len(want))
		for _, b := range want {
			h.t.Log(sampleName(b))
		}
	}
}

// Each sample says something else, is the newest that says it, and is at most a day old.
func TestPreviewStyle_samples(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.withPreviewer(nil)
	req := h.since("kim", briefing.DefaultCamera, 30*time.Hour)
	h.counted(req, 1, 7) // more than a day old
	h.wants("of an old day", h.samples("kim"))
	old := h.counted(req, 7*60, 6) // 23 hours old
	h.wants("of one briefing", h.samples("kim"), old)
	for tick := range int64(120) { // more than a page of equal facts that differ in their brightness
		h.counted(req, 500+tick, 0)
	}
	nobody := h.counted(req, 1250, 0)
	h.wants("of equal facts", h.samples("kim"), nobody, old)
	dark := h.ran(req, 1300, briefing.Facts{Scene: briefing.SceneDark, Brightness: 2}, "")
	covered := h.ran(req, 1301, briefing.Facts{Scene: briefing.SceneNone}, briefing.CameraUnsharp)
	offline := h.ran(req, 1302, briefing.Facts{Scene: briefing.SceneNone}, briefing.CameraOffline)
	h.wants("of different states", h.samples("kim"), offline, covered, dark, nobody, old)
	one := h.counted(req, 1303, 1)
	h.wants("of six", h.samples("kim"), one, offline, covered, dark, nobody)
	h.counted(h.since("lee", briefing.DefaultCamera, time.Hour), 1, 9)
	h.wants("beside another user", h.samples("kim"), one, offline, covered, dark, nobody)
	h.ran(req, 1304, dark.Facts, briefing.ModelUnavailable)
	unworded := h.ran(req, 1305, dark.Facts, briefing.BudgetSpent)
	h.wants("without a model", h.samples("kim"), unworded, one, offline, covered, nobody)
}

// Samples of several requests are ordered by time, and what one of them says the others do not say
// again.
func TestPreviewStyle_samples_of_several_requests(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.withPreviewer(nil)
	door := h.since("kim", briefing.DefaultCamera, 5*time.Hour)
	h.counted(door, 1, 1)
	two := h.counted(door, 2, 2)
	four := h.counted(door, 240, 4)
	later := h.since("kim", briefing.DefaultCamera, 3*time.Hour) // ends the first
	three := h.counted(later, 1, 3)
	one := h.counted(later, 2, 1)
	h.wants("of two requests", h.samples("kim"), four, one, three, two)
}
