package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// sheetDoc is a document of sheets. Old servers do not know the collection. The first four fields
// are the key, under a unique index.
type sheetDoc struct {
	Style    string    `bson:"style"`
	Provider string    `bson:"provider"`
	Model    string    `bson:"model"`
	Prompt   string    `bson:"prompt_version"`
	Body     []byte    `bson:"body"`
	MadeAt   time.Time `bson:"made_at"`
	Usage    usageDoc  `bson:"usage"`
	Refused  string    `bson:"refused,omitempty"` // a reference
}

// newSheetDoc returns the document of a sheet.
func newSheetDoc(s briefing.StoredSheet) sheetDoc {
	return sheetDoc{
		Style: s.Key.Style, Provider: s.Key.Provider, Model: s.Key.Model, Prompt: s.Key.PromptVersion,
		Body: s.Body, MadeAt: s.MadeAt, Usage: usageDoc(s.Usage), Refused: s.Refused,
	}
}

// sheet returns the document as a sheet.
func (d *sheetDoc) sheet() briefing.StoredSheet {
	return briefing.StoredSheet{
		Key: briefing.SheetKey{
			Style: d.Style, Provider: d.Provider, Model: d.Model, PromptVersion: d.Prompt,
		},
		Body: d.Body, MadeAt: d.MadeAt.UTC(), Usage: briefing.Usage(d.Usage), Refused: d.Refused,
	}
}

// sheetOrder is the order of keys.
var sheetOrder = bson.D{{Key: "style", Value: 1}, {Key: "provider", Value: 1},
	{Key: "model", Value: 1}, {Key: "prompt_version", Value: 1}}

// ofKey matches the sheet of a key.
func ofKey(k briefing.SheetKey) bson.D {
	return bson.D{{Key: "style", Value: k.Style}, {Key: "provider", Value: k.Provider},
		{Key: "model", Value: k.Model}, {Key: "prompt_version", Value: k.PromptVersion}}
}

// afterKey matches the sheets of later keys: a field is later, and those before it are the same.
func afterKey(k briefing.SheetKey) bson.D {
	same := ofKey(k)
	branches := make(bson.A, len(same))
	for i, field := range same {
		later := bson.E{Key: field.Key, Value: bson.D{{Key: "$gt", Value: field.Value}}}
		branches[i] = append(append(bson.D{}, same[:i]...), later)
	}
	return bson.D{{Key: "$or", Value: branches}}
}

// SaveSheet implements briefing.WordStore.
func (s *Store) SaveSheet(ctx context.Context, sheet briefing.StoredSheet) error {
	if err := sheet.Check(); err != nil {
		return err
	}
	if s.closed.Load() {
		return errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	doc := newSheetDoc(sheet.Stored())
	err := upsert(func() error {
		_, err := s.sheets.ReplaceOne(ctx, ofKey(sheet.Key), doc, options.Replace().SetUpsert(true))
		return err
	})
	if err == nil {
		err = s.boundSheets(ctx)
	}
	return translate("save sheet", err)
}

// upsert calls do again if another call has inserted the document at the same time.
func upsert(do func() error) error {
	err := do()
	if mongo.IsDuplicateKeyError(err) {
		err = do()
	}
	return err
}

// boundSheets deletes the oldest sheets while there are too many.
func (s *Store) boundSheets(ctx context.Context) error {
	n, err := s.sheets.CountDocuments(ctx, bson.D{})
	over := n - int64(s.maxSheets)
	if err != nil || over <= 0 {
		return err
	}
	cur, err := s.sheets.Find(ctx, bson.D{}, options.Find().SetLimit(over).SetProjection(idAlone).
		SetSort(append(bson.D{{Key: "made_at", Value: 1}}, sheetOrder...)))
	if err != nil {
		return err
	}
	var oldest []struct {
		ID bson.ObjectID `bson:"_id"`
	}
	if err := cur.All(ctx, &oldest); err != nil {
		return err
	}
	ids := make(bson.A, len(oldest))
	for i, o := range oldest {
		ids[i] = o.ID
	}
	_, err = s.sheets.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}})
	return err
}

// Sheet implements briefing.WordStore.
func (s *Store) Sheet(
	ctx context.Context, k briefing.SheetKey,
) (briefing.StoredSheet, error) {
	if s.closed.Load() {
		return briefing.StoredSheet{}, errClosed
	}
	if !k.Valid() { // no sheet has it, and the database refuses other encodings
		return briefing.StoredSheet{}, briefing.ErrNotFound
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	var doc sheetDoc
	if err := s.sheets.FindOne(ctx, ofKey(k)).Decode(&doc); err != nil {
		return briefing.StoredSheet{}, translate("sheet", err)
	}
	return doc.sheet(), nil
}

// Sheets implements briefing.WordStore. It reads one document more than the limit, to know whether
// there are more.
func (s *Store) Sheets(
	ctx context.Context, after briefing.SheetKey, limit int,
) ([]briefing.StoredSheet, bool, error) {
	if s.closed.Load() {
		return nil, false, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	cur, err := s.sheets.Find(ctx, afterKey(after),
		options.Find().SetSort(sheetOrder).SetLimit(int64(limit)+1))
	if err != nil {
		return nil, false, translate("sheets", err)
	}
	var docs []sheetDoc
	if err := cur.All(ctx, &docs); err != nil {
		return nil, false, translate("sheets", err)
	}
	var list []briefing.StoredSheet
	for i := range docs[:min(len(docs), limit)] {
		list = append(list, docs[i].sheet())
	}
	return list, len(docs) > limit, nil
}
