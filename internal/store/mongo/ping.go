package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// Further error codes of the server, which notReady explains. The MongoDB names follow in comments.
const (
	codeNotAllowed = 13    // Unauthorized
	codeNoPrimary  = 10107 // NotWritablePrimary
	codeOverQuota  = 8000  // AtlasError, such as a full quota
	codeNoSpace    = 14031 // OutOfDiskSpace
)

// abortTime bounds the abort of a probe's transaction.
const abortTime = 500 * time.Millisecond

// Ping implements briefing.Store. It renews the lease, which is a write that a majority of the
// replica set has in its journals. Then it reads each collection and writes to each in a
// transaction that it aborts, so neither the feed nor any reader sees those writes.
func (s *Store) Ping(ctx context.Context) error {
	if s.closed.Load() {
		return errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	if err := s.lease.renew(ctx); err != nil {
		return notReady("instances", "written", err)
	}
	collections := []*mongo.Collection{s.users, s.cameras, s.requests, s.briefings}
	for _, c := range collections {
		err := c.FindOne(ctx, bson.D{}, options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
		if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
			return notReady(c.Name(), "read", err)
		}
	}
	session, err := s.calls.StartSession()
	if err != nil {
		return notReady("users", "written", err)
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
		defer cancel()
		session.EndSession(ending) // aborts the transaction; without it the server does
	}()
	if err := session.StartTransaction(); err != nil {
		return notReady("users", "written", err)
	}
	probing := mongo.NewSessionContext(ctx, session)
	for _, c := range collections {
		if err := probeWrite(probing, c); err != nil {
			return notReady(c.Name(), "written", err)
		}
	}
	return nil
}

// probeWrite inserts and updates a document, as the store does. It leaves out the fields that have
// unique indexes.
func probeWrite(ctx context.Context, c *mongo.Collection) error {
	probe := bson.D{{Key: "_id", Value: bson.NewObjectID()}}
	if _, err := c.InsertOne(ctx, probe); err != nil {
		return err
	}
	_, err := c.UpdateOne(ctx, probe, bson.D{{Key: "$set", Value: bson.D{{Key: "probe", Value: true}}}})
	return err
}

// notReady is the error of a probe: it states in plain words which action fails, and why. The
// driver's text names hosts, so it goes to the log alone.
func notReady(collection, operation string, err error) error {
	reason := "see the log"
	switch {
	case hasCode(err, codeNotAllowed):
		reason = "the user has no right to; it needs the role readWrite"
	case hasCode(err, codeNoSpace, codeOverQuota):
		reason = "the disk or the quota is full"
	case hasCode(err, codeNoPrimary, 13435, 13436, 189, 11602):
		reason = "the replica set has no primary"
	case isTransient(err):
		reason = "the database does not answer, or has no primary"
	}
	return &briefing.NotReadyError{
		What: fmt.Sprintf("collection %s cannot be %s: %s", collection, operation, reason),
		Err:  translate("ping", err),
	}
}
