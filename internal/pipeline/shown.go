package pipeline

import "bis/internal/briefing"

// defaultName is the owner's name for the camera of the settings.
const defaultName = "매장 카메라"

// Camera implements briefing.Cameras for the cameras of the settings. The health is that of the
// last run of this process. Stored cameras are ErrNotFound: the store has their health.
func (p *Pipeline) Camera(id briefing.CameraID) (briefing.Camera, error) {
	if _, ok := p.cfg.Cameras[id]; !ok {
		return briefing.Camera{}, briefing.ErrNotFound
	}
	health, frame := p.cameras.shown(id)
	return briefing.Camera{ID: id, Name: defaultName, Health: health, LastFrame: frame}, nil
}

// Picture implements briefing.Cameras, also for stored cameras. The first call for a frame encodes
// it.
func (p *Pipeline) Picture(frame string) ([]byte, error) {
	return p.cameras.all.gallery.find(frame)
}
