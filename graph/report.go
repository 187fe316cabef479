package graph

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// ReportBriefing resolves Mutation.reportBriefing.
func (m mutation) ReportBriefing(
	ctx context.Context, id string, wrong bool, note *string,
) (*briefing.Briefing, error) {
	b, err := m.svc.ReportBriefing(ctx, viewer(ctx), briefing.BriefingID(id), wrong, orZero(note))
	return &b, err
}

// MarkSeen resolves Mutation.markSeen.
func (m mutation) MarkSeen(
	ctx context.Context, username string, at time.Time,
) (*briefing.User, error) {
	u, err := m.svc.MarkSeen(ctx, viewer(ctx), username, at)
	return &u, err
}

// DeleteUserData resolves Mutation.deleteUserData.
func (m mutation) DeleteUserData(
	ctx context.Context, username string,
) (*DeleteUserDataPayload, error) {
	done, err := m.svc.DeleteUserData(ctx, viewer(ctx), username)
	if err != nil {
		return nil, err
	}
	return &DeleteUserDataPayload{Requests: len(done.Requests), Briefings: done.Briefings}, nil
}
