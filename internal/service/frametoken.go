package service

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"bis/internal/briefing"
)

// tokenPrefix begins every token, so that people and tools recognise a leaked one.
const tokenPrefix = "bis_frames_"

// CreateFrameToken makes the token by which a device pushes frames to a camera, in place of an
// earlier one. Only the token's hash is stored, so this result alone has it. The camera's source
// must be push:. An unknown camera is ErrNotFound, and so is one that the viewer may not change.
func (s *Service) CreateFrameToken(
	ctx context.Context, v briefing.Viewer, id briefing.CameraID,
) (token string, c briefing.Camera, err error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(raw)
	hash := sha256.Sum256([]byte(token))
	saved, err := s.changeCamera(ctx, v, id, "", func(old briefing.Camera) (edited, error) {
		if !isPush(old.Source) {
			return edited{}, briefing.Refuse(briefing.RefuseNotPushed, "cameraId",
				"must be a camera whose source is push:, because the server gets the pictures of others itself")
		}
		old.TokenHash = hash[:]
		return edited{camera: old}, nil
	})
	if err != nil {
		return "", briefing.Camera{}, renamedID(err)
	}
	return token, saved.Camera, nil
}

// RevokeFrameToken removes the token of a camera. A camera without a token stays as it is.
func (s *Service) RevokeFrameToken(
	ctx context.Context, v briefing.Viewer, id briefing.CameraID,
) (SavedCamera, error) {
	saved, err := s.changeCamera(ctx, v, id, "", func(old briefing.Camera) (edited, error) {
		old.TokenHash = nil
		return edited{camera: old}, nil
	})
	return saved, renamedID(err)
}

// renamedID returns an InvalidError on the field "id" as one on "cameraId", which is what the
// callers of frame tokens have.
func renamedID(err error) error {
	if err == errSettingsCamera {
		return renamed(err, "cameraId")
	}
	return err
}
