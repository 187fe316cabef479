package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// byID orders by id, oldest first. The first of several users with one name, in any spelling, is
// the user.
var byID = bson.D{{Key: "_id", Value: 1}}

// EnsureUser implements briefing.UserStore. The unique index over name_key lets one of several
// simultaneous calls create the user; the others then read it.
func (s *Store) EnsureUser(
	ctx context.Context, username string, custom []string,
) (briefing.User, bool, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	for {
		u, err := s.user(ctx, username)
		if !errors.Is(err, briefing.ErrNotFound) {
			return u, false, err
		}
		id, _ := objectID(briefing.NewID(s.Now()))
		doc := userDoc{
			ID: id, Username: username, Custom: append([]string{}, custom...),
			NameKey: briefing.NameKey(username),
		}
		_, err = s.users.InsertOne(ctx, doc)
		if err == nil {
			s.spellings.learn(username)
			return doc.user(), true, nil
		}
		if mongo.IsDuplicateKeyError(err) { // another call was first
			err = s.learnHolder(ctx, s.users, bson.D{{Key: "name_key", Value: doc.NameKey}})
		}
		if err != nil {
			return briefing.User{}, false, translate("make user", err)
		}
	}
}

// User implements briefing.UserStore.
func (s *Store) User(ctx context.Context, username string) (briefing.User, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	return s.user(ctx, username)
}

// user reads the user of a name in any spelling, within ctx.
func (s *Store) user(ctx context.Context, username string) (briefing.User, error) {
	var doc userDoc
	err := s.users.FindOne(ctx, bson.D{s.nameFilter("username", username)},
		options.FindOne().SetSort(byID)).Decode(&doc)
	if err != nil {
		return briefing.User{}, translate("user", err)
	}
	return doc.user(), nil
}

// SetCustom implements briefing.UserStore.
func (s *Store) SetCustom(
	ctx context.Context, username string, custom []string,
) (briefing.User, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	set := bson.D{{Key: "$set", Value: bson.D{{Key: "custom", Value: append([]string{}, custom...)}}}}
	var doc userDoc
	err := s.users.FindOneAndUpdate(ctx, bson.D{s.nameFilter("username", username)}, set,
		options.FindOneAndUpdate().SetSort(byID).SetReturnDocument(options.After)).Decode(&doc)
	if err != nil {
		return briefing.User{}, translate("set custom", err)
	}
	return doc.user(), nil
}

// MarkSeen implements briefing.UserStore.
func (s *Store) MarkSeen(
	ctx context.Context, username string, at time.Time,
) (briefing.User, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	seen := at.UTC().Truncate(time.Millisecond)
	var doc userDoc
	err := s.users.FindOneAndUpdate(ctx, bson.D{s.nameFilter("username", username)},
		bson.D{{Key: "$max", Value: bson.D{{Key: "seen_at", Value: seen}}}},
		options.FindOneAndUpdate().SetSort(byID).SetReturnDocument(options.After)).Decode(&doc)
	if err != nil {
		return briefing.User{}, translate("mark seen", err)
	}
	return doc.user(), nil
}

// startUser returns the user that a start names, and stores it if the start asks for that. There is
// no transaction, so a user that was stored stays even if the start fails afterwards.
func (s *Store) startUser(ctx context.Context, start briefing.Start) (briefing.User, error) {
	if start.User == briefing.KnownUser {
		return s.user(ctx, start.Request.Username)
	}
	u, _, err := s.EnsureUser(ctx, start.Request.Username, briefing.DefaultCustom())
	return u, err
}
