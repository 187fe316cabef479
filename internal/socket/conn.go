// Package socket keeps one WebSocket connection well: a single writer, a bounded queue, deadlines,
// pings, and an orderly close. Its callers decide what is said over it. Config.CheckOrigin decides
// who may open it.
//
// gorilla/websocket does the handshake and the reading. The writing is done here. A server's frame
// is a few bytes of header and the text, so everything that waits for a peer goes out in one write.
// A write that the kernel takes at once needs no goroutine. A connection at rest has one goroutine,
// its reader's, and no timer of its own.
package socket

import (
	"cmp"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The close codes that callers need (RFC 6455 and the IANA registry).
const (
	CodeInvalidText    = websocket.CloseInvalidFramePayloadData // 1007: a text that is not UTF-8
	CodeRuleBroken     = websocket.ClosePolicyViolation         // 1008
	CodeInternal       = websocket.CloseInternalServerErr       // 1011
	CodeServiceRestart = websocket.CloseServiceRestart          // 1012: clients come back
	CodeTryAgainLater  = websocket.CloseTryAgainLater           // 1013: clients come back, later
)

// ErrClosed says that the connection takes nothing more.
var ErrClosed = errors.New("socket closed")

// Config says how a connection is kept.
type Config struct {
	// WriteTimeout is how long a frame may take to be written. A connection that takes no
	// byte for that long is cut. Zero means 10 s.
	WriteTimeout time.Duration
	// PingEvery is the time between pings. A peer that answers none and says nothing for that
	// long and WriteTimeout is dead, and the connection is cut. Zero means 25 s.
	PingEvery time.Duration
	// CloseWait is how long a closing connection may go on: to write what is queued,
	// and for the peer to agree. Zero means 5 s.
	CloseWait time.Duration
	// ReadLimit bounds a message of the peer, in bytes. A longer one closes with
	// 1009. Zero means 1 KiB.
	ReadLimit int64
	// QueueLen and QueueBytes bound what waits for a slow peer. Zero means 64 and 64 KiB.
	QueueLen, QueueBytes int
	// Subprotocols are those that can be spoken; the peer's first that is among them is chosen.
	// Nil: none.
	Subprotocols []string
	// CheckOrigin reports whether a handshake's origin may open a connection; others are answered
	// 403. Nil: every one may.
	CheckOrigin func(*http.Request) bool
	// Registry has the connection until it is over, and keeps the time for its pings. Nil: one of
	// its own.
	Registry *Registry
}

func (c Config) withDefaults() Config {
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 10*time.Second)
	c.PingEvery = cmp.Or(c.PingEvery, 25*time.Second)
	c.CloseWait = cmp.Or(c.CloseWait, 5*time.Second)
	c.ReadLimit = cmp.Or(c.ReadLimit, 1<<10)
	c.QueueLen = cmp.Or(c.QueueLen, 64)
	c.QueueBytes = cmp.Or(c.QueueBytes, 64<<10)
	if c.CheckOrigin == nil {
		c.CheckOrigin = func(*http.Request) bool { return true }
	}
	if c.Registry == nil {
		c.Registry = &Registry{}
	}
	return c
}

// Peer is told what comes of a connection. Its methods are called by the connection's goroutines,
// one at a time each, and must not wait for the peer.
type Peer interface {
	// Heard takes a message. It is called on the reading goroutine, whose stack lives as long as
	// the connection: what needs a deep one belongs elsewhere. text is the callee's to keep.
	// Nothing is heard once the connection takes nothing more.
	Receive(text []byte, binary bool)
	// Room says that a Try or Hold that found no room may be tried again.
	Room()
}

