package mongo

import (
	"context"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// refusedDoc is a document of refused. Old servers do not know the collection. The database deletes
// a document within minutes after Until.
type refusedDoc struct {
	Ref     string           `bson:"_id"`
	NameKey string           `bson:"name_key"`
	Until   time.Time        `bson:"until"`
	Texts   []refusedTextDoc `bson:"texts"`
}

// refusedTextDoc is a briefing.RefusedText.
type refusedTextDoc struct {
	Key  string `bson:"key"`
	Text string `bson:"text"`
	Rule string `bson:"rule"`
}

// SaveRefused implements briefing.WordStore.
func (s *Store) SaveRefused(ctx context.Context, r briefing.Refused) error {
	if err := r.Check(); err != nil {
		return err
	}
	if s.closed.Load() {
		return errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	r = r.Stored()
	doc := refusedDoc{
		Ref: r.Ref, NameKey: briefing.NameKey(r.Username), Until: r.Until(), Texts: []refusedTextDoc{},
	}
	for _, t := range r.Texts {
		doc.Texts = append(doc.Texts, refusedTextDoc(t))
	}
	err := upsert(func() error {
		_, err := s.refused.ReplaceOne(ctx, bson.D{{Key: "_id", Value: r.Ref}}, doc,
			options.Replace().SetUpsert(true))
		return err
	})
	return translate("save refused texts", err)
}

// Refused implements briefing.WordStore, in one round trip.
func (s *Store) Refused(
	ctx context.Context, refs []string,
) (map[string][]briefing.RefusedText, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	ids := bson.A{}
	for _, ref := range refs {
		if utf8.ValidString(ref) { // the database refuses other encodings
			ids = append(ids, ref)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	cur, err := s.refused.Find(ctx, bson.D{
		{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}},
		{Key: "until", Value: bson.D{{Key: "$gt", Value: s.Now().UTC()}}},
	})
	if err != nil {
		return nil, translate("refused texts", err)
	}
	var docs []refusedDoc
	if err := cur.All(ctx, &docs); err != nil {
		return nil, translate("refused texts", err)
	}
	all := make(map[string][]briefing.RefusedText, len(docs))
	for _, d := range docs {
		for _, t := range d.Texts {
			all[d.Ref] = append(all[d.Ref], briefing.RefusedText(t))
		}
	}
	return all, nil
}

// sweepRefused deletes the refused texts that have expired at a time.
func (s *Store) sweepRefused(ctx context.Context, now time.Time) error {
	ctx, cancel := s.call(ctx)
	defer cancel()
	_, err := s.refused.DeleteMany(ctx,
		bson.D{{Key: "until", Value: bson.D{{Key: "$lte", Value: now.UTC()}}}})
	return err
}
