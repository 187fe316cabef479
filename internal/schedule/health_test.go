package schedule_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/schedule"
)

// states is a runner's camera: the state of each tick, the last one for all later ticks.
func states(list ...briefing.CameraState) *runner {
	since := time.Time{}
	last := briefing.CameraState("")
	return &runner{sees: func(run briefing.Run) (*briefing.CameraHealth, *briefing.Frame) {
		state := list[min(int(run.Tick), len(list))-1]
		if state != last {
			since, last = run.At, state
		}
		frame := &briefing.Frame{ID: fmt.Sprintf("%032d", run.Tick), At: run.At}
		return &briefing.CameraHealth{State: state, Since: since}, frame
	}}
}

// written returns the ticks of the stored reports with their states.
func (m *memoryStore) written() (list []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.reports {
		if owner := m.requests[r.RequestID].Owner; r.Term != owner.Term {
			list = append(list, fmt.Sprintf("term %d of %d", r.Term, owner.Term))
		}
		list = append(list, fmt.Sprint(r.Tick, " ", r.Health.State))
	}
	return list
}

func withCamera() *memoryStore {
	m := newMemoryStore()
	m.camera = &briefing.Camera{
		ID: "65f000000000000000000001", Version: 3, KeepFrames: briefing.KeepNone,
		Health: briefing.CameraHealth{State: briefing.CameraUnobserved, Since: time.Now().Add(-time.Hour)},
	}
	return m
}

func TestSchedule_a_run_gets_the_camera_as_it_is_now(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var names []string
		m := withCamera()
		s := open(t, m, schedule.Config{Runner: &runner{sees: func(run briefing.Run) (*briefing.CameraHealth, *briefing.Frame) {
			names = append(names, run.Camera.Name)
			return nil, nil
		}}})
		s.Add(s.start("one", 10, time.Minute))
		pass(11 * time.Second)
		m.set(func() { m.camera.Name = "renamed" })
		pass(10 * time.Second)
		m.setUnreachable(true)
		pass(10 * time.Second)
		if want := []string{"", "renamed", "renamed"}; !slices.Equal(names, want) {
			t.Errorf("the runs' cameras are %q, want %q", names, want)
		}
	})
}

func TestSchedule_stores_the_health_of_a_camera_when_it_changes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ok, away = briefing.CameraOK, briefing.CameraAway
		m := withCamera()
		s := open(t, m, schedule.Config{Runner: states(ok, ok, ok, away, away, ok, ok)})
		req := s.start("one", 10, 80*time.Second)
		s.Add(req)
		pass(75 * time.Second)
		if diff := cmp.Diff([]string{"1 OK", "4 OFFLINE", "6 OK"}, s.written()); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		r := m.reports[1]
		if r.CameraID != m.camera.ID || r.RequestID != req.ID || r.Version != 3 || r.LastFrame != nil ||
			!r.At.Equal(req.TickAt(4)) || !r.Health.Since.Equal(req.TickAt(4)) {
			t.Errorf("the report of tick 4 is %+v", r)
		}
	})
}

func TestSchedule_stores_the_last_frame_of_a_camera_whose_frames_are_stored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := withCamera()
		m.camera.KeepFrames = briefing.KeepLast
		s := open(t, m, schedule.Config{Runner: states(briefing.CameraOK)})
		s.Add(s.start("one", 10, time.Minute))
		pass(35 * time.Second)
		if len(m.reports) != 3 || m.reports[2].LastFrame.ID != fmt.Sprintf("%032d", 3) {
			t.Errorf("reports %+v, want one of each of 3 ticks", m.reports)
		}
	})
}

func TestSchedule_says_nothing_of_the_camera_of_the_settings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{Runner: states(briefing.CameraOK)})
		s.Add(s.start("one", 10, time.Minute))
		pass(25 * time.Second)
		if len(s.reports) != 0 {
			t.Errorf("reports %+v", s.reports)
		}
	})
}

// A write of the health that hangs delays no tick. Of the reports that come meanwhile the last one
// is written.
func TestSchedule_a_slow_write_of_the_health_delays_no_tick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ok, away, dark = briefing.CameraOK, briefing.CameraAway, briefing.CameraDark
		m := withCamera()
		m.healthTakes = 35 * time.Second
		s := open(t, m, schedule.Config{
			Runner: states(ok, away, dark), StoreTimeout: time.Minute, LastWrites: time.Second,
		})
		req := s.start("one", 10, 10*time.Minute)
		s.Add(req)
		pass(100 * time.Second)
		s.expect(t, req.ID, until(10), briefing.TickCounts{Done: 10})
		m.mu.Lock()
		defer m.mu.Unlock()
		if n := len(m.reports); n < 2 || m.reports[0].Health.State != ok || m.reports[1].Health.State != dark {
			t.Errorf("reports %+v, want OK and then DARK", m.reports)
		}
	})
}

// While the store is unreachable the health is not written. It is written with the next run after
// that, although the camera has not changed since.
func TestSchedule_the_health_waits_for_the_store(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ok, away = briefing.CameraOK, briefing.CameraAway
		m := withCamera()
		s := open(t, m, schedule.Config{Runner: states(ok, away)})
		req := s.start("one", 10, 10*time.Minute)
		s.Add(req)
		pass(15 * time.Second)
		m.setUnreachable(true)
		pass(30 * time.Second) // ticks 2 to 4
		m.setUnreachable(false)
		pass(30 * time.Second)
		s.expect(t, req.ID, until(7), briefing.TickCounts{Done: 7})
		list := s.written()
		if len(list) != 2 || list[0] != "1 OK" || m.camera.Health.State != away {
			t.Errorf("written %q", list)
		}
		m.set(func() { m.healthErr = briefing.ErrUnavailable })
		m.set(func() { m.camera.Health.State = briefing.CameraOK }) // a write that failed
		pass(20 * time.Second)
		m.set(func() { m.healthErr = nil })
		pass(10 * time.Second)
		if got := s.written(); len(got) != 3 || m.camera.Health.State != away {
			t.Errorf("written %q after writes that failed", got)
		}
	})
}
