package mongo

import (
	"context"
	"errors"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// deleteRounds is how often DeleteUser starts again because another process has started a request.
const deleteRounds = 10

// DeleteUser implements briefing.UserStore. Each step may be the last before a crash, and the next
// call continues:
//
//  1. endByID ends an active request, which inserts its intent.
//  2. markDeleted removes last_id and the intent, and stores a mark with the id of the newest
//     briefing. A writer that pauses before its insert finds the id taken and the request changed.
//  3. The briefings are deleted, and then the request.
//  4. The cameras are deleted, unless a request was started on one of them since step 3.
//  5. The refused texts and the usage are deleted.
//  6. The users are updated, so that the feed has the name, and deleted.
//
// sweepDeleted removes what an old server inserts after step 3, while the mark stays.
func (s *Store) DeleteUser(
	ctx context.Context, d briefing.DeleteUser,
) (done briefing.Deleted, err error) {
	if s.closed.Load() {
		return done, errClosed
	}
	if !utf8.ValidString(d.Username) {
		return done, nil // no user has such a name
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	user := briefing.NameKey(d.Username)
	held, err := s.starts.lock(ctx, user)
	if err != nil {
		return done, translate("delete user", err)
	}
	defer s.starts.unlock(user, held, false)
	for round := range deleteRounds {
		if err := s.learnNames(ctx); err != nil { // other processes store other spellings
			return done, translate("delete user", err)
		}
		before := len(done.Requests)
		if err := s.deleteRequests(ctx, d, &done); err != nil {
			return done, translate("delete user", err)
		}
		cameras, err := s.deleteCameras(ctx, d.Username)
		if err != nil {
			return done, translate("delete user", err)
		}
		if err := s.deleteWords(ctx, d.Username); err != nil {
			return done, translate("delete user", err)
		}
		announce := round == 0 || len(done.Requests) > before || cameras > 0
		users, err := s.deleteUsers(ctx, d.Username, announce)
		if err != nil {
			return done, translate("delete user", err)
		}
		if len(done.Requests) == before && cameras == 0 && users == 0 {
			return done, nil // nothing was started or saved since the last round, see confirmUser
		}
	}
	return done, briefing.ErrConflict
}

// deleteRequests deletes the requests of the user, oldest first.
func (s *Store) deleteRequests(
	ctx context.Context, d briefing.DeleteUser, done *briefing.Deleted,
) error {
	for {
		docs, err := s.findRequests(ctx, bson.D{s.nameFilter("username", d.Username)},
			options.Find().SetSort(byID).SetLimit(100).SetProjection(noIntent))
		if err != nil || len(docs) == 0 {
			return err
		}
		for i := range docs {
			n, err := s.deleteRequest(ctx, &docs[i], d)
			done.Briefings += n
			if err != nil {
				return err
			}
			done.Requests = append(done.Requests, briefing.RequestID(docs[i].ID.Hex()))
		}
	}
}

// deleteRequest deletes a request and returns the number of its briefings that were deleted.
func (s *Store) deleteRequest(
	ctx context.Context, doc *requestDoc, d briefing.DeleteUser,
) (briefings int, err error) {
	if doc.Active {
		_, err := s.endByID(ctx, briefing.End{
			ID:     briefing.RequestID(doc.ID.Hex()),
			Reason: briefing.EndedByUser, At: d.At, Skipped: d.Skipped,
		})
		gone := errors.Is(err, briefing.ErrNotFound) || errors.Is(err, briefing.ErrConflict)
		if err != nil && !gone {
			return 0, err
		}
	}
	if err := s.at("ended before its deletion"); err != nil {
		return 0, err
	}
	if until, needed := s.markUntil(doc); needed {
		marked, err := s.markDeleted(ctx, doc.ID, until)
		briefings += marked
		if err != nil {
			return briefings, err
		}
	}
	if err := s.at("marked as deleted"); err != nil {
		return briefings, err
	}
	result, err := s.briefings.DeleteMany(ctx, bson.D{{Key: "request_id", Value: doc.ID}})
	if err != nil {
		return briefings, err
	}
	briefings += int(result.DeletedCount)
	if err := s.at("briefings deleted"); err != nil {
		return briefings, err
	}
	_, err = s.requests.DeleteOne(ctx, bson.D{{Key: "_id", Value: doc.ID}})
	if err != nil {
		return briefings, err
	}
	return briefings, s.at("request deleted")
}

// deleteUsers deletes every user of a name, and returns how many there were. The update before it
// brings the name into the feed, because the event of a deletion has only the id. Its value differs
// each time, because an update that changes nothing has no event.
//
// A name without a user is brought into the feed if announce is set: a document with that field
// alone is inserted, and deleted. It has no username, so nobody finds it as a user. If a crash
// leaves it, sweepDeleted deletes it.
func (s *Store) deleteUsers(ctx context.Context, username string, announce bool) (int64, error) {
	id := bson.NewObjectID()
	mark := bson.E{Key: "deleted_name", Value: id.Hex() + briefing.NameKey(username)}
	filter := bson.D{s.nameFilter("username", username)}
	marked, err := s.users.UpdateMany(ctx, filter, bson.D{{Key: "$set", Value: bson.D{mark}}})
	if err == nil && marked.MatchedCount == 0 && announce {
		_, err = s.users.InsertOne(ctx, bson.D{{Key: "_id", Value: id}, mark})
	}
	if err != nil {
		return 0, err
	}
	if err := s.at("user marked"); err != nil {
		return 0, err
	}
	if marked.MatchedCount == 0 && announce {
		if _, err := s.users.DeleteOne(ctx, bson.D{{Key: "_id", Value: id}}); err != nil {
			return 0, err
		}
	}
	result, err := s.users.DeleteMany(ctx, filter)
	if err != nil {
		return 0, err
	}
	return result.DeletedCount, nil
}
