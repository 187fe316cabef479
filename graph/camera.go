package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
)

// FramePath is where the server has the pictures of cameras. The name of a picture is the id of its
// frame with ".jpg".
const FramePath = "/frames/"

// Camera resolves Query.camera: null for an unknown id.
func (q query) Camera(ctx context.Context, id string) (*briefing.Camera, error) {
	c, err := q.svc.Camera(ctx, viewer(ctx), briefing.CameraID(id))
	return orNull(&c, err)
}

// Detail resolves CameraHealth.detail: null if all is well.
func (health) Detail(_ context.Context, of *briefing.CameraHealth) (*string, error) {
	return orNone(of.Detail(false)), nil
}

// URL resolves Frame.url.
func (frame) URL(_ context.Context, of *briefing.Frame) (string, error) {
	return FramePath + of.ID + ".jpg", nil
}

// MarshalCameraID writes a camera's id.
func MarshalCameraID(id briefing.CameraID) graphql.Marshaler { return MarshalID(string(id)) }

// UnmarshalCameraID reads a camera's id.
func UnmarshalCameraID(v any) (briefing.CameraID, error) {
	s, err := UnmarshalID(v)
	return briefing.CameraID(s), err
}

// MarshalCameraState writes the state of a camera.
func MarshalCameraState(s briefing.CameraState) graphql.Marshaler {
	return graphql.MarshalString(string(s))
}

// UnmarshalCameraState exists because gqlgen requires it. No input has this type.
func UnmarshalCameraState(v any) (briefing.CameraState, error) {
	s, err := graphql.UnmarshalString(v)
	return briefing.CameraState(s), err
}

// orNone returns nil for an empty text.
func orNone(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
