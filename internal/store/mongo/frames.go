package mongo

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"bis/internal/briefing"
)

// Frames is a briefing.FrameStore in the collection frames of a Store's database. It uses the
// clients of the Store. It is safe for concurrent use.
type Frames struct {
	store  *Store
	frames *mongo.Collection
	most   int64            // bytes of all pictures
	now    func() time.Time // the database's clock

	closed atomic.Bool

	mu       sync.Mutex // guards the fields below
	bytes    int64      // of all pictures at the last count, and of those that were saved since
	counted  time.Time  // zero: never
	counting bool       // a save counts
	since    int64      // bytes that were saved since it began to count
}

var _ briefing.FrameStore = (*Frames)(nil)

// countEvery is how often the bytes of all pictures are counted, because other processes save some.
const countEvery = time.Minute

// frameRecord is a document of frames. No other program knows the collection.
type frameRecord struct {
	ID       string    `bson:"_id"`
	Camera   string    `bson:"camera"`
	NameKey  string    `bson:"name_key"`
	Username string    `bson:"username"`
	Request  string    `bson:"request"`
	Kind     string    `bson:"kind"`
	At       time.Time `bson:"at"`
	Until    time.Time `bson:"until"`
	Width    int       `bson:"width"`
	Height   int       `bson:"height"`
	Bytes    int64     `bson:"bytes"`
	View     string    `bson:"view"`
	JPEG     []byte    `bson:"jpeg"`
}

// FramesConfig says how pictures are stored.
type FramesConfig struct {
	MaxBytes int64            // of all pictures; zero: 1 GiB
	Clock    func() time.Time // nil: the database's clock
}

// Frames returns the pictures of the store's database and creates their indexes. The store must
// stay open while they are used.
func (s *Store) Frames(ctx context.Context, cfg FramesConfig) (*Frames, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	// A primary's answer suffices: the next picture follows one that a fail-over loses. The server
	// reads what it has acknowledged, so a deleted picture is gone at once.
	journal := false
	f := &Frames{
		store: s, most: cmp.Or(cfg.MaxBytes, 1<<30), now: cfg.Clock,
		frames: s.calls.Database(s.cfg.Database).Collection("frames", options.Collection().
			SetReadConcern(readconcern.Local()).
			SetWriteConcern(&writeconcern.WriteConcern{W: 1, Journal: &journal})),
	}
	if f.now == nil {
		f.now = s.Now
	}
	ctx, cancel := context.WithTimeout(ctx, indexTime)
	defer cancel()
	_, err := f.frames.Indexes().CreateMany(ctx, []mongo.IndexModel{
		index("of_camera", bson.D{{Key: "camera", Value: 1}, {Key: "at", Value: -1}}),
		index("of_user", bson.D{{Key: "name_key", Value: 1}}),
		index("by_time", bson.D{{Key: "at", Value: 1}, {Key: "bytes", Value: 1}}),
		expiring("until"),
	})
	return f, translate("make the indexes of frames", err)
}

// begin bounds the time of a call.
func (f *Frames) begin(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if f.closed.Load() || f.store.closed.Load() {
		return nil, nil, errClosed
	}
	ctx, cancel := f.store.call(ctx)
	return ctx, cancel, nil
}

// SaveFrame implements briefing.FrameStore. It first inserts the picture and then deletes what is
// older, and itself if a newer one is there: so of simultaneous saves the newest stays.
func (f *Frames) SaveFrame(ctx context.Context, s briefing.StoredFrame) error {
	if err := s.Check(); err != nil {
		return err
	}
	ctx, cancel, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	return translate("save frame", f.save(ctx, s.Stored()))
}

func (f *Frames) save(ctx context.Context, s briefing.StoredFrame) error {
	_, err := f.frames.InsertOne(ctx, frameRecord{
		ID: s.ID, Camera: string(s.CameraID), NameKey: briefing.NameKey(s.Username),
		Username: s.Username, Request: string(s.RequestID), Kind: string(s.Kind), At: s.At,
		Until: s.Until, Width: s.Width, Height: s.Height, Bytes: int64(len(s.JPEG)), View: s.View,
		JPEG: s.JPEG,
	})
	if err != nil {
		return err
	}
	if err := f.replace(ctx, s); err != nil {
		return err
	}
	return f.bound(ctx, int64(len(s.JPEG)))
}

// replace deletes the pictures that a saved one replaces, or the saved one.
func (f *Frames) replace(ctx context.Context, s briefing.StoredFrame) error {
	replaced, others := briefing.FrameLast, bson.E{Key: "kind", Value: notPushed}
	if s.Kind == briefing.FramePushed {
		replaced, others = briefing.FramePushed, bson.E{Key: "kind", Value: briefing.FramePushed}
	}
	camera := bson.E{Key: "camera", Value: string(s.CameraID)}
	if s.Kind != briefing.FrameChanged {
		newer := bson.D{camera, {Key: "at", Value: bson.D{{Key: "$gt", Value: s.At}}}, others}
		switch err := f.frames.FindOne(ctx, newer, options.FindOne().SetProjection(idAlone)).Err(); {
		case err == nil:
			_, err = f.frames.DeleteOne(ctx, bson.D{{Key: "_id", Value: s.ID}})
			return err
		case err != mongo.ErrNoDocuments:
			return err
		}
	}
	_, err := f.frames.DeleteMany(ctx, bson.D{camera,
		{Key: "kind", Value: string(replaced)},
		{Key: "at", Value: bson.D{{Key: "$lte", Value: s.At}}},
		{Key: "_id", Value: bson.D{{Key: "$ne", Value: s.ID}}},
	})
	return err
}

