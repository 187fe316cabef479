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

// Cameras resolves Query.cameras.
func (q query) Cameras(ctx context.Context, username string) ([]briefing.Camera, error) {
	list, err := q.svc.Cameras(ctx, viewer(ctx), username)
	loaderOf(ctx).knows(list)
	return list, err
}

// Camera resolves Request.camera.
func (r request) Camera(ctx context.Context, of *briefing.Request) (*briefing.Camera, error) {
	c, err := r.svc.RequestCamera(ctx, viewer(ctx), *of)
	return &c, err
}

// Username resolves Camera.username: null for the camera of the settings.
func (camera) Username(_ context.Context, of *briefing.Camera) (*string, error) {
	return orNone(of.Username), nil
}

// Source resolves Camera.source: null for the camera of the settings.
func (camera) Source(_ context.Context, of *briefing.Camera) (*string, error) {
	return orNone(of.Source), nil
}

// HasCredentials resolves Camera.hasCredentials.
func (camera) HasCredentials(_ context.Context, of *briefing.Camera) (bool, error) {
	return of.HasCredentials(), nil
}

// Certificate resolves Camera.certificate: null while none was accepted.
func (camera) Certificate(_ context.Context, of *briefing.Camera) (*string, error) {
	return orNone(of.Certificate), nil
}

// HasFrameToken resolves Camera.hasFrameToken.
func (camera) HasFrameToken(_ context.Context, of *briefing.Camera) (bool, error) {
	return of.HasToken(), nil
}

// Zones resolves Camera.zones: an empty list without any.
func (camera) Zones(_ context.Context, of *briefing.Camera) ([]briefing.Zone, error) {
	return orEmpty(of.Zones), nil
}

// Masks resolves Camera.masks: an empty list without any.
func (camera) Masks(_ context.Context, of *briefing.Camera) ([]briefing.Polygon, error) {
	return orEmpty(of.Masks), nil
}

// Egress resolves Camera.egress: an empty list without any.
func (camera) Egress(
	_ context.Context, of *briefing.Camera,
) ([]briefing.ProviderEgress, error) {
	return orEmpty(of.Egress), nil
}

// Detail resolves CameraHealth.detail: null if all is well.
func (health) Detail(
	_ context.Context, of *briefing.CameraHealth, language *Language,
) (*string, error) {
	return orNone(of.Detail(language != nil && *language == LanguageEn)), nil
}

// Reason resolves CameraHealth.reason: null if the state says it all.
func (health) Reason(_ context.Context, of *briefing.CameraHealth) (*string, error) {
	return orNone(string(of.Reason)), nil
}

// Words resolves CameraHealth.words: null if the camera said nothing.
func (health) Words(_ context.Context, of *briefing.CameraHealth) (*string, error) {
	return orNone(of.Words), nil
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

// MarshalEgress writes a choice of egress.
func MarshalEgress(e briefing.Egress) graphql.Marshaler { return graphql.MarshalString(string(e)) }

// UnmarshalEgress reads a choice of egress. The validation has refused other values.
func UnmarshalEgress(v any) (briefing.Egress, error) {
	s, err := UnmarshalString(v)
	return briefing.Egress(s), err
}

// MarshalKeepFrames writes which frames are stored.
func MarshalKeepFrames(k briefing.KeepFrames) graphql.Marshaler {
	return graphql.MarshalString(string(k))
}

// UnmarshalKeepFrames reads which frames are stored. The validation has refused other values.
func UnmarshalKeepFrames(v any) (briefing.KeepFrames, error) {
	s, err := UnmarshalString(v)
	return briefing.KeepFrames(s), err
}

// orNone returns nil for an empty text.
func orNone(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// orEmpty returns an empty list for nil.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
