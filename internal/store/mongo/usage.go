package mongo

import (
	"context"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
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
	return s.raiseUsage(ctx, "$inc", briefing.NameKey(username), briefing.UsageDay{Date: date, Usage: u})
}

// raiseUsage updates the usage of a user's day by an operator, $inc or $max.
func (s *Store) raiseUsage(
	ctx context.Context, operator, user string, d briefing.UsageDay,
) error {
	if s.closed.Load() {
		return errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	u := d.Usage
	update := bson.D{{Key: operator, Value: bson.D{{Key: "attempts", Value: u.Attempts},
		{Key: "input_tokens", Value: u.InputTokens}, {Key: "output_tokens", Value: u.OutputTokens}}}}
	if u.Estimated {
		update = append(update, bson.E{Key: "$set", Value: bson.D{{Key: "estimated", Value: true}}})
	}
	err := upsert(func() error {
		_, err := s.usage.UpdateOne(ctx, bson.D{{Key: "name_key", Value: user}, {Key: "date", Value: d.Date}},
			update, options.UpdateOne().SetUpsert(true))
		return err
	})
	return translate("add usage", err)
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
