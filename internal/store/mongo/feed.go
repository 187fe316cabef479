package mongo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// awaitLimit is how long the server may take to answer that there is nothing new; longer, and the connection
// is taken for dead.
const streamTimeout = 5 * time.Second

// feeds are the open feeds and the place where a lost one stopped.
type feeds struct {
	mu     sync.Mutex // guards what follows
	open   map[*streamFeed]struct{}
	token  bson.Raw // nil: none
	closed bool
}

func (a *feeds) add(f *streamFeed) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return false
	}
	if a.open == nil {
		a.open = make(map[*streamFeed]struct{})
	}
	a.open[f] = struct{}{}
	return true
}

func (a *feeds) remove(f *streamFeed) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open, f)
}

// take hands the place out, once.
func (a *feeds) takeToken() bson.Raw {
	a.mu.Lock()
	defer a.mu.Unlock()
	token := a.token
	a.token = nil
	return token
}

func (a *feeds) saveToken(token bson.Raw) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.token = token
}

// close ends every feed.
func (a *feeds) close() {
	a.mu.Lock()
	a.closed = true
	open := make([]*streamFeed, 0, len(a.open))
	for f := range a.open {
		open = append(open, f)
	}
	a.mu.Unlock()
	for _, f := range open {
		_ = f.Close()
	}
}

// streamFeed is a briefing.Feed over a change stream. One goroutine reads the stream, because a call of the driver that
// is given up may take an event with it.
type streamFeed struct {
	store    *Store
	stream   *mongo.ChangeStream
	changes  chan []briefing.Change // what one batch of the stream has
	buffered []briefing.Change      // received and not yet returned; the reader's
	cancel   context.CancelFunc
	done     chan struct{} // closed when the reading has ended
	err      error         // why it has; set before done is closed
}

// watched is the stream's filter. Appends change requests too; of those updates the server sends none but ends.
func feedPipeline() mongo.Pipeline {
	kinds := bson.A{
		bson.D{{Key: "operationType", Value: "insert"}, {Key: "ns.coll", Value: bson.D{{Key: "$in", Value: bson.A{"briefings", "requests"}}}}},
		bson.D{{Key: "operationType", Value: "update"}, {Key: "ns.coll", Value: "requests"},
			{Key: "updateDescription.updatedFields.is_active", Value: bson.D{{Key: "$exists", Value: true}}}},
		bson.D{{Key: "operationType", Value: bson.D{{Key: "$in", Value: bson.A{"drop", "rename", "dropDatabase", "invalidate"}}}}},
	}
	return mongo.Pipeline{{{Key: "$match", Value: bson.D{{Key: "$or", Value: kinds}}}}}
}

// OpenFeed implements briefing.FeedStore.
func (s *Store) OpenFeed(ctx context.Context, fresh bool) (briefing.Feed, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	token := s.feeds.takeToken()
	if fresh {
		token = nil
	}
	stream, err := s.watch(ctx, token)
	if token != nil && hasCode(err, codeFailed, codeLost, codeFatal, codeBadToken) {
		s.log.WarnContext(ctx, "the feed's place is lost", "err", err)
		token = nil
		stream, err = s.watch(ctx, nil)
	}
	if err != nil {
		if token != nil {
			s.feeds.saveToken(token)
		}
		return nil, translate("open feed", err)
	}
	f := &streamFeed{store: s, stream: stream, changes: make(chan []briefing.Change), done: make(chan struct{})}
	ctx, f.cancel = context.WithCancel(context.Background())
	if !s.feeds.add(f) {
		f.cancel()
		_ = stream.Close(ctx)
		return nil, errClosed
	}
	go f.run(ctx)
	return f, nil
}

func (s *Store) watch(ctx context.Context, token bson.Raw) (*mongo.ChangeStream, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	opts := options.ChangeStream().SetMaxAwaitTime(s.cfg.Await).SetBatchSize(1_000)
	if token != nil {
		opts.SetStartAfter(token)
	}
	return s.stream.Database(s.cfg.Database).Watch(ctx, feedPipeline(), opts)
}

// run reads the stream until it breaks or the feed is closed.
func (f *streamFeed) run(ctx context.Context) {
	defer close(f.done)
	defer f.cancel()
	token, err := f.copy(ctx)
	closed := ctx.Err() != nil
	if !hasCode(err, codeFailed, codeLost, codeFatal, codeBadToken) && !errors.Is(err, errDropped) && !closed {
		f.store.feeds.saveToken(token)
	}
	f.err = briefing.ErrFeedLost
	if err != nil {
		f.err = fmt.Errorf("%w: %w", briefing.ErrFeedLost, err)
	}
	closing, cancel := context.WithTimeout(context.Background(), closeTime/2)
	defer cancel()
	_ = f.stream.Close(closing) // a lost connection has closed it
	f.store.feeds.remove(f)
}

