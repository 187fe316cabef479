package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// Append implements briefing.BriefingStore by the append protocol of the package. An append whose
// answer was lost returns the stored briefing when the same tick is appended again.
func (s *Store) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	return s.runAppend(ctx, a.RequestID, &appendOp{
		briefing: a.Briefing, tick: a.Tick, owner: a.Owner, skipped: a.Skipped,
	})
}

// AddBriefing implements briefing.BriefingStore. It follows the append protocol without an owner
// and settles no tick.
func (s *Store) AddBriefing(ctx context.Context, b briefing.Briefing) (briefing.Briefing, error) {
	return s.runAppend(ctx, b.RequestID, &appendOp{briefing: b})
}

// appendOp is one briefing on its way into the store. It lives for one call.
type appendOp struct {
	briefing briefing.Briefing
	tick     int64          // 0: from outside
	owner    briefing.Owner // zero: from outside
	skipped  int            // as in briefing.Append

	doc       *briefingDoc // the document to store, with its id; nil until the first attempt
	attempted bool         // writeIntent was sent with doc, so doc may be stored
	carried   bool         // doc is of an earlier call without an answer
}

// isRun reports whether the briefing is the result of a tick. Only then is there an owner to check.
func (op *appendOp) isRun() bool { return op.tick != 0 }

// settled returns the request with the counts and the last tick as the append leaves them. The
// document decides what is unchanged, because it may be of an earlier call.
func (op *appendOp) settled(r briefing.Request) briefing.Request {
	if op.isRun() {
		r.Ticks, r.LastTick = r.Stored(op.tick, op.skipped, op.doc.Unchanged), op.tick
	}
	return r
}

// refusal returns why the request refuses the briefing, or nil if it accepts it. The conditions are
// those of writeIntent's filter, so that a refusal needs no write.
func (op *appendOp) refusal(r briefing.Request) error {
	switch {
	case !r.Active:
		return briefing.ErrConflict
	case op.isRun() && r.Owner != op.owner:
		return briefing.ErrNotOwner
	case op.isRun() && (op.tick <= r.LastTick || r.PastEnd(op.tick)):
		return briefing.ErrConflict
	}
	return nil
}

// runAppend performs op under the request's lock in this process. It carries a briefing of unknown
// outcome from one call to the next: if the same tick is appended again, its document is used
// again, so the tick cannot be stored under two ids.
func (s *Store) runAppend(
	ctx context.Context, id briefing.RequestID, op *appendOp,
) (briefing.Briefing, error) {
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
	repeated := state.unconfirmed != nil && state.unconfirmed.Tick == op.tick && state.req.Owner == op.owner
	if op.isRun() && repeated {
		op.doc, op.attempted, op.carried = state.unconfirmed, true, true
	}
	if op.isRun() { // a briefing from outside says nothing about the tick
		state.unconfirmed = nil
	}
	err = s.appendTo(ctx, oid, state, op)
	if op.isRun() {
		state.owned = err == nil || op.attempted && !isRefusal(err)
	}
	if err != nil {
		state.current = false
		if op.isRun() && op.attempted && !isRefusal(err) {
			state.unconfirmed = op.doc
		}
		return briefing.Briefing{}, translate("append", err)
	}
	return op.doc.briefing(s.cfg.Zone), nil
}

// isRefusal reports whether err is the store's decision against a write. After any other error the
// write may have happened.
func isRefusal(err error) bool {
	return errors.Is(err, briefing.ErrConflict) || errors.Is(err, briefing.ErrNotOwner) ||
		errors.Is(err, briefing.ErrNotFound)
}