var (
	notPushed = bson.D{{Key: "$ne", Value: string(briefing.FramePushed)}}
	idAlone   = bson.D{{Key: "_id", Value: 1}}
)

// bound deletes the oldest pictures while all have more bytes than they may have. The bytes are
// counted once a minute, and when this process believes that there are too many. One save counts
// for all that are stored meanwhile, and counts again if these are too many.
func (f *Frames) bound(ctx context.Context, saved int64) error {
	f.mu.Lock()
	f.bytes += saved
	f.since += saved
	due := f.counted.IsZero() || f.now().Sub(f.counted).Abs() >= countEvery || f.bytes > f.most
	if !due || f.counting {
		f.mu.Unlock()
		return nil
	}
	f.counting, f.since = true, 0
	f.mu.Unlock()
	for {
		bytes, err := f.count(ctx)
		if err == nil {
			bytes, err = f.evict(ctx, bytes)
		}
		if again := f.enter(bytes, err); !again {
			return err
		}
	}
}

// enter notes the result of a count, and reports whether another one must follow.
func (f *Frames) enter(bytes int64, err error) (again bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.counting, f.counted = false, time.Time{} // the next save counts
		return false
	}
	f.bytes, f.counted, f.since = bytes+f.since, f.now(), 0
	f.counting = f.bytes > f.most
	return f.counting
}

// count returns the bytes of all pictures. The index has all that the count reads.
func (f *Frames) count(ctx context.Context) (int64, error) {
	cur, err := f.frames.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "at", Value: bson.D{{Key: "$gt", Value: time.Unix(0, 0)}}}}}},
		{{Key: "$group", Value: bson.D{{Key: "_id", Value: nil},
			{Key: "bytes", Value: bson.D{{Key: "$sum", Value: "$bytes"}}}}}},
	}, options.Aggregate().SetHint("bis_by_time"))
	if err != nil {
		return 0, err
	}
	var sums []struct {
		Bytes int64 `bson:"bytes"`
	}
	if err := cur.All(ctx, &sums); err != nil || len(sums) == 0 {
		return 0, err
	}
	return sums[0].Bytes, nil
}

// evictLen is how many pictures evict deletes at once.
const evictLen = 100

// evict deletes the oldest pictures, and returns the bytes of the rest.
func (f *Frames) evict(ctx context.Context, bytes int64) (int64, error) {
	for bytes > f.most {
		cur, err := f.frames.Find(ctx, bson.D{}, options.Find().SetLimit(evictLen).
			SetSort(bson.D{{Key: "at", Value: 1}, {Key: "bytes", Value: 1}}).
			SetProjection(bson.D{{Key: "bytes", Value: 1}}))
		if err != nil {
			return 0, err
		}
		var oldest []frameRecord
		if err := cur.All(ctx, &oldest); err != nil || len(oldest) == 0 {
			return 0, err
		}
		var ids bson.A
		for _, o := range oldest {
			if bytes <= f.most {
				break
			}
			ids, bytes = append(ids, o.ID), bytes-o.Bytes
		}
		if err := f.delete(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}); err != nil {
			return 0, err
		}
	}
	return bytes, nil
}

func (f *Frames) delete(ctx context.Context, filter bson.D) error {
	_, err := f.frames.DeleteMany(ctx, filter)
	return err
}

// DeleteFrames implements briefing.FrameStore.
func (f *Frames) DeleteFrames(ctx context.Context, of briefing.FramesOf) error {
	ctx, cancel, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	var filter bson.D
	if of.Username != "" {
		filter = append(filter, bson.E{Key: "name_key", Value: briefing.NameKey(of.Username)})
	}
	if of.CameraID != "" {
		filter = append(filter, bson.E{Key: "camera", Value: string(of.CameraID)})
	}
	if len(filter) == 0 || !validUTF8(of) {
		return nil
	}
	if !of.Before.IsZero() {
		filter = append(filter, bson.E{Key: "at", Value: bson.D{{Key: "$lt", Value: of.Before.UTC()}}})
	}
	if of.NotView != "" { // also matches documents without a view
		filter = append(filter, bson.E{Key: "view", Value: bson.D{{Key: "$ne", Value: of.NotView}}})
	}
	if len(of.Kinds) > 0 {
		filter = append(filter, bson.E{Key: "kind", Value: bson.D{{Key: "$in", Value: of.Kinds}}})
	}
	return translate("delete frames", f.delete(ctx, filter))
}

// DeleteExpired implements briefing.FrameStore. The database does the same within a minute.
func (f *Frames) DeleteExpired(ctx context.Context) error {
	ctx, cancel, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	return translate("delete old frames", f.delete(ctx,
		bson.D{{Key: "until", Value: bson.D{{Key: "$lte", Value: f.now().UTC()}}}}))
}

// Close implements briefing.FrameStore. The Store closes the clients, after calls under way.
func (f *Frames) Close() error {
	f.closed.Store(true)
	return nil
}

// valid returns the ids that pictures may have.
func valid(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !briefing.ValidFrameID(id) })
}
