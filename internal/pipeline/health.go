package pipeline

import (
	"errors"
	"time"

	"bis/internal/briefing"
)

// health is the state of a camera. Its owner's lock guards it.
type health struct {
	state briefing.CameraState
	since time.Time
}

// set records a state. The moment changes only with the state.
func (h *health) set(state briefing.CameraState, now time.Time) {
	if h.state != state {
		*h = health{state: state, since: now.UTC()}
	}
}

// stateOf returns the state of a camera after a capture.
func stateOf(facts Facts, err error) briefing.CameraState {
	switch {
	case errors.Is(err, ErrRefused):
		return briefing.CameraRefused
	case errors.Is(err, ErrUnreadable):
		return briefing.CameraIllegible
	case err != nil:
		return briefing.CameraAway
	case facts.Scene == briefing.SceneDark:
		return briefing.CameraDark
	}
	return briefing.CameraOK
}

// defaultName is the owner's name for the camera of the settings.
const defaultName = "매장 카메라"

var _ briefing.Cameras = (*Pipeline)(nil)

// Camera implements briefing.Cameras. The state is that of the last run of this process.
func (p *Pipeline) Camera(id briefing.CameraID) (briefing.Camera, error) {
	c, ok := p.cameras[id]
	if !ok {
		return briefing.Camera{}, briefing.ErrNotFound
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	camera := briefing.Camera{ID: id, Name: defaultName, Health: briefing.CameraHealth{
		State: c.health.state, Since: c.health.since,
	}}
	if c.picture != nil {
		frame := c.picture.frame
		camera.LastFrame = &frame
	}
	return camera, nil
}

// Picture implements briefing.Cameras. The first call for a frame encodes it.
func (p *Pipeline) Picture(frame string) ([]byte, error) {
	for _, c := range p.cameras {
		c.mu.Lock()
		kept := [...]*picture{c.picture, c.before}
		c.mu.Unlock()
		for _, one := range kept {
			if one != nil && one.frame.ID == frame {
				return one.jpeg()
			}
		}
	}
	return nil, briefing.ErrNotFound
}
