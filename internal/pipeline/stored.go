package pipeline

import (
	"slices"
	"time"

	"bis/internal/briefing"
)

// known returns what the stored camera says of its past.
func known(stored briefing.Camera, now time.Time) (h health, lastSeen time.Time) {
	if stored.Health.State == "" || stored.Health.State == briefing.CameraUnobserved {
		return unobserved(now), time.Time{}
	}
	if degradedBy[stored.Health.State] != "" {
		return healthOf(stored.Health), stored.Health.Since
	}
	if stored.LastFrame != nil {
		lastSeen = stored.LastFrame.At
	}
	return healthOf(stored.Health), lastSeen
}

// inherit takes over what stays true of the camera that is replaced: its past while it is the same
// camera, and its pictures while also the view is the same.
func (c *sharedCamera) inherit(old *opened, stored briefing.Camera) {
	old.mu.Lock()
	defer old.mu.Unlock()
	old.note(stored) // a running capture does not show what it sees by the old settings
	if stored.Source != old.stored.Source {
		c.health, c.lastSeen = unobserved(c.cfg.Clock()), time.Time{}
		return
	}
	c.health, c.lastSeen = old.health, old.lastSeen
	// One run says whether the new credentials are right, and the view is no longer a wrong one.
	if !c.cfg.sameLogin(stored, old.stored) || !stored.Shows(old.stored) {
		c.health = unobserved(c.cfg.Clock())
	}
	c.picture = old.picture
	c.all.gallery.move(old.sharedCamera, c)
}

// note notes a stored camera as it is now, and forgets its pictures of another view. An older
// version than the known one says nothing. The caller must hold mu.
func (c *sharedCamera) note(stored briefing.Camera) {
	if c.latest.ID != "" && stored.Version < c.latest.Version {
		return
	}
	view := stored.View()
	changed := c.latest.ID != "" && c.latest.View() != view
	c.latest = stored
	c.latest.Egress = briefing.ResolveProviders(stored.Egress, c.cfg.Providers)
	if c.running != nil && c.running.stop != nil && !c.admits() {
		c.running.stop()
	}
	c.withdraw()
	if !changed {
		return
	}
	c.picture, c.last.frame, c.last.facts.FrameID, c.last.shot = nil, nil, "", nil
	c.all.gallery.dropOther(c, view)
}

// show makes a picture the camera's last one, and reports whether it may be shown: the camera may
// have been changed since the capture began.
func (c *sharedCamera) show(p *picture) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stored && p.view != c.latest.View() {
		return false
	}
	if c.cfg.KeepFrames {
		c.all.gallery.add(c, p)
	}
	return true
}

// accepted returns the certificate that the open source has accepted at first use, or "".
func (c *sharedCamera) accepted() string {
	c.mu.Lock()
	setup := c.setup
	c.mu.Unlock()
	return setup.certificate()
}

// adopt takes over a stored health that is newer.
func (c *sharedCamera) adopt(stored briefing.CameraHealth) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health = c.health.adopt(stored); isWell(c.health.state.State) {
		c.strayed = strayed{} // another process knows the right view
	}
}

// sameView reports whether a camera sees the same view by the same source, credentials and masks.
// Zones do not matter: they are applied to what was found, and new ones must not make the camera
// learn its view anew.
func (cfg *Config) sameView(a, b briefing.Camera) bool {
	return a.Shows(b) && cfg.sameLogin(a, b) && samePolygons(a.Masks, b.Masks)
}

// sameZones reports whether two lists count alike.
func sameZones(a, b []briefing.Zone) bool {
	return slices.EqualFunc(a, b, func(a, b briefing.Zone) bool {
		return a.ID == b.ID && slices.Equal(a.Polygon.Points, b.Polygon.Points)
	})
}

// sameLogin reports whether a camera is asked with the same credentials and certificate.
func (cfg *Config) sameLogin(a, b briefing.Camera) bool {
	same := slices.Equal(a.Credentials, b.Credentials) ||
		a.Source == b.Source && cfg.SameCredentials != nil && cfg.SameCredentials(a, b)
	return same && a.Certificate == b.Certificate
}

// samePolygons reports whether two lists have the same areas in the same order.
func samePolygons(a, b []briefing.Polygon) bool {
	return slices.EqualFunc(a, b, func(a, b briefing.Polygon) bool {
		return slices.Equal(a.Points, b.Points)
	})
}

// knowing returns a copy of the measurer of an open camera that sees the same, or nil. A measurer
// that knows the wrong view alone is of no use.
func (cs *cameras) knowing(stored briefing.Camera) Measurer {
	cs.mu.Lock()
	c, ok := cs.open[stored.ID]
	same := ok && c.sharedCamera.stored && c.source == stored.Source &&
		samePolygons(c.masks, stored.Masks)
	cs.mu.Unlock()
	if !same {
		return nil
	}
	c.mu.Lock()
	cloner, ok := c.setup.Measurer.(Cloner)
	wrong := c.strayed.holds(cs.cfg.Clock())
	c.mu.Unlock()
	if !ok || wrong {
		return nil
	}
	c.measuring.Lock()
	defer c.measuring.Unlock()
	return cloner.Clone()
}
