// Package transfer copies a whole installation from one store into another: users, cameras, sheets
// of styles, usage days, requests and briefings. Ids stay the same, so cursors and links remain
// valid. The commands bis import and bis export are transfers in the two directions.
//
// The credentials of cameras are encrypted anew, with the key of the target. The pictures and the
// health of cameras stay behind, and so do refused texts of models.
//
// A transfer never changes its source. It may be interrupted at any moment and started again:
// records that the target has already are left alone, and the others follow. A request appears in
// the target only when all its briefings are there. The caller makes sure that no server works on
// either store.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bis/internal/briefing"
)

// Source is the store that is read. Lists are in the order of ids.
type Source interface {
	// Size counts the users, requests and briefings. An estimate is good enough: it scales the
	// progress bar.
	Size(ctx context.Context) (users, requests, briefings int64, err error)
	// UsersAfter returns at most limit users with ids after the given one. An empty id means from
	// the first.
	UsersAfter(ctx context.Context, after briefing.UserID, limit int) ([]briefing.User, error)
	// RequestsAfter returns at most limit requests with ids after the given one. An empty id means
	// from the first. Every briefing that their LastID and counts include is readable.
	RequestsAfter(ctx context.Context, after briefing.RequestID, limit int) ([]briefing.Request, error)
	// CamerasAfter returns at most limit cameras with ids after the given one. An empty id means
	// from the first.
	CamerasAfter(ctx context.Context, after briefing.CameraID, limit int) ([]briefing.Camera, error)
	// UsageAfter returns at most limit usage days after the given one, in the order of users and
	// then of dates. The zero value means from the first.
	UsageAfter(ctx context.Context, after briefing.UserUsage, limit int) ([]briefing.UserUsage, error)
	// Briefings and Sheets are the methods of briefing.Store.
	Sheets(ctx context.Context, after briefing.SheetKey, limit int) ([]briefing.StoredSheet, bool, error)
	Briefings(ctx context.Context, id briefing.RequestID, s briefing.Slice) ([]briefing.Briefing, bool, error)
}

// Target is the store that is written.
type Target interface {
	// PutUser stores a user unchanged. If the target has a user of that name, in any spelling, that
	// user stays; put is false if its id differs.
	PutUser(ctx context.Context, u briefing.User) (put bool, err error)
	// PutCamera stores a camera unchanged, but never observed and without a last frame. It replaces
	// a camera of the same id. The limit on the cameras of a user does not matter. A camera without
	// a user of its name is ErrNotFound.
	PutCamera(ctx context.Context, c briefing.Camera) error
	// PutRequest stores a request unchanged, but without its owner, so that the next Claim returns
	// it if it is active. It replaces a request of the same id. The briefings must be stored first,
	// because readers rely on the request's LastID and counts.
	PutRequest(ctx context.Context, r briefing.Request) error
	// PutBriefings stores briefings of one request unchanged, in the order of their ids, so an
	// interrupted call leaves no gap. The list must be in that order. Briefings that the target has
	// stay.
	PutBriefings(ctx context.Context, list []briefing.Briefing) error
	// PutUsage raises the numbers of usage days to those given, and returns how many days it has
	// changed. A number of the target that is as great or greater stays.
	PutUsage(ctx context.Context, list []briefing.UserUsage) (changed int64, err error)
	// The others are the methods of briefing.Store.
	Sheet(ctx context.Context, key briefing.SheetKey) (briefing.StoredSheet, error)
	SaveSheet(ctx context.Context, s briefing.StoredSheet) error
	Camera(ctx context.Context, id briefing.CameraID) (briefing.Camera, error)
	Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error)
	ActiveRequests(ctx context.Context, username string) ([]briefing.Request, error)
	Briefings(ctx context.Context, id briefing.RequestID, s briefing.Slice) ([]briefing.Briefing, bool, error)
}

// Report counts what a transfer did.
type Report struct {
	// These count what was written. Cameras, sheets, usage days and briefings that the target had
	// already are not counted.
	Users, Cameras, Sheets, UsageDays, Requests, Briefings int64
	// SameName counts users that were not copied, because another user has their name in some
	// spelling. No call could reach them.
	SameName int64
	// Ended counts active requests that were ended as replaced, because their user has a newer
	// active one of the same camera.
	Ended int64
	// Ahead counts requests that a server has continued in the target since an earlier transfer.
	// The target's version stays.
	Ahead int64
}

// pageLen is how many records are read and written at a time.
const pageLen = 500

// Run copies everything from one store into the other. It calls progress with the number of records
// that were handled since the last call; cameras, sheets and usage days do not count. After an
// error, Run may be called again and continues.
func Run(
	ctx context.Context, from Source, to Target, keys Keys, progress func(n int64),
) (Report, error) {
	t := &transfer{
		from: from, to: to, keys: keys, progress: progress, active: make(map[place]briefing.RequestID),
	}
	for _, step := range []func(context.Context) error{
		t.copyUsers, t.copyCameras, t.copySheets, t.copyUsage, t.findActive, t.copyRequests,
	} {
		if err := step(ctx); err != nil {
			return t.report, err
		}
	}
	return t.report, nil
}

