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

// streamTimeout bounds the wait for the server's answer that nothing is new. The bound is twice
// Config.Await if that is longer. After it the connection counts as dead.
const streamTimeout = 5 * time.Second

// feeds are the open feeds, and the position at which a lost one stopped.
type feeds struct {
	mu     sync.Mutex // guards the fields below
	open   map[*streamFeed]struct{}
	token  bson.Raw // resume token of the last lost feed; nil: none
	closed bool
}

// add registers an open feed. It returns false if the store is closed.
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

// remove forgets a feed that has ended.
func (a *feeds) remove(f *streamFeed) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open, f)
}

// takeToken returns the resume token and clears it, so that only one feed resumes there.
func (a *feeds) takeToken() bson.Raw {
	a.mu.Lock()
	defer a.mu.Unlock()
	token := a.token
	a.token = nil
	return token
}

// saveToken stores the resume token for the next feed.
func (a *feeds) saveToken(token bson.Raw) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.token = token
}

// close ends every feed and lets no new one in. It waits for the feeds outside the mutex, because
// an ending feed calls remove.
func (a *feeds) close() {
	a.mu.Lock()
	a.closed = true
	open := make([]*streamFeed, 0, len(a.open)) // a copy, because closing a feed changes the map
	for f := range a.open {
		open = append(open, f)
	}
	a.mu.Unlock()
	for _, f := range open {
		_ = f.Close()
	}
}

// streamFeed is a briefing.Feed over a change stream. A goroutine of its own reads the stream: a
// call of the driver that is cut off by a caller's context may consume an event and lose it.
type streamFeed struct {
	store    *Store
	stream   *mongo.ChangeStream
	changes  chan []briefing.Change // from the goroutine to Next, a batch at a time
	buffered []briefing.Change      // received and not yet returned; for Next and More alone
	cancel   context.CancelFunc
	done     chan struct{} // closed when the goroutine has ended
	err      error         // why it has ended; set before done is closed
}

// OpenFeed implements briefing.FeedStore. It resumes at the saved token unless fresh is set. If the
// server refuses the token, OpenFeed discards it and opens the stream without one; the reader then
// compares with the store. If the server cannot be reached, the token is saved again.
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

// watch opens a change stream, after token if it is not nil.
func (s *Store) watch(ctx context.Context, token bson.Raw) (*mongo.ChangeStream, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	opts := options.ChangeStream().SetMaxAwaitTime(s.cfg.Await).SetBatchSize(1_000)
	if token != nil { // startAfter, unlike resumeAfter, also accepts the token of an invalidate
		opts.SetStartAfter(token)
	}
	return s.stream.Database(s.cfg.Database).Watch(ctx, feedPipeline(), opts)
}

// run reads the stream until it breaks or the feed is closed. It saves the token of a broken
// stream, unless the server has reported the token as invalid.
func (f *streamFeed) run(ctx context.Context) {
	defer close(f.done)
	defer f.cancel()
	token, err := f.copy(ctx)
	// A feed that was closed has not broken, so it leaves no position to resume at.
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
	_ = f.stream.Close(closing) // fails after a lost connection, which has closed the stream
	f.store.feeds.remove(f)
}

// errDropped reports that the database was dropped. Such a stream cannot be resumed.
var errDropped = errors.New("database was dropped")

// maxBatch is the most changes that are passed to Next together.
const maxBatch = 64

// copy passes changes to Next, batch by batch of the stream. It returns the token
// after the last changes that Next has received. A feed that resumes there repeats no change and
// loses none.
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
			// Subscribers get the changes of one call in one write of their sockets.
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
		// After an empty batch the token is newer than the last event. Resuming there lets an idle
		// stream stay within the server's history.
		token = cloneToken(f.stream.ResumeToken())
	}
}

// cloneToken copies a token, whose bytes belong to the stream.
func cloneToken(token bson.Raw) bson.Raw { return append(bson.Raw(nil), token...) }

// next waits for one event. It returns false without an error if the server answers that there is
// none.
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
	if f.stream.ID() == 0 { // the server has closed the cursor without an error
		return false, errors.New("stream ended")
	}
	return false, nil
}

// Next implements briefing.Feed. Changes that were received are returned even if ctx has ended.
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

// Close implements briefing.Feed. It waits for the goroutine of the feed.
func (f *streamFeed) Close() error {
	f.cancel()
	<-f.done
	return nil
}
