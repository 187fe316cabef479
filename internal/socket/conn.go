// Package socket keeps one WebSocket connection well: a single writer, a bounded
// queue, deadlines, pings, and an orderly close. What is said over it is its
// callers' business; who may open it too: Accept allows every origin.
package socket

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The close codes that callers need (RFC 6455 and the IANA registry).
const (
	CodeRuleBroken     = websocket.ClosePolicyViolation   // 1008
	CodeInternal       = websocket.CloseInternalServerErr // 1011
	CodeServiceRestart = websocket.CloseServiceRestart    // 1012: clients come back
	CodeTryAgainLater  = websocket.CloseTryAgainLater     // 1013: clients come back, later
)

// ErrClosed says that the connection takes nothing more.
var ErrClosed = errors.New("socket closed")

// Config says how a connection is kept.
type Config struct {
	// WriteTimeout is how long a frame may take to be written. A connection that takes no
	// byte for that long is cut. Zero means 10 s.
	WriteTimeout time.Duration
	// PingEvery is the time between pings. A peer that answers none for that long
	// and WriteTimeout is dead, and the connection is cut. Zero means 25 s.
	PingEvery time.Duration
	// CloseWait is how long a closing connection may go on: to write what is queued,
	// and for the peer to agree. Zero means 5 s.
	CloseWait time.Duration
	// ReadLimit bounds a message of the peer, in bytes. A longer one closes with
	// 1009. Zero means 1 KiB.
	ReadLimit int64
	// QueueLen and QueueBytes bound what waits for a slow peer. Zero means 64 and 64 KiB.
	QueueLen, QueueBytes int
	// Registry has the connection until it is over. Nil: none.
	Registry *Registry
}

func (c Config) withDefaults() Config {
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 10*time.Second)
	c.PingEvery = cmp.Or(c.PingEvery, 25*time.Second)
	c.CloseWait = cmp.Or(c.CloseWait, 5*time.Second)
	c.ReadLimit = cmp.Or(c.ReadLimit, 1<<10)
	c.QueueLen = cmp.Or(c.QueueLen, 64)
	c.QueueBytes = cmp.Or(c.QueueBytes, 64<<10)
	return c
}

// Conn is one connection. Run must be called once, and the connection lives until it
// returns. Close, Closing and Done are safe for concurrent use; Send is for one goroutine.
type Conn struct {
	ws      *websocket.Conn
	cfg     Config
	closing chan struct{} // closed when the connection takes nothing more
	done    chan struct{} // closed when Run is about to return
	room    chan struct{} // one token: something was written
	writers sync.WaitGroup

	mu       sync.Mutex // guards what follows
	queue    [][]byte
	bytes    int // of the queue and of the message being written
	pending  int // messages of the same
	ping     bool
	pong     *string // the newest ping's payload, to be answered
	farewell []byte  // the close frame's payload, to be written last
	writing  bool    // a writer lives
	shut     bool    // closing is closed
	cut      bool    // nothing more can be written
	pinger   *time.Timer
	reaper   *time.Timer // cuts a connection that does not get closed in time
}

// writeBuffers are shared, because most connections write nothing most of the time.
var writeBuffers = &sync.Pool{}

var upgrader = websocket.Upgrader{
	HandshakeTimeout: 10 * time.Second,
	ReadBufferSize:   1 << 10,
	WriteBufferSize:  4 << 10,
	WriteBufferPool:  writeBuffers,
	CheckOrigin:      func(*http.Request) bool { return true },
}

// Accept answers a WebSocket handshake of any origin. After an error the answer has been
// given. While cfg.Registry drains, the connection is closed as the registry says.
func Accept(w http.ResponseWriter, r *http.Request, cfg Config) (*Conn, error) {
	ws, err := upgrader.Upgrade(hijackable{w}, r, nil)
	if err != nil {
		return nil, err
	}
	c := &Conn{
		ws: ws, cfg: cfg.withDefaults(),
		closing: make(chan struct{}), done: make(chan struct{}), room: make(chan struct{}, 1),
	}
	c.prepareReading()
	c.mu.Lock()
	c.pinger = time.AfterFunc(c.cfg.PingEvery, c.sendPing)
	c.mu.Unlock()
	if cfg.Registry != nil {
		cfg.Registry.add(c)
	}
	return c, nil
}

// Send queues a text message, which must be valid UTF-8 and is not changed afterwards.
// While the queue is full it waits; a message beyond all bounds waits for an empty queue. The error is
// ErrClosed or ctx's.
func (c *Conn) Send(ctx context.Context, text []byte) error {
	for {
		queued, err := c.enqueue(text)
		if queued || err != nil {
			return err
		}
		select {
		case <-c.room:
		case <-c.closing:
			return ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Closing is closed when the connection takes nothing more: it was told to close,
// the peer did, or it broke.
func (c *Conn) Closing() <-chan struct{} { return c.closing }

// Done is closed when the connection is over and nothing of it is left running.
func (c *Conn) Done() <-chan struct{} { return c.done }

// hijackable finds the Hijacker behind middleware, as http.ResponseController does.
type hijackable struct{ http.ResponseWriter }
