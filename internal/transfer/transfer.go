// Package transfer copies a whole installation from one store into another: users, requests and briefings, with their ids, so that
// cursors and links go on working. A copy that was broken off is begun again and goes on where it was.
package transfer

import (
	"context"
	"errors"
	"fmt"

	"bis/internal/briefing"
)

// Source is what is copied. Lists are in the order of ids.
type Source interface {
	// Size counts what there is.
	Size(ctx context.Context) (users, requests, briefings int64, err error)
	// UsersAfter returns at most limit users after an id.
	UsersAfter(ctx context.Context, after briefing.UserID, limit int) ([]briefing.User, error)
	// RequestsAfter returns at most limit requests after an id.
	RequestsAfter(ctx context.Context, after briefing.RequestID, limit int) ([]briefing.Request, error)
	// Briefings is as briefing.Store has it.
	Briefings(ctx context.Context, id briefing.RequestID, s briefing.Slice) ([]briefing.Briefing, bool, error)
}

// Target takes what is copied.
type Target interface {
	// PutUser stores a user as it is. One of that name that is there already stays, and false is returned.
	PutUser(ctx context.Context, u briefing.User) (put bool, err error)
	// PutRequest stores a request as it is, but without its owner; one of that id that is there already is replaced. Its
	// briefings are there before: who meets a request may rely on what it says.
	PutRequest(ctx context.Context, r briefing.Request) error
	// PutBriefings stores briefings of one request as they are, in the order of their ids. Those that are there already stay.
	PutBriefings(ctx context.Context, list []briefing.Briefing) error
	// Request, ActiveRequest and Briefings are as briefing.Store has them.
	Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error)
	ActiveRequest(ctx context.Context, username string) (briefing.Request, error)
	Briefings(ctx context.Context, id briefing.RequestID, s briefing.Slice) ([]briefing.Briefing, bool, error)
}

// Report tells what a copy did.
type Report struct {
	// Users, Requests and Briefings count what was written; briefings that were there already are not among them.
	Users, Requests, Briefings int64
	// SameName counts users whose name an earlier one has, in whatever spelling. They cannot be
	// reached by any call, and stay behind.
	SameName int64
	// Ended counts requests that were active beside a newer one of their user, and were ended as replaced.
	Ended int64
	// Ahead counts requests that have gone on in the target since an earlier copy, and stay as they are there.
	Ahead int64
}

// pageLen is how much is read and written at a time.
const pageLen = 500

// Copy copies everything. progress is told how many things were dealt with.
func Copy(ctx context.Context, from Source, to Target, progress func(n int64)) (Report, error) {
	c := &copying{from: from, to: to, progress: progress, active: make(map[string]briefing.RequestID)}
	for _, step := range []func(context.Context) error{c.users, c.findActive, c.requests} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	return c.report, nil
}

type copying struct {
	from     Source
	to       Target
	progress func(int64)
	report   Report
	active   map[string]briefing.RequestID // each user's newest active request, by the key of its name
}

func (c *copying) users(ctx context.Context) error {
	for after := briefing.UserID(""); ; {
		list, err := c.from.UsersAfter(ctx, after, pageLen)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, u := range list {
			put, err := c.to.PutUser(ctx, u)
			if err != nil {
				return fmt.Errorf("user %s: %w", u.ID, err)
			}
			if put {
				c.report.Users++
			} else {
				c.report.SameName++
			}
			c.progress(1)
		}
		after = list[len(list)-1].ID
	}
}

// findActive finds each user's newest active request: it goes on, and no other of the user.
func (c *copying) findActive(ctx context.Context) error {
	return c.eachRequest(ctx, func(r briefing.Request) error {
		if r.Active {
			user := briefing.NameKey(r.Username)
			c.active[user] = max(c.active[user], r.ID)
		}
		return nil
	})
}

func (c *copying) eachRequest(ctx context.Context, do func(briefing.Request) error) error {
	for after := briefing.RequestID(""); ; {
		list, err := c.from.RequestsAfter(ctx, after, pageLen)
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

func (c *copying) requests(ctx context.Context) error {
	return c.eachRequest(ctx, func(r briefing.Request) error {
		if err := c.briefings(ctx, r.ID); err != nil {
			return err
		}
		if err := c.request(ctx, r); err != nil {
			return err
		}
		c.progress(1)
		return nil
	})
}

// request copies one whose briefings are there, unless the target has it in a later state: a server has run it there since an
// earlier copy, or that copy has ended it.
func (c *copying) request(ctx context.Context, r briefing.Request) error {
	there, err := c.to.Request(ctx, r.ID)
	known := err == nil
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return err
	}
	wasActive := r.Active
	if r.Active {
		mine, err := c.goesOn(ctx, r)
		if err != nil {
			return err
		}
		if !mine {
			r = r.Ended(briefing.End{Reason: briefing.Replaced, At: r.TickAt(r.LastTick)})
		}
	}
	switch {
	case known && (there.LastTick > r.LastTick || there.LastID > r.LastID || r.Active && !there.Active):
		c.report.Ahead++
		return nil
	case wasActive && !r.Active:
		c.report.Ended++
		if known && !there.Active {
			return nil
		}
	}
	if err := c.to.PutRequest(ctx, r); err != nil {
		return err
	}
	c.report.Requests++
	return nil
}

// goesOn reports whether an active request stays active: it is its user's newest, and the target has no other one.
func (c *copying) goesOn(ctx context.Context, r briefing.Request) (bool, error) {
	if c.active[briefing.NameKey(r.Username)] != r.ID {
		return false, nil
	}
	there, err := c.to.ActiveRequest(ctx, r.Username)
	if errors.Is(err, briefing.ErrNotFound) {
		return true, nil
	}
	return there.ID == r.ID, err
}

// briefings copies a request's, after the newest that is there.
func (c *copying) briefings(ctx context.Context, id briefing.RequestID) error {
	newest, more, err := c.to.Briefings(ctx, id, briefing.Slice{Limit: pageLen, Backward: true})
	if err != nil {
		return err
	}
	var after briefing.BriefingID
	if len(newest) > 0 {
		after = newest[len(newest)-1].ID
		c.progress(int64(len(newest)))
	}
	for page := newest; more; { // only counts what is there
		if page, more, err = c.to.Briefings(ctx, id, briefing.Slice{Before: page[0].ID, Limit: pageLen, Backward: true}); err != nil {
			return err
		}
		c.progress(int64(len(page)))
	}
	for {
		list, more, err := c.from.Briefings(ctx, id, briefing.Slice{After: after, Limit: pageLen})
		if err != nil {
			return err
		}
		if len(list) > 0 {
			if err := c.to.PutBriefings(ctx, list); err != nil {
				return err
			}
			after = list[len(list)-1].ID
			c.report.Briefings += int64(len(list))
			c.progress(int64(len(list)))
		}
		if !more {
			return nil
		}
	}
}