// appendTo repeats the steps of the protocol until the briefing is stored or refused. Each round
// that finds the request changed by another writer starts with fresh state. The caller holds the
// request's lock.
func (s *Store) appendTo(
	ctx context.Context, oid bson.ObjectID, state *appendState, op *appendOp,
) error {
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
			state.current = false // the refusal may rest on old state
			continue
		}
		changed, err := s.writeIntent(ctx, oid, state, op)
		if err != nil {
			return err
		}
		if changed {
			state.current = false
			if !op.carried { // doc is not stored, and another process may have stored its id
				op.doc, op.attempted = nil, false
			}
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

// refresh reads the request into state, with its last id confirmed. It reports whether op's own
// document is stored already, by an earlier attempt without an answer.
func (s *Store) refresh(
	ctx context.Context, oid bson.ObjectID, state *appendState, op *appendOp,
) (stored bool, err error) {
	doc, err := s.readConfirmed(ctx, oid)
	if err != nil {
		return false, err
	}
	state.req, state.current, state.minID = doc.request(s.cfg.Zone), true, ""
	if op.doc != nil {
		if stored, err = s.isStored(ctx, op.doc); stored || err != nil {
			return stored, err
		}
		if stored, err = s.findRenumbered(ctx, op.doc); stored || err != nil {
			return stored, err
		}
	}
	if doc.legacy() && state.req.LastID == "" { // an old writer's briefings are in no last_id
		state.minID, err = s.newestID(ctx, oid)
	}
	return false, err
}

// readConfirmed reads a request and returns it with its last id confirmed. If the insert of the
// intent is missing, readConfirmed makes it. An intent whose id was reassigned meanwhile is read
// again.
func (s *Store) readConfirmed(ctx context.Context, oid bson.ObjectID) (requestDoc, error) {
	for {
		var doc requestDoc
		if err := s.requests.FindOne(ctx, bson.D{{Key: "_id", Value: oid}}).Decode(&doc); err != nil {
			return doc, translate("request", err)
		}
		if doc.Intent == nil || doc.Intent.ID != doc.LastID || s.test.without == "intent" {
			return doc, nil
		}
		// Nearly always the intent is inserted already, and a read is cheaper than a refused
		// insert.
		stored, err := s.isStored(ctx, doc.Intent)
		if stored || err != nil {
			return doc, err
		}
		if err = s.insertBriefing(ctx, doc.Intent); !errors.Is(err, errIDTaken) {
			return doc, err
		}
	}
}

// writeIntent is step 2 of the protocol. It gives op a document, with an id after every earlier
// one, and stores that document in the request. changed reports that the request did not match the
// filter: another process has written it, and state is out of date. On success state holds the new
// request.
func (s *Store) writeIntent(
	ctx context.Context, oid bson.ObjectID, state *appendState, op *appendOp,
) (changed bool, err error) {
	// The document is made again if its id no longer follows the last one. Until then it keeps its
	// id over all attempts, so that isStored recognizes it.
	last := max(string(state.req.LastID), state.minID)
	if op.doc == nil || op.doc.ID.Hex() <= last {
		id, _ := objectID(briefing.NextID(s.Now(), last))
		b := op.briefing
		b.Tick = op.tick
		op.doc = newBriefingDoc(oid, id, b)
	}
	next := op.settled(state.req)
	next.LastID = briefing.BriefingID(op.doc.ID.Hex())
	filter := s.activeFilter(oid)
	if s.test.without != "last_id" {
		filter = append(filter, lastIDIs(state.req.LastID))
	}
	if op.isRun() {
		if s.test.without != "term" {
			filter = append(filter, bson.E{Key: "owner", Value: op.owner.Instance},
				bson.E{Key: "term", Value: op.owner.Term})
		}
		filter = append(filter, bson.E{Key: "last_tick", Value: bson.D{{Key: "$lt", Value: op.tick}}})
		if s.test.without != "ends_at" {
			filter = append(filter, notPastEnd(state.req.TickAt(op.tick)))
		}
	}
	if err := s.at("before update"); err != nil {
		return false, err
	}
	op.attempted = s.test.without != "unsure" // from here on the answer may be lost
	update := bson.D{{Key: "$set", Value: bson.D{
		{Key: "last_id", Value: op.doc.ID}, {Key: "intent", Value: op.doc},
		{Key: "last_tick", Value: next.LastTick}, {Key: "done", Value: next.Ticks.Done},
		{Key: "skipped", Value: next.Ticks.Skipped}, {Key: "missed", Value: next.Ticks.Missed},
		{Key: "unchanged", Value: next.Ticks.Unchanged},
	}}}
	if at := *op.doc.At; odd(state.req, at, s.Now()) {
		update = append(update, widen(at, at)...)
	}
	done, err := s.requests.UpdateOne(ctx, filter, update, hintByID())
	if err != nil {
		return false, translate("append", err)
	}
	if done.MatchedCount == 0 {
		return true, nil
	}
	state.req = next
	return false, nil
}

// activeFilter matches the request only while it is active.
func (s *Store) activeFilter(oid bson.ObjectID) bson.D {
	if s.test.without == "active" {
		return bson.D{{Key: "_id", Value: oid}}
	}
	return bson.D{{Key: "_id", Value: oid}, {Key: "is_active", Value: true}}
}

// hintByID makes the server find the document by its id. Without the hint it may choose the index
// over is_active and owner, and read many documents.
func hintByID() *options.UpdateOneOptionsBuilder { return options.UpdateOne().SetHint(byID) }

// lastIDIs matches a request whose last id is still id. An empty id matches a null or missing
// field.
func lastIDIs(id briefing.BriefingID) bson.E {
	if oid, ok := objectID(id); ok {
		return bson.E{Key: "last_id", Value: oid}
	}
	return bson.E{Key: "last_id", Value: nil}
}

// notPastEnd matches a request that does not end before a tick. Documents of old servers have no
// end: refusal checks those, and a move stores one.
func notPastEnd(tick time.Time) bson.E {
	return bson.E{Key: "ends_at", Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$lt", Value: tick}}}}}
}