// Conn is one connection. Serve or Run must be called once, and the connection lives until it
// returns. Its other methods are safe for concurrent use.
type Conn struct {
	ws      *websocket.Conn
	net     net.Conn // beneath ws; all writing is done on it
	cfg     *Config
	peer    Peer          // nil: what is heard is thrown away
	closing chan struct{} // closed when the connection takes nothing more
	done    chan struct{} // closed when Serve is about to return

	nowait  nowait         // writes that do not wait, where it works; used by whoever has set writing
	writers sync.WaitGroup // of those that write
	room    chan struct{}  // one token: something was written

	mu           sync.Mutex // guards what follows
	pingDue      bool
	heartbeatDue bool // the beat is due
	hasWriter    bool // somebody writes
	closed       bool // closing is closed
	severed      bool // nothing more can be written
	noWriters    bool // no further writer may begin: Serve waits for who writes
	tryRefused   bool // a Try found no room
	inFlight     amount
	bytes        int     // of the queue and of what is being written
	messages     int     // messages of the same
	pong         *string // the newest ping's payload, to be answered
	queue        []queued
	fragmented   []byte      // the rest of a message that goes out in several frames
	partial      []byte      // bytes of frames that were begun, before all else
	farewell     []byte      // the close frame's payload, to be written last
	heartbeat    []byte      // a text that goes with each ping; nil: none
	closeTimer   *time.Timer // cuts a connection that does not get closed in time

	lastHeard, lastPing time.Time // the last pong or message, the last ping
	slot                wheelSlot // in the registry's rounds; guarded by it
}

// waiting is a frame in the queue, or a message too long for one.
type queued struct {
	opcode byte // of the header: the kind of frame, and whether the message ends with it
	text   []byte
}

// inFlight is what is being written.
type amount struct{ bytes, messages int }

// Accept answers a WebSocket handshake. After an error the answer has been
// given. While cfg.Registry drains, the connection is closed as the registry says.
func Accept(w http.ResponseWriter, r *http.Request, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	return cfg.accept(w, r)
}

// accept is Accept with all defaults filled in; cfg is shared by its connections.
func (c *Config) accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	upgrader := websocket.Upgrader{
		HandshakeTimeout: c.WriteTimeout,
		ReadBufferSize:   1 << 9,  // a client says little; a longer message is read past the buffer
		WriteBufferSize:  1 << 10, // nothing is written through it
		WriteBufferPool:  unpooled{},
		Subprotocols:     c.Subprotocols,
		CheckOrigin:      c.CheckOrigin,
	}
	taken := &hijacker{ResponseWriter: w}
	ws, err := upgrader.Upgrade(taken, r, nil)
	if err != nil {
		return nil, err
	}
	conn := &Conn{
		ws: ws, net: taken.conn.Conn, cfg: c, lastHeard: time.Now(), lastPing: time.Now(),
		closing: make(chan struct{}), done: make(chan struct{}), room: make(chan struct{}, 1),
	}
	conn.nowait.open(taken.conn.Conn)
	taken.conn.socket = conn
	conn.prepareReading()
	c.Registry.add(conn)
	return conn, nil
}

// Acceptor answers handshakes that all have the same Config.
type Acceptor struct{ cfg Config }

// NewAcceptor returns an acceptor.
func NewAcceptor(cfg Config) *Acceptor { return &Acceptor{cfg.withDefaults()} }

// Accept is as the package's Accept.
func (a *Acceptor) Accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	return a.cfg.accept(w, r)
}

// Subprotocol is what was agreed on; empty: nothing.
func (c *Conn) Subprotocol() string { return c.ws.Subprotocol() }

// Beat sets a text that goes out with every ping, and once now.
func (c *Conn) Heartbeat(text []byte) {
	c.mu.Lock()
	c.heartbeat, c.heartbeatDue = text, !c.closed
	c.startWriter()
}

// Closing is closed when the connection takes nothing more: it was told to close,
// the peer did, or it broke.
func (c *Conn) Closing() <-chan struct{} { return c.closing }

// Done is closed when the connection is over and nothing of it is left running.
func (c *Conn) Done() <-chan struct{} { return c.done }
