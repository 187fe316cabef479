package pipeline

import "bis/internal/briefing"

// defaultName is the owner's name for the camera of the settings.
const defaultName = "매장 카메라"

// Camera implements briefing.Cameras for the cameras of the settings, and for stored cameras that
// are open. The health is that of the last run of this process. Any other camera is ErrNotFound:
// the store has its health.
func (p *Pipeline) Camera(id briefing.CameraID) (briefing.Camera, error) {
	setup, settings := p.cfg.Cameras[id]
	health, frame, open := p.cameras.shown(id)
	switch {
	case settings:
		return briefing.Camera{
			ID: id, Name: defaultName, Egress: setup.Egress, Health: health, LastFrame: frame,
		}, nil
	case open:
		return briefing.Camera{ID: id, Health: health, LastFrame: frame}, nil
	}
	return briefing.Camera{}, briefing.ErrNotFound
}

// Picture implements briefing.Cameras, also for stored cameras. The first call for a frame encodes
// it.
func (p *Pipeline) Picture(frame string) ([]byte, error) {
	return p.cameras.all.gallery.find(frame)
}

// Frame implements briefing.Cameras.
func (p *Pipeline) Frame(id string) (briefing.StoredFrame, error) {
	return p.cameras.all.gallery.describe(id)
}
