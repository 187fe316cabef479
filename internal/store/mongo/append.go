package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// Append implements briefing.BriefingStore, in two steps; see the package's description. An append whose answer was
// lost is found again when it is repeated.
func (s *Store) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	return s.runAppend(ctx, a.RequestID, &appendOp{
		briefing: a.Briefing, tick: a.Tick, owner: a.Owner,
		settle: func(r briefing.Request) briefing.Request {
			r.Ticks, r.LastTick = r.Settle(a.Tick, 1, a.Skipped), a.Tick
			return r
		},
	})
}

// AddBriefing implements briefing.BriefingStore.
func (s *Store) AddBriefing(ctx context.Context, b briefing.Briefing) (briefing.Briefing, error) {
	return s.runAppend(ctx, b.RequestID, &appendOp{
		briefing: b, settle: func(r briefing.Request) briefing.Request { return r },
	})
}

// writing is a briefing on its way into the store.
type appendOp struct {
	briefing  briefing.Briefing
	tick      int64          // 0: from outside
	owner     briefing.Owner // zero: from outside
	settle    func(briefing.Request) briefing.Request
	doc       *briefingDoc // as it is being stored; nil: not tried yet
	attempted bool         // an attempt with doc may have happened
}

func (op *appendOp) isRun() bool { return op.tick != 0 }

// refusal tells why the request, as it is now, does not take the briefing; nil: it does.
func (op *appendOp) refusal(r briefing.Request) error {
	switch {
	case !r.Active:
		return briefing.ErrConflict
	case op.isRun() && r.Owner != op.owner:
		return briefing.ErrNotOwner
	case op.isRun() && op.tick <= r.LastTick:
		return briefing.ErrConflict
	}
	return nil
}

