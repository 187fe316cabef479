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
// camera, and its pictures while also the masks are the same.
func (c *sharedCamera) inherit(old *opened, stored briefing.Camera) {
	if stored.Source != old.stored.Source {
		c.health, c.lastSeen = unobserved(c.cfg.Clock()), time.Time{}
		return
	}
	old.mu.Lock()
	defer old.mu.Unlock()
	c.health, c.lastSeen = old.health, old.lastSeen
	// One run says whether the new credentials are right, and the view is no longer a wrong one.
	if !sameLogin(stored, old.stored) || !stored.Shows(old.stored) {
		c.health = unobserved(c.cfg.Clock())
	}
	if samePolygons(stored.Masks, old.stored.Masks) {
		c.picture = old.picture
		c.all.gallery.move(old.sharedCamera, c)
	}
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
	c.health = c.health.adopt(stored)
}

// sameView reports whether a camera sees the same view by the same source, credentials, masks and
// zones.
func sameView(a, b briefing.Camera) bool {
	return a.Shows(b) && sameLogin(a, b) && samePolygons(a.Masks, b.Masks) &&
		slices.EqualFunc(a.Zones, b.Zones, func(a, b briefing.Zone) bool {
			return a.ID == b.ID && a.Name == b.Name && slices.Equal(a.Polygon.Points, b.Polygon.Points)
		})
}

// sameLogin reports whether a camera is asked with the same credentials and certificate.
func sameLogin(a, b briefing.Camera) bool {
	return slices.Equal(a.Credentials, b.Credentials) && a.Certificate == b.Certificate
}

// samePolygons reports whether two lists have the same areas in the same order.
func samePolygons(a, b []briefing.Polygon) bool {
	return slices.EqualFunc(a, b, func(a, b briefing.Polygon) bool {
		return slices.Equal(a.Points, b.Points)
	})
}
