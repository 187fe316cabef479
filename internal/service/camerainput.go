package service

import (
	"crypto/rand"
	"encoding/hex"
	"slices"

	"bis/internal/briefing"
)

// Given is a value of an input that may be left out.
type Given[T any] struct {
	Given bool // false: what is stored stays
	Value *T   // nil clears what is stored
}

// CameraLogin is the user name and the password of a camera.
type CameraLogin struct {
	Username string
	Password string
}

// CameraInput is a new camera, or changes of a stored one.
type CameraInput struct {
	ID       briefing.CameraID // empty: a new camera
	Username string            // of a new camera; empty: the viewer's
	Name     Given[string]
	// Source is an address with or without credentials. See briefing.ParseSource.
	Source      Given[string]
	Credentials Given[CameraLogin] // replace those of the address
	Certificate Given[string]
	Zones       Given[[]briefing.Zone] // a zone without ID is new
	Masks       Given[[]briefing.Polygon]
	Egress      Given[[]briefing.ProviderEgress]
	KeepFrames  Given[briefing.KeepFrames]
	KeepDays    Given[int]
}

// The refusals of values that are missing.
var (
	errNoSource  = briefing.Refuse(briefing.RefuseNoAddress, "source", "must not be empty")
	_, errNoName = briefing.CleanCameraName("name", "")
)

// edited is a camera after a change, before it is stored.
type edited struct {
	camera    briefing.Camera
	plain     string // new credentials, which are not encrypted yet; empty: those of camera
	authority string // that the credentials are valid for
	cleared   bool   // stored credentials were removed, because they are for another authority
	field     string // of the input that has the new credentials
}

// noKey is the error of credentials on a server that cannot encrypt them.
func (e edited) noKey() error {
	return briefing.Refuse(briefing.RefuseNoKey, e.field, "must have no user name and no password: this server has no key "+
		"to encrypt them; its operator can set BIS_CAMERA_KEY")
}

// edit returns a camera after the change of an input. A nil old means a new camera. What it checks
// is the same for a camera that is saved and for one that is tested.
func (s *Service) edit(old *briefing.Camera, in CameraInput) (edited, error) {
	e := edited{camera: briefing.Camera{
		KeepFrames: briefing.KeepNone, KeepDays: briefing.DefaultKeepDays,
	}}
	if old != nil {
		e.camera = *old
	}
	c := &e.camera
	if err := s.editSource(&e, old, in); err != nil {
		return edited{}, err
	}
	for _, change := range []func(*briefing.Camera, CameraInput) error{
		editName, editCertificate, editZones, editMasks, editEgress, editFrames,
	} {
		if err := change(c, in); err != nil {
			return edited{}, err
		}
	}
	return e, nil
}

func editName(c *briefing.Camera, in CameraInput) (err error) {
	switch {
	case !in.Name.Given:
		return nil
	case in.Name.Value == nil:
		return errNoName
	}
	c.Name, err = briefing.CleanCameraName("name", *in.Name.Value)
	return err
}

func editCertificate(c *briefing.Camera, in CameraInput) (err error) {
	switch {
	case !in.Certificate.Given:
		return nil
	case in.Certificate.Value == nil:
		c.Certificate = ""
		return nil
	}
	c.Certificate, err = briefing.CleanFingerprint(*in.Certificate.Value)
	return err
}

// editZones replaces the zones. A zone with an ID must be one of the stored zones, so an ID never
// comes to mean another zone.
func editZones(c *briefing.Camera, in CameraInput) error {
	if !in.Zones.Given {
		return nil
	}
	known := make(map[string]bool, len(c.Zones))
	for _, z := range c.Zones {
		known[z.ID] = true
	}
	zones := slices.Clone(value(in.Zones))
	polygons := make([]briefing.Polygon, len(zones))
	for i := range zones {
		polygons[i] = zones[i].Polygon
	}
	if err := briefing.CheckPolygons("zones", polygons); err != nil {
		return err
	}
	for i := range zones {
		z := &zones[i]
		var err error
		if z.Name, err = briefing.CleanCameraName("zones", z.Name); err != nil {
			return err
		}
		if z.ID != "" && !known[z.ID] {
			return briefing.Refuse(briefing.RefuseZone, "zones",
				"must have only ids of zones of this camera, each once")
		}
		delete(known, z.ID)
	}
	nameZones(zones)
	c.Zones = zones
	return nil
}

// nameZones gives each new zone an ID that no other zone of the camera has.
func nameZones(zones []briefing.Zone) {
	taken := make(map[string]bool, len(zones))
	for _, z := range zones {
		taken[z.ID] = true
	}
	for i := range zones {
		for z := &zones[i]; z.ID == ""; {
			var raw [4]byte
			_, _ = rand.Read(raw[:]) // never fails
			if id := hex.EncodeToString(raw[:]); !taken[id] {
				z.ID, taken[id] = id, true
			}
		}
	}
}

func editMasks(c *briefing.Camera, in CameraInput) error {
	if !in.Masks.Given {
		return nil
	}
	c.Masks = value(in.Masks)
	return briefing.CheckPolygons("masks", c.Masks)
}

func editEgress(c *briefing.Camera, in CameraInput) error {
	if !in.Egress.Given {
		return nil
	}
	c.Egress = value(in.Egress)
	return briefing.CheckEgress(c.Egress)
}

// editFrames changes which frames are stored, and for how long.
func editFrames(c *briefing.Camera, in CameraInput) error {
	if in.KeepFrames.Given {
		c.KeepFrames = briefing.KeepNone
		if in.KeepFrames.Value != nil {
			c.KeepFrames = *in.KeepFrames.Value
		}
	}
	if in.KeepDays.Given {
		c.KeepDays = briefing.DefaultKeepDays
		if in.KeepDays.Value != nil {
			c.KeepDays = *in.KeepDays.Value
		}
	}
	return briefing.CheckKeep(c.KeepFrames, c.KeepDays)
}

// value returns a list that was given. Null is an empty one.
func value[T any](g Given[[]T]) []T {
	if g.Value == nil {
		return nil
	}
	return *g.Value
}
