package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// ensureIndexes creates the indexes that are missing. The unique ones are over new fields, which
// old documents lack. A unique index over the old fields could not be built, because old data may
// have a name twice, or two active requests of a user.
func (s *Store) ensureIndexes(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, indexTime)
	defer cancel()
	for _, of := range []struct {
		collection *mongo.Collection
		indexes    []mongo.IndexModel
	}{
		// Look-ups go by username. name_key, which old users lack, makes a name unique.
		{s.users, []mongo.IndexModel{
			index("username", bson.D{{Key: "username", Value: 1}, {Key: "_id", Value: 1}}),
			unique("name_key", bson.D{{Key: "name_key", Value: 1}}),
		}},
		// A deletion of a user goes by the name, and everything else by the user's id. slot bounds
		// the number of a user's cameras.
		{s.cameras, []mongo.IndexModel{
			index("of_name", bson.D{{Key: "name_key", Value: 1}}),
			numbered("slot", bson.D{{Key: "owner", Value: 1}, {Key: "slot", Value: 1}}),
		}},
		// by_user serves look-ups of a user's requests, newest first; by_end the claims and Due.
		// active_user allows one active request of a user and camera, and key one request for each
		// key.
		{s.requests, []mongo.IndexModel{
			index("by_user", bson.D{{Key: "username", Value: 1}, {Key: "_id", Value: -1}}),
			index("by_end", bson.D{{Key: "is_active", Value: 1}, {Key: "owner", Value: 1}, {Key: "ends_at", Value: 1}}),
			unique("active_user", bson.D{{Key: "active_user", Value: 1}}),
			unique("key", bson.D{{Key: "username", Value: 1}, {Key: "key", Value: 1}}),
		}},
		// Pages of a request's briefings, in the order of ids, and of a day, in the order of times.
		{s.briefings, []mongo.IndexModel{
			sparse("deleted", bson.D{{Key: "deleted_at", Value: 1}}),
			index("by_time", bson.D{{Key: "request_id", Value: 1}, {Key: "at", Value: 1}, {Key: "_id", Value: 1}}),
			index("by_request", bson.D{{Key: "request_id", Value: 1}, {Key: "_id", Value: 1}}),
		}},
		// What models wrote. made finds the oldest sheets, and the database deletes expired texts.
		{s.sheets, []mongo.IndexModel{
			key("by_key", sheetOrder), index("made", bson.D{{Key: "made_at", Value: 1}}),
		}},
		{s.refused, []mongo.IndexModel{
			index("of_user", bson.D{{Key: "name_key", Value: 1}}), expiring("until"),
		}},
		{s.usage, []mongo.IndexModel{
			key("by_day", bson.D{{Key: "name_key", Value: 1}, {Key: "date", Value: 1}}),
		}},
	} {
		if _, err := of.collection.Indexes().CreateMany(ctx, of.indexes); err != nil {
			return fmt.Errorf("make the indexes of %s: %w", of.collection.Name(), translate("create indexes", err))
		}
	}
	return nil
}

// index is an index over keys. The prefix of its name distinguishes it from indexes of other
// programs.
func index(name string, keys bson.D) mongo.IndexModel {
	return mongo.IndexModel{Keys: keys, Options: options.Index().SetName("bis_" + name)}
}

// key is a unique index over fields that every document of a collection has.
func key(name string, keys bson.D) mongo.IndexModel {
	return mongo.IndexModel{Keys: keys, Options: options.Index().SetName("bis_" + name).SetUnique(true)}
}

// expiring is an index over a time. The database deletes a document after that time.
func expiring(field string) mongo.IndexModel {
	return mongo.IndexModel{Keys: bson.D{{Key: field, Value: 1}},
		Options: options.Index().SetName("bis_ttl").SetExpireAfterSeconds(0)}
}

// sparse is an index over the documents that have a field.
func sparse(name string, keys bson.D) mongo.IndexModel {
	return mongo.IndexModel{Keys: keys, Options: options.Index().SetName("bis_" + name).SetSparse(true)}
}

// numbered is a unique index over the documents whose last field of keys is a number.
func numbered(name string, keys bson.D) mongo.IndexModel {
	return uniqueOf("number", name, keys)
}

// unique is a unique index over the documents whose last field of keys is a string.
func unique(name string, keys bson.D) mongo.IndexModel { return uniqueOf("string", name, keys) }

// uniqueOf is a unique index over the documents whose last field of keys has a type.
func uniqueOf(kind, name string, keys bson.D) mongo.IndexModel {
	last := keys[len(keys)-1].Key
	present := bson.D{{Key: last, Value: bson.D{{Key: "$type", Value: kind}}}}
	return mongo.IndexModel{Keys: keys, Options: options.Index().SetName("bis_" + name).SetUnique(true).
		SetPartialFilterExpression(present)}
}
