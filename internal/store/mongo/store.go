package mongo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"bis/internal/briefing"
)

// DatabaseName is the name of the first server's database, and the default of Config.Database.
const DatabaseName = "BIS"

// Time limits of calls.
const (
	selectTime = 3 * time.Second         // to find a server
	heartbeat  = 2 * time.Second         // between checks of a server
	callTime   = 4500 * time.Millisecond // for a whole call
	closeTime  = time.Second             // for calls under way when the store is closed
	indexTime  = 10 * time.Minute        // to build the indexes over old data
)

// maxConnections is the most connections of one client to a server, unless the URI sets
// maxPoolSize. A slow database becomes slower with each connection: a call that runs out of time
// costs its connection, and the next call opens another one.
const maxConnections = 16

// Config is what Open needs. Only URI is required.
type Config struct {
	URI      string         // mongodb:// or mongodb+srv://, with credentials
	Database string         // empty: DatabaseName
	Instance string         // name of this process in its first lease; empty: a fresh id
	Zone     *time.Location // of the wall-clock times in old documents; nil: UTC
	// Adopt is the rule for active requests that no process owns. Zero means AdoptAuto.
	Adopt Adopt
	Log   *slog.Logger     // nil: slog.Default()
	Clock func() time.Time // this machine's clock; nil: time.Now

	// LeaseTime is how long a lease is valid after its renewal. Zero means 10 s.
	LeaseTime time.Duration
	// RenewEvery is how often the lease is renewed. Zero means 3 s.
	RenewEvery time.Duration
	// Await is how long the server waits for a change before it answers that there is none. Zero
	// means 1 s.
	Await time.Duration
	// LegacyEvery is how often the requests of old servers are scanned. Zero means 5 s.
	LegacyEvery time.Duration
}

// Store is a briefing.Store in MongoDB. It is safe for concurrent use.
type Store struct {
	cfg    Config
	log    *slog.Logger
	calls  *mongo.Client // for everything but the feed and the leases
	stream *mongo.Client // for the feed and the leases; without a client-wide timeout

	users, cameras, requests, briefings *mongo.Collection // through calls
	sheets, refused, usage              *mongo.Collection // through calls
	// The leases are reached through stream. Calls that wait for the database may take all
	// connections of calls, and a lease must be renewed even then.
	instances *mongo.Collection

	lease   *lease
	appends keyed[briefing.RequestID, appendState] // one writer of a request at a time
	starts  keyed[string, struct{}]                // one start of a user at a time, by name key

	spellings  spellings  // stored names that differ from their keys
	claims     claims     // the state of Claim
	membership membership // the cached leases of other processes
	feeds      feeds      // open feeds and the saved token
	maxSheets  int        // briefing.MaxSheets, fewer in tests

	closing sync.Once
	closed  atomic.Bool
	err     error // of Close

	test testHooks
}

// testHooks lets the tests of this package stop a writer between two steps, lose an answer, or
// remove a guard to show that a test notices its absence. The zero value changes nothing.
type testHooks struct {
	at      func(step string) error // called at each step; its error replaces the database's answer
	without string                  // name of the guard to leave out; empty: none
}

// at calls the test's hook for a step, if there is one.
func (s *Store) at(step string) error {
	if s.test.at == nil {
		return nil
	}
	return s.test.at(step)
}

var _ briefing.Store = (*Store)(nil)

// Open connects to the database, creates missing indexes, acquires a lease and reads the stored
// names. Its errors are sentences for the operator and contain no part of the credentials.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.URI == "" {
		return nil, errors.New("open database: no address given")
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	cfg.Database = cmp.Or(cfg.Database, DatabaseName)
	cfg.LeaseTime = cmp.Or(cfg.LeaseTime, 10*time.Second)
	cfg.RenewEvery = cmp.Or(cfg.RenewEvery, 3*time.Second)
	cfg.Await = cmp.Or(cfg.Await, time.Second)
	cfg.LegacyEvery = cmp.Or(cfg.LegacyEvery, 5*time.Second)
	s := &Store{cfg: cfg, log: cfg.Log, maxSheets: briefing.MaxSheets}
	if err := s.open(ctx); err != nil {
		_ = s.Close()
		if ctx.Err() != nil {
			err = errors.New("the start was broken off before the database was open")
		}
		return nil, fmt.Errorf("open database: %w", err)
	}
	return s, nil
}

