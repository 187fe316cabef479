package service

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"strings"

	"bis/internal/briefing"
)

// maxTokenLen bounds what a caller may give as a token, in bytes.
const maxTokenLen = 200

// Push is a picture that a device sends.
type Push struct {
	Camera briefing.CameraID
	Token  string
	// Body returns the bytes of the picture. It is called after the token was found right. Its
	// errors are returned as they are.
	Body func() ([]byte, error)
}

// PushFrame stores the picture of a device as the newest one of its camera, for the next run, on
// whatever process. The next picture replaces it, and after briefing.PushedFor it is deleted.
//
// A token that is not the camera's is ErrUnauthenticated, whether or not there is such a camera.
// Too many pictures are ErrRateLimited, and bytes that are no picture a PictureError.
func (s *Service) PushFrame(ctx context.Context, p Push) (briefing.Frame, error) {
	c, err := s.pushing(ctx, p)
	if err != nil {
		return briefing.Frame{}, err
	}
	if s.frames == nil || s.pictures == nil {
		return briefing.Frame{}, briefing.ErrUnavailable
	}
	if err := s.limiter.AllowPush(ctx, string(c.ID)); err != nil {
		return briefing.Frame{}, err
	}
	body, err := p.Body()
	if err != nil {
		return briefing.Frame{}, err
	}
	at := s.now()
	done, err := s.turns.take(ctx, c.ID)
	if err != nil {
		return briefing.Frame{}, err
	}
	jpeg, width, height, err := s.readPushed(ctx, body, c.Masks, done)
	if err != nil {
		return briefing.Frame{}, err
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	f := briefing.StoredFrame{
		Frame: briefing.Frame{
			ID: hex.EncodeToString(id[:]), Width: width, Height: height, At: at.UTC(),
		},
		CameraID: c.ID, Username: c.Username, Kind: briefing.FramePushed,
		Until: at.Add(briefing.PushedFor), View: c.PushedView(), JPEG: jpeg,
	}
	if err := s.frames.SaveFrame(ctx, f); err != nil {
		return briefing.Frame{}, err
	}
	return f.Frame, s.confirmPush(ctx, p, f)
}

// readPushed decodes a picture, and ends its turn.
func (s *Service) readPushed(
	ctx context.Context, body []byte, masks []briefing.Polygon, done func(),
) (jpeg []byte, width, height int, err error) {
	defer done()
	return s.pictures.ReadPicture(ctx, body, masks)
}

// confirmPush deletes a picture that was stored while its token became invalid, or while the masks
// were changed: the device may send the next one. A deletion of the camera or of the token and a
// change of the camera either see the picture, or come before this read.
func (s *Service) confirmPush(ctx context.Context, p Push, f briefing.StoredFrame) error {
	c, err := s.pushing(ctx, p)
	of := briefing.FramesOf{CameraID: f.CameraID, Kinds: pushedKind}
	switch {
	case errors.Is(err, briefing.ErrUnauthenticated):
		return errors.Join(err, s.frames.DeleteFrames(ctx, of))
	case err == nil && c.PushedView() != f.View:
		of.NotView = c.PushedView()
		return errors.Join(briefing.ErrUnavailable, s.frames.DeleteFrames(ctx, of))
	}
	return err
}

// pushing returns the camera of a picture if the token is the camera's.
func (s *Service) pushing(ctx context.Context, p Push) (briefing.Camera, error) {
	id, ok := briefing.NormalID(string(p.Camera))
	if !ok || len(p.Token) > maxTokenLen || !strings.HasPrefix(p.Token, tokenPrefix) {
		return briefing.Camera{}, briefing.ErrUnauthenticated
	}
	c, err := s.store.Camera(ctx, briefing.CameraID(id))
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return briefing.Camera{}, err
	}
	hash := sha256.Sum256([]byte(p.Token))
	if err != nil || !isPush(c.Source) || subtle.ConstantTimeCompare(hash[:], c.TokenHash) != 1 {
		return briefing.Camera{}, briefing.ErrUnauthenticated
	}
	return c, nil
}

// isPush reports whether a device sends the pictures of a source.
func isPush(source string) bool {
	parsed, err := briefing.ParseSource(source)
	return err == nil && parsed.Scheme == "push"
}
