package mongo

import (
	"context"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// frame returns the picture of a document.
func (d *frameRecord) frame() briefing.StoredFrame {
	return briefing.StoredFrame{
		Frame:    briefing.Frame{ID: d.ID, Width: d.Width, Height: d.Height, At: d.At.UTC()},
		CameraID: briefing.CameraID(d.Camera), Username: d.Username,
		RequestID: briefing.RequestID(d.Request), Kind: briefing.FrameKind(d.Kind),
		Until: d.Until.UTC(), View: d.View, JPEG: d.JPEG,
	}
}

// StoredFrame implements briefing.FrameStore.
func (f *Frames) StoredFrame(ctx context.Context, id string) (briefing.StoredFrame, error) {
	if !briefing.ValidFrameID(id) { // the database refuses other encodings
		if f.closed.Load() {
			return briefing.StoredFrame{}, errClosed
		}
		return briefing.StoredFrame{}, briefing.ErrNotFound
	}
	return f.one(ctx, bson.D{{Key: "_id", Value: id}, {Key: "kind", Value: notPushed}})
}

// PushedFrame implements briefing.FrameStore.
func (f *Frames) PushedFrame(
	ctx context.Context, camera briefing.CameraID,
) (briefing.StoredFrame, error) {
	if !utf8.ValidString(string(camera)) {
		return briefing.StoredFrame{}, briefing.ErrNotFound
	}
	return f.one(ctx, bson.D{{Key: "camera", Value: string(camera)},
		{Key: "kind", Value: string(briefing.FramePushed)}})
}

// one returns the newest picture that matches a filter. While a picture is replaced, there are two.
func (f *Frames) one(ctx context.Context, filter bson.D) (briefing.StoredFrame, error) {
	ctx, cancel, err := f.begin(ctx)
	if err != nil {
		return briefing.StoredFrame{}, err
	}
	defer cancel()
	var doc frameRecord
	err = f.frames.FindOne(ctx, f.present(filter),
		options.FindOne().SetSort(bson.D{{Key: "at", Value: -1}})).Decode(&doc)
	return doc.frame(), translate("frame", err)
}

// present is a filter for pictures whose Until has not passed. The database deletes them late.
func (f *Frames) present(filter bson.D) bson.D {
	return append(filter, bson.E{Key: "until", Value: bson.D{{Key: "$gt", Value: f.now().UTC()}}})
}

// FrameSizes implements briefing.FrameStore.
func (f *Frames) FrameSizes(
	ctx context.Context, ids []string,
) (map[string]briefing.Frame, error) {
	ctx, cancel, err := f.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	found := make(map[string]briefing.Frame, len(ids))
	if ids = valid(ids); len(ids) == 0 {
		return found, nil
	}
	cur, err := f.frames.Find(ctx, f.present(bson.D{
		{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}, {Key: "kind", Value: notPushed},
	}), options.Find().SetProjection(withoutJPEG))
	if err != nil {
		return nil, translate("frames", err)
	}
	var docs []frameRecord
	if err := cur.All(ctx, &docs); err != nil {
		return nil, translate("frames", err)
	}
	for i := range docs {
		found[docs[i].ID] = docs[i].frame().Frame
	}
	return found, nil
}

var withoutJPEG = bson.D{{Key: "jpeg", Value: 0}}

// LastFrames implements briefing.FrameStore.
func (f *Frames) LastFrames(
	ctx context.Context, cameras []briefing.CameraID,
) (map[briefing.CameraID]briefing.Frame, error) {
	ctx, cancel, err := f.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	found := make(map[briefing.CameraID]briefing.Frame, len(cameras))
	ids := bson.A{}
	for _, c := range cameras {
		if briefing.ValidID(string(c)) {
			ids = append(ids, string(c))
		}
	}
	if len(ids) == 0 {
		return found, nil
	}
	// The index has the order, so each group's first document is the newest.
	first := func(field string) bson.D { return bson.D{{Key: "$first", Value: "$" + field}} }
	cur, err := f.frames.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: f.present(bson.D{
			{Key: "camera", Value: bson.D{{Key: "$in", Value: ids}}}, {Key: "kind", Value: notPushed},
		})}},
		{{Key: "$project", Value: withoutJPEG}},
		{{Key: "$sort", Value: bson.D{{Key: "camera", Value: 1}, {Key: "at", Value: -1}}}},
		{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$camera"}, {Key: "frame", Value: first("_id")},
			{Key: "at", Value: first("at")}, {Key: "width", Value: first("width")},
			{Key: "height", Value: first("height")}}}},
	})
	if err != nil {
		return nil, translate("last frames", err)
	}
	var rows []lastDoc
	if err := cur.All(ctx, &rows); err != nil {
		return nil, translate("last frames", err)
	}
	for _, r := range rows {
		found[briefing.CameraID(r.Camera)] = briefing.Frame{
			ID: r.Frame, Width: r.Width, Height: r.Height, At: r.At.UTC(),
		}
	}
	return found, nil
}

// lastDoc is a result of LastFrames.
type lastDoc struct {
	Camera string    `bson:"_id"`
	Frame  string    `bson:"frame"`
	At     time.Time `bson:"at"`
	Width  int       `bson:"width"`
	Height int       `bson:"height"`
}

// FrameCameras implements briefing.FrameStore.
func (f *Frames) FrameCameras(ctx context.Context) ([]briefing.CameraID, error) {
	ctx, cancel, err := f.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	var cameras []briefing.CameraID
	err = f.frames.Distinct(ctx, "camera", bson.D{}).Decode(&cameras)
	return cameras, translate("cameras of frames", err)
}

// validUTF8 reports whether a document may have what selects pictures.
func validUTF8(of briefing.FramesOf) bool {
	return utf8.ValidString(of.Username) && utf8.ValidString(string(of.CameraID))
}
