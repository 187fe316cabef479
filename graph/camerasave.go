package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
	"bis/internal/service"
)

// SaveCamera resolves Mutation.saveCamera.
func (m mutation) SaveCamera(
	ctx context.Context, in SaveCameraInput,
) (*SaveCameraPayload, error) {
	saved, err := m.svc.SaveCamera(ctx, viewer(ctx), in.change())
	return savedCamera(saved, err)
}

// DeleteCamera resolves Mutation.deleteCamera.
func (m mutation) DeleteCamera(ctx context.Context, id string) (*DeleteCameraPayload, error) {
	deleted, err := m.svc.DeleteCamera(ctx, viewer(ctx), briefing.CameraID(id))
	if err != nil {
		return nil, err
	}
	return &DeleteCameraPayload{ID: string(deleted)}, nil
}

// TestCamera resolves Mutation.testCamera. It can take many seconds. It is a mutation because it
// calls an address that the caller has chosen, although it stores nothing.
func (m mutation) TestCamera(ctx context.Context, in SaveCameraInput) (*CameraTest, error) {
	t, err := m.svc.TestCamera(ctx, viewer(ctx), in.change())
	if err != nil {
		return nil, err
	}
	answer := &CameraTest{
		Health: &t.Health, Certificate: orNone(t.Certificate), LatencyMs: int(t.Took.Milliseconds()),
		Tiles: t.Tiles, leaves: t.Leaves,
	}
	if t.JPEG != nil {
		picture := dataURL(t.JPEG)
		answer.Picture, answer.Width, answer.Height = &picture, &t.Width, &t.Height
		answer.Facts = factsOf(t.Facts, "")
	}
	return answer, nil
}

// CreateFrameToken resolves Mutation.createFrameToken.
func (m mutation) CreateFrameToken(ctx context.Context, cameraID string) (*FrameToken, error) {
	token, c, err := m.svc.CreateFrameToken(ctx, viewer(ctx), briefing.CameraID(cameraID))
	if err != nil {
		return nil, err
	}
	return &FrameToken{Token: token, URL: "/cameras/" + string(c.ID) + "/frames", Camera: &c}, nil
}

// RevokeFrameToken resolves Mutation.revokeFrameToken.
func (m mutation) RevokeFrameToken(
	ctx context.Context, cameraID string,
) (*SaveCameraPayload, error) {
	saved, err := m.svc.RevokeFrameToken(ctx, viewer(ctx), briefing.CameraID(cameraID))
	return savedCamera(saved, err)
}

// savedCamera converts the result of a save.
func savedCamera(saved service.SavedCamera, err error) (*SaveCameraPayload, error) {
	if err != nil {
		return nil, err
	}
	return &SaveCameraPayload{Camera: &saved.Camera, CredentialsCleared: saved.Cleared}, nil
}

// change converts the input for the service, which has the defaults.
func (in SaveCameraInput) change() service.CameraInput {
	return service.CameraInput{
		ID: briefing.CameraID(orZero(in.ID)), Username: orZero(in.Username),
		Name: given(in.Name), Source: given(in.Source), Credentials: given(in.Credentials),
		Certificate: given(in.Certificate), Zones: givenList(in.Zones), Masks: givenList(in.Masks),
		Egress: givenList(in.Egress), KeepFrames: given(in.KeepFrames), KeepDays: given(in.KeepDays),
	}
}

// given converts a value that may be left out.
func given[T any](o graphql.Omittable[*T]) service.Given[T] {
	v, ok := o.ValueOK()
	return service.Given[T]{Given: ok, Value: v}
}

// givenList converts a list that may be left out. Null is nil.
func givenList[T any](o graphql.Omittable[[]T]) service.Given[[]T] {
	list, ok := o.ValueOK()
	if list == nil {
		return service.Given[[]T]{Given: ok}
	}
	return service.Given[[]T]{Given: ok, Value: &list}
}