// errInvalid says that the stream is at its end for good: the database was dropped.
var errDropped = errors.New("database was dropped")

// handLen is the most changes that are handed over together.
const maxBatch = 64

// copy hands changes to Next, those of one batch of the stream together. It returns the place behind
// the last ones that were taken.
func (f *streamFeed) copy(ctx context.Context) (token bson.Raw, err error) {
	token = cloneToken(f.stream.ResumeToken())
	var list []briefing.Change
	for {
		received, err := f.next(ctx)
		if err != nil {
			return token, err
		}
		if received {
			c, ok, err := f.store.change(ctx, f.stream.Current)
			if err != nil {
				return token, err
			}
			if ok {
				list = append(list, c)
			}
			if f.stream.RemainingBatchLength() > 0 && len(list) < maxBatch {
				continue
			}
		}
		if len(list) > 0 {
			select {
			case f.changes <- list:
				list = nil
			case <-ctx.Done():
				return token, ctx.Err()
			}
		}
		token = cloneToken(f.stream.ResumeToken())
	}
}

func cloneToken(token bson.Raw) bson.Raw { return append(bson.Raw(nil), token...) }

// next waits for an event, or for the word that there is none.
func (f *streamFeed) next(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, max(streamTimeout, 2*f.store.cfg.Await))
	defer cancel()
	if f.stream.TryNext(ctx) {
		return true, nil
	}
	if err := f.stream.Err(); err != nil {
		return false, err
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if f.stream.ID() == 0 {
		return false, errors.New("stream ended")
	}
	return false, nil
}

// event is what the feed reads of a change event.
type event struct {
	Operation string `bson:"operationType"`
	NS        struct {
		Coll string `bson:"coll"`
	} `bson:"ns"`
	Key struct {
		ID bson.ObjectID `bson:"_id"`
	} `bson:"documentKey"`
	Document bson.Raw `bson:"fullDocument"`
}

// change reads an event. ok is false when it is none of the feed's.
func (s *Store) change(ctx context.Context, raw bson.Raw) (c briefing.Change, ok bool, err error) {
	var e event
	if err := bson.Unmarshal(raw, &e); err != nil {
		s.log.WarnContext(ctx, "a change was not understood", "err", err) // a direct writer's
		return c, false, nil
	}
	switch {
	case e.Operation == "invalidate", e.Operation == "dropDatabase":
		return c, false, errDropped
	case e.Operation == "drop", e.Operation == "rename":
		if err := s.ensureIndexes(ctx); err != nil { // they went with the collection
			return c, false, err
		}
		return c, false, nil
	case e.Operation == "update":
		return s.endChange(ctx, e.Key.ID)
	case e.NS.Coll == "briefings":
		var doc briefingDoc
		if err := bson.Unmarshal(e.Document, &doc); err != nil {
			s.log.WarnContext(ctx, "a briefing was not understood", "err", err)
			return c, false, nil
		}
		return briefing.Change{Kind: briefing.BriefingStored, Briefing: doc.briefing(s.cfg.Zone)}, true, nil
	default:
		var doc requestDoc
		if err := bson.Unmarshal(e.Document, &doc); err != nil {
			s.log.WarnContext(ctx, "a request was not understood", "err", err)
			return c, false, nil
		}
		s.spellings.learn(doc.Username)
		return briefing.Change{Kind: briefing.RequestStarted, Request: doc.request(s.cfg.Zone)}, true, nil
	}
}

// ended reads a request whose activity has changed. The event has only what changed, and an end is for ever.
func (s *Store) endChange(ctx context.Context, id bson.ObjectID) (briefing.Change, bool, error) {
	r, err := s.Request(ctx, briefing.RequestID(id.Hex()))
	if errors.Is(err, briefing.ErrNotFound) {
		return briefing.Change{}, false, nil // taken out since
	}
	return briefing.Change{Kind: briefing.RequestEnded, Request: r}, err == nil && !r.Active, err
}

// Next implements briefing.Feed. It returns what was received also when ctx has ended.
func (f *streamFeed) Next(ctx context.Context) (briefing.Change, error) {
	if f.More() {
		c := f.buffered[0]
		f.buffered[0] = briefing.Change{} // releases its texts
		f.buffered = f.buffered[1:]
		return c, nil
	}
	if err := ctx.Err(); err != nil {
		return briefing.Change{}, err
	}
	select {
	case f.buffered = <-f.changes:
		return f.Next(ctx)
	case <-f.done:
		return briefing.Change{}, f.err
	case <-ctx.Done():
		return briefing.Change{}, ctx.Err()
	}
}

// More implements briefing.Feed.
func (f *streamFeed) More() bool {
	if len(f.buffered) > 0 {
		return true
	}
	select {
	case f.buffered = <-f.changes:
		return true
	default:
		return false
	}
}

// Close implements briefing.Feed.
func (f *streamFeed) Close() error {
	f.cancel()
	<-f.done
	return nil
}