// open does the steps of Open that leave something to be closed when they fail.
func (s *Store) open(ctx context.Context) error {
	var err error
	if s.calls, err = mongo.Connect(s.options().SetTimeout(callTime)); err != nil {
		return s.redact(err)
	}
	if s.stream, err = mongo.Connect(s.options()); err != nil {
		return s.redact(err)
	}
	db := s.calls.Database(s.cfg.Database)
	s.users, s.cameras = db.Collection("users"), db.Collection("cameras")
	s.requests, s.briefings = db.Collection("requests"), db.Collection("briefings")
	s.sheets, s.refused = db.Collection("sheets"), db.Collection("refused")
	s.usage = db.Collection("usage_days")
	s.instances = s.stream.Database(s.cfg.Database).Collection("instances")
	if err := s.reach(ctx); err != nil {
		return err
	}
	if err := s.ensureIndexes(ctx); err != nil {
		return err
	}
	if s.lease, err = acquireLease(ctx, s); err != nil {
		return err
	}
	return translate("read names", s.learnNames(ctx))
}

// options are the options of both clients. A write is acknowledged once a majority has it in its
// journals, and reads return nothing that can be rolled back.
func (s *Store) options() *options.ClientOptions {
	journal := true
	return options.Client().SetMaxPoolSize(maxConnections).ApplyURI(s.cfg.URI).SetAppName("bis").
		SetServerSelectionTimeout(selectTime).SetConnectTimeout(selectTime).SetHeartbeatInterval(heartbeat).
		SetReadPreference(readpref.Primary()).SetReadConcern(readconcern.Majority()).
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal})
}

// reach makes sure that the server answers and has change streams.
func (s *Store) reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*callTime)
	defer cancel()
	if err := s.calls.Ping(ctx, readpref.Primary()); err != nil {
		// While connecting, the error has no type.
		if strings.Contains(err.Error(), "AuthenticationFailed") || hasCode(err, codeNoUser) {
			return errors.New("the database refuses the user: look at DATABASE_ID and DATABASE_PASSWORD, or at those in DATABASE_URI; " +
				"reserved characters must be URL-escaped")
		}
		return fmt.Errorf("the database of DATABASE_URI does not answer: %w", s.redact(err))
	}
	// Only opening a change stream shows whether the server has them.
	probe, err := s.stream.Database(s.cfg.Database).Watch(ctx, mongo.Pipeline{})
	if hasCode(err, codeNoStreams) {
		return errors.New("the database of DATABASE_URI runs as a standalone server, which has no change streams: " +
			"start mongod with --replSet rs0 and run rs.initiate() in mongosh once, a replica set of one is enough")
	}
	if err != nil {
		return fmt.Errorf("change stream: %w", s.redact(err))
	}
	return probe.Close(ctx)
}

// call bounds the time of one call of the store.
func (s *Store) call(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, callTime)
}

// Now implements briefing.Store. It is the database's clock, as the lease measures it.
func (s *Store) Now() time.Time { return s.cfg.Clock().Add(s.lease.offset()) }

// Close implements briefing.Store. The lease is not released: call Release before, or it expires.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.closed.Store(true)
		s.feeds.close()
		if s.lease != nil {
			s.lease.stop()
		}
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		for _, client := range []*mongo.Client{s.stream, s.calls} {
			if client == nil {
				continue
			}
			// A hanging database does not answer the calls under way. They are cut off, and the
			// close still succeeds.
			if err := client.Disconnect(ctx); !errors.Is(err, context.DeadlineExceeded) {
				s.err = errors.Join(s.err, err)
			}
		}
	})
	return s.err
}