func (s *Store) runAppend(ctx context.Context, id briefing.RequestID, op *appendOp) (briefing.Briefing, error) {
	if s.closed.Load() {
		return briefing.Briefing{}, errClosed
	}
	oid, ok := objectID(id)
	if !ok {
		return briefing.Briefing{}, briefing.ErrNotFound
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	e, err := s.appends.lock(ctx, id)
	if err != nil {
		return briefing.Briefing{}, translate("append", err)
	}
	state := &e.value
	defer func() { s.appends.unlock(id, e, state.owned) }()
	if op.isRun() && state.unconfirmed != nil && state.unconfirmed.Tick == op.tick && state.req.Owner == op.owner {
		op.doc, op.attempted = state.unconfirmed, true
	}
	state.unconfirmed = nil
	err = s.appendTo(ctx, oid, state, op)
	if op.isRun() {
		state.owned = err == nil || op.attempted && !isRefusal(err)
	}
	if err != nil {
		state.current = false
		if op.attempted && !isRefusal(err) {
			state.unconfirmed = op.doc
		}
		return briefing.Briefing{}, translate("append", err)
	}
	return op.doc.briefing(s.cfg.Zone), nil
}

// hasRefusal reports whether err says for certain what became of a write.
func isRefusal(err error) bool {
	return errors.Is(err, briefing.ErrConflict) || errors.Is(err, briefing.ErrNotOwner) || errors.Is(err, briefing.ErrNotFound)
}

// writeTo tries until the briefing is stored or refused.
func (s *Store) appendTo(ctx context.Context, oid bson.ObjectID, state *appendState, op *appendOp) error {
	for ctx.Err() == nil {
		fresh := !state.current
		if fresh {
			stored, err := s.refresh(ctx, oid, state, op)
			if err != nil || stored {
				return err
			}
		}
		if err := op.refusal(state.req); err != nil {
			if fresh {
				return err
			}
			state.current = false // it may be the knowledge that is old
			continue
		}
		changed, err := s.writeIntent(ctx, oid, state, op)
		if err != nil {
			return err
		}
		if changed {
			state.current = false
			continue
		}
		if err := s.at("updated"); err != nil {
			return err
		}
		err = s.insertBriefing(ctx, op.doc)
		if lost := s.at("inserted"); lost != nil {
			return lost
		}
		if errors.Is(err, errIDTaken) {
			state.current = false
			continue
		}
		return err
	}
	return ctx.Err()
}

// load reads the request and sees to it that the insert of its last id has happened. It reports whether that
// was w's own.
func (s *Store) refresh(ctx context.Context, oid bson.ObjectID, state *appendState, op *appendOp) (stored bool, err error) {
	doc, err := s.readConfirmed(ctx, oid)
	if err != nil {
		return false, err
	}
	state.req, state.current, state.minID = doc.request(s.cfg.Zone), true, ""
	if op.doc != nil {
		if stored, err = s.isStored(ctx, op.doc); stored || err != nil {
			return stored, err
		}
	}
	if doc.legacy() && state.req.LastID == "" {
		state.minID, err = s.newestID(ctx, oid)
	}
	return false, err
}

// settled reads a request whose last id is inserted: if its writer has not come to it, that is done here.
func (s *Store) readConfirmed(ctx context.Context, oid bson.ObjectID) (requestDoc, error) {
	for {
		var doc requestDoc
		if err := s.requests.FindOne(ctx, bson.D{{Key: "_id", Value: oid}}).Decode(&doc); err != nil {
			return doc, translate("request", err)
		}
		if doc.Intent == nil || doc.Intent.ID != doc.LastID || s.test.without == "intent" {
			return doc, nil
		}
		// Nearly always it is there, and to be told so by a refused insert costs a write.
		stored, err := s.isStored(ctx, doc.Intent)
		if stored || err != nil {
			return doc, err
		}
		if err = s.insertBriefing(ctx, doc.Intent); !errors.Is(err, errIDTaken) {
			return doc, err
		}
	}
}

// announce is step (1). moved: the request is not as it was known to be.
func (s *Store) writeIntent(ctx context.Context, oid bson.ObjectID, state *appendState, op *appendOp) (changed bool, err error) {
	next := op.settle(state.req)
	last := max(string(state.req.LastID), state.minID)
	if op.doc == nil || op.doc.ID.Hex() <= last {
		id, _ := objectID(briefing.NextID(s.Now(), last))
		b := op.briefing
		b.Tick = op.tick
		op.doc = newBriefingDoc(oid, id, b)
	}
	next.LastID = briefing.BriefingID(op.doc.ID.Hex())
	filter := s.activeFilter(oid)
	if s.test.without != "last_id" {
		filter = append(filter, lastIDIs(state.req.LastID))
	}
	if op.isRun() {
		if s.test.without != "term" {
			filter = append(filter, bson.E{Key: "owner", Value: op.owner.Instance}, bson.E{Key: "term", Value: op.owner.Term})
		}
		filter = append(filter, bson.E{Key: "last_tick", Value: bson.D{{Key: "$lt", Value: op.tick}}})
	}
	if err := s.at("before update"); err != nil {
		return false, err
	}
	op.attempted = s.test.without != "unsure"
	done, err := s.requests.UpdateOne(ctx, filter, bson.D{{Key: "$set", Value: bson.D{
		{Key: "last_id", Value: op.doc.ID}, {Key: "intent", Value: op.doc}, {Key: "last_tick", Value: next.LastTick},
		{Key: "done", Value: next.Ticks.Done}, {Key: "skipped", Value: next.Ticks.Skipped}, {Key: "missed", Value: next.Ticks.Missed},
	}}}, hintByID())
	if err != nil {
		return false, translate("append", err)
	}
	if done.MatchedCount == 0 {
		return true, nil
	}
	state.req = next
	return false, nil
}

// active is the condition that a request is still active.
func (s *Store) activeFilter(oid bson.ObjectID) bson.D {
	if s.test.without == "active" {
		return bson.D{{Key: "_id", Value: oid}}
	}
	return bson.D{{Key: "_id", Value: oid}, {Key: "is_active", Value: true}}
}

// byItsID has the server find a document by its id, whatever else the condition names.
func hintByID() *options.UpdateOneOptionsBuilder { return options.UpdateOne().SetHint(byID) }

// lastIs is the condition that a request's last id has not moved.
func lastIDIs(id briefing.BriefingID) bson.E {
	if oid, ok := objectID(id); ok {
		return bson.E{Key: "last_id", Value: oid}
	}
	return bson.E{Key: "last_id", Value: nil} // none yet, or no such field
}

// errForeign says that an id was taken by another request's briefing, and that the intent has got another one.
var errIDTaken = errors.New("id is taken")

// insert is step (2), by the writer or by whoever meets its intent. That it has happened before is as good.
func (s *Store) insertBriefing(ctx context.Context, d *briefingDoc) error {
	_, err := s.briefings.InsertOne(ctx, d)
	if err == nil || s.closed.Load() {
		return err
	}
	if !mongo.IsDuplicateKeyError(err) {
		return translate("insert briefing", err)
	}
	mine, err := s.isStored(ctx, d)
	if mine || err != nil {
		return err
	}
	return s.reassignID(ctx, d)
}

// has reports whether a briefing is stored, under its request.
func (s *Store) isStored(ctx context.Context, d *briefingDoc) (bool, error) {
	n, err := s.briefings.CountDocuments(ctx, bson.D{{Key: "_id", Value: d.ID}, {Key: "request_id", Value: d.RequestID}})
	return n > 0, translate("look for briefing", err)
}

// renumber gives the intent of a request another id: a direct writer's briefing of another request has taken the
// first one. The field that is updated must still be the same, so of several who try one succeeds.
func (s *Store) reassignID(ctx context.Context, d *briefingDoc) error {
	id, _ := objectID(briefing.NextID(s.Now(), d.ID.Hex()))
	done, err := s.requests.UpdateOne(ctx,
		bson.D{{Key: "_id", Value: d.RequestID}, {Key: "last_id", Value: d.ID}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "last_id", Value: id}, {Key: "intent._id", Value: id}}}}, hintByID())
	if err != nil {
		return translate("renumber briefing", err)
	}
	if done.MatchedCount == 1 {
		d.ID = id
	}
	s.log.WarnContext(ctx, "briefing id was taken by another request", "request", d.RequestID.Hex())
	return fmt.Errorf("briefing %s: %w", d.ID.Hex(), errIDTaken)
}
