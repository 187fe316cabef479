package mongo

import (
	"context"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// usageDayDoc is a document of usage_days. Old servers do not know the collection. name_key and
// date are under a unique index.
type usageDayDoc struct {
	NameKey string   `bson:"name_key"`
	Date    string   `bson:"date"`
	Usage   usageDoc `bson:",inline"`
}

// day returns the document as a usage day.
func (d *usageDayDoc) day() briefing.UsageDay {
	return briefing.UsageDay{Date: d.Date, Usage: briefing.Usage(d.Usage)}
}

// AddUsage implements briefing.WordStore.
func (s *Store) AddUsage(ctx context.Context, username, date string, u briefing.Usage) error {
	if err := briefing.CheckUsage(username, date); err != nil || u == (briefing.Usage{}) {
		return err
	}
	if s.closed.Load() {
		return errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	d := briefing.UserUsage{User: briefing.NameKey(username), Day: briefing.UsageDay{Date: date, Usage: u}}
	err := upsert(func() error {
		_, err := s.usage.UpdateOne(ctx, ofDay(d), usageUpdate("$inc", u), options.UpdateOne().SetUpsert(true))
		return err
	})
	return translate("add usage", err)
}

// ofDay matches the document of a user's day.
func ofDay(d briefing.UserUsage) bson.D {
	return bson.D{{Key: "name_key", Value: d.User}, {Key: "date", Value: d.Day.Date}}
}

// usageUpdate is the update of a usage by an operator, $inc or $max.
func usageUpdate(operator string, u briefing.Usage) bson.D {
	update := bson.D{{Key: operator, Value: bson.D{{Key: "attempts", Value: u.Attempts},
		{Key: "input_tokens", Value: u.InputTokens}, {Key: "output_tokens", Value: u.OutputTokens}}}}
	if u.Estimated {
		update = append(update, bson.E{Key: "$set", Value: bson.D{{Key: "estimated", Value: true}}})
	}
	return update
}

// UsageDays implements briefing.WordStore.
func (s *Store) UsageDays(
	ctx context.Context, username, from, to string,
) ([]briefing.UsageDay, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	if !utf8.ValidString(username) || !utf8.ValidString(from) || !utf8.ValidString(to) {
		return nil, nil
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	cur, err := s.usage.Find(ctx, bson.D{{Key: "name_key", Value: briefing.NameKey(username)},
		{Key: "date", Value: bson.D{{Key: "$gte", Value: from}, {Key: "$lte", Value: to}}}},
		options.Find().SetSort(bson.D{{Key: "date", Value: 1}}))
	if err != nil {
		return nil, translate("usage", err)
	}
	var docs []usageDayDoc
	if err := cur.All(ctx, &docs); err != nil {
		return nil, translate("usage", err)
	}
	var list []briefing.UsageDay
	for i := range docs {
		list = append(list, docs[i].day())
	}
	return list, nil
}

// deleteWords deletes the refused texts and the usage of a user.
func (s *Store) deleteWords(ctx context.Context, username string) error {
	of := bson.D{{Key: "name_key", Value: briefing.NameKey(username)}}
	if _, err := s.refused.DeleteMany(ctx, of); err != nil {
		return err
	}
	_, err := s.usage.DeleteMany(ctx, of)
	return err
}

// dayOrder is the order of usage days.
var dayOrder = bson.D{{Key: "name_key", Value: 1}, {Key: "date", Value: 1}}

// UsageAfter implements transfer.Source.
func (s *Store) UsageAfter(
	ctx context.Context, after briefing.UserUsage, limit int,
) ([]briefing.UserUsage, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	cur, err := s.usage.Find(ctx, later(ofDay(after)),
		options.Find().SetSort(dayOrder).SetLimit(int64(limit)))
	if err != nil {
		return nil, translate("usage", err)
	}
	var docs []usageDayDoc
	if err := cur.All(ctx, &docs); err != nil {
		return nil, translate("usage", err)
	}
	list := make([]briefing.UserUsage, len(docs))
	for i := range docs {
		list[i] = briefing.UserUsage{User: docs[i].NameKey, Day: docs[i].day()}
	}
	return list, nil
}

// PutUsage implements transfer.Target, in one round trip.
func (s *Store) PutUsage(
	ctx context.Context, list []briefing.UserUsage,
) (changed int64, err error) {
	if len(list) == 0 {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*callTime)
	defer cancel()
	updates := make([]mongo.WriteModel, len(list))
	for i, d := range list {
		d.User = briefing.NameKey(d.User)
		updates[i] = mongo.NewUpdateOneModel().SetUpsert(true).
			SetFilter(ofDay(d)).SetUpdate(usageUpdate("$max", d.Day.Usage))
	}
	done, err := s.usage.BulkWrite(ctx, updates)
	if err != nil {
		return 0, translate("put usage", err)
	}
	return done.UpsertedCount + done.ModifiedCount, nil
}