// transfer is one call of Run.
type transfer struct {
	from     Source
	to       Target
	keys     Keys
	progress func(int64)
	report   Report
	active   map[place]briefing.RequestID // the newest active request of each place
}

// place is a user, by name key, and a camera. Both together have one active request.
type place struct {
	user   string
	camera briefing.CameraID
}

// placeOf returns the place of a request.
func placeOf(r briefing.Request) place {
	return place{user: briefing.NameKey(r.Username), camera: r.CameraID}
}

// copyUsers copies all users, page by page.
func (t *transfer) copyUsers(ctx context.Context) error {
	for after := briefing.UserID(""); ; {
		list, err := t.from.UsersAfter(ctx, after, pageLen)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, u := range list {
			put, err := t.to.PutUser(ctx, u)
			if err != nil {
				return fmt.Errorf("user %s: %w", u.ID, err)
			}
			if put {
				t.report.Users++
			} else {
				t.report.SameName++
			}
			t.progress(1)
		}
		after = list[len(list)-1].ID
	}
}

// findActive finds the newest active request of each user and camera. Only that one stays active.
func (t *transfer) findActive(ctx context.Context) error {
	return t.eachRequest(ctx, func(r briefing.Request) error {
		if r.Active {
			t.active[placeOf(r)] = max(t.active[placeOf(r)], r.ID)
		}
		return nil
	})
}

// eachRequest calls do for every request of the source.
func (t *transfer) eachRequest(ctx context.Context, do func(briefing.Request) error) error {
	for after := briefing.RequestID(""); ; {
		list, err := t.from.RequestsAfter(ctx, after, pageLen)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			if err := do(r); err != nil {
				return fmt.Errorf("request %s: %w", r.ID, err)
			}
		}
		after = list[len(list)-1].ID
	}
}

// copyRequests copies every request after its briefings.
func (t *transfer) copyRequests(ctx context.Context) error {
	return t.eachRequest(ctx, func(r briefing.Request) error {
		if err := t.copyBriefings(ctx, r.ID); err != nil {
			return err
		}
		if err := t.copyRequest(ctx, r); err != nil {
			return err
		}
		t.progress(1)
		return nil
	})
}

// copyRequest copies a request whose briefings are in the target. It leaves the target's request
// alone if that is in a later state: a server has continued it there since an earlier transfer, or
// that transfer has ended it.
func (t *transfer) copyRequest(ctx context.Context, r briefing.Request) error {
	existing, err := t.to.Request(ctx, r.ID)
	known := err == nil
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return err
	}
	wasActive := r.Active
	if r.Active {
		mine, err := t.staysActive(ctx, r)
		if err != nil {
			return err
		}
		if !mine {
			r = r.Ended(briefing.End{Reason: briefing.Replaced, At: r.TickAt(r.LastTick)})
		}
	}
	switch {
	case known && (existing.LastTick > r.LastTick || existing.LastID > r.LastID ||
		r.Active && !existing.Active):
		t.report.Ahead++
		return nil
	case wasActive && !r.Active:
		t.report.Ended++
		if known && !existing.Active {
			return nil
		}
	}
	if err := t.to.PutRequest(ctx, r); err != nil {
		return err
	}
	t.report.Requests++
	return nil
}

// staysActive reports whether an active request stays active: it is the newest of its user and
// camera in the source, and the target has no other active one of both.
func (t *transfer) staysActive(ctx context.Context, r briefing.Request) (bool, error) {
	if t.active[placeOf(r)] != r.ID {
		return false, nil
	}
	list, err := t.to.ActiveRequests(ctx, r.Username)
	another := slices.ContainsFunc(list, func(other briefing.Request) bool {
		return other.CameraID == r.CameraID && other.ID != r.ID
	})
	return !another, err
}

// copyBriefings copies the briefings of a request that come after the newest in the target. Ids
// follow the order of commits and PutBriefings leaves no gap, so the target has everything before
// that one.
func (t *transfer) copyBriefings(ctx context.Context, id briefing.RequestID) error {
	newest, more, err := t.to.Briefings(ctx, id, briefing.Slice{Limit: pageLen, Backward: true})
	if err != nil {
		return err
	}
	var after briefing.BriefingID
	if len(newest) > 0 {
		after = newest[len(newest)-1].ID
		t.progress(int64(len(newest)))
	}
	for page := newest; more; { // counts the briefings that the target has, for the progress
		before := briefing.Slice{Before: page[0].ID, Limit: pageLen, Backward: true}
		if page, more, err = t.to.Briefings(ctx, id, before); err != nil {
			return err
		}
		t.progress(int64(len(page)))
	}
	for {
		list, more, err := t.from.Briefings(ctx, id, briefing.Slice{After: after, Limit: pageLen})
		if err != nil {
			return err
		}
		if len(list) > 0 {
			if err := t.to.PutBriefings(ctx, list); err != nil {
				return err
			}
			after = list[len(list)-1].ID
			t.report.Briefings += int64(len(list))
			t.progress(int64(len(list)))
		}
		if !more {
			return nil
		}
	}
}
