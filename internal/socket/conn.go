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

// ErrClosed is the error of sending over a connection that accepts nothing more.
var ErrClosed = errors.New("socket closed")

// Config holds the bounds of a connection and what it shares with others.
type Config struct {
	// WriteTimeout is how long a peer may take no byte while something is written. Then it is cut
	// off. Zero means 10 s.
	WriteTimeout time.Duration
	// PingEvery is the time between pings. A peer that sends nothing, not even a pong, for
	// PingEvery and WriteTimeout together is dead and cut off. Zero means 25 s.
	PingEvery time.Duration
	// CloseWait is how long a closing connection may take to write its queue and to see the
	// peer's close frame. Zero means 5 s.
	CloseWait time.Duration
	// ReadLimit bounds a message of the peer, in bytes. A longer one closes the connection with
	// 1009. Zero means 1 KiB.
	ReadLimit int64
	// QueueLen and QueueBytes bound the messages that wait for a slow peer. Zero means 64 and 64
	// KiB.
	QueueLen, QueueBytes int
	// Budget returns the budget that the connection's queue counts for. A batch without room is
	// not accepted, and Peer.Room says when to try again. Single messages go out in any case. Nil,
	// and a nil Budget, mean no limit beyond QueueBytes.
	Budget func(*http.Request) Budget
	// Subprotocols are those that the server speaks. The first of the peer's list that is among
	// them is chosen. Nil means none.
	Subprotocols []string
	// CheckOrigin reports whether the origin of a handshake may connect; others are answered 403.
	// Nil means that every origin may.
	CheckOrigin func(*http.Request) bool
	// Flood bounds what peers may send. Nil means no bound.
	Flood *Flood
	// Registry holds the connection while it is open and times its pings. Nil means one of its
	// own.
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

// Peer receives what happens on a connection. Its methods are called by the connection's
// goroutines, each by one at a time, and must not wait for the peer.
type Peer interface {
	// Receive takes a message. It is called on the reading goroutine. A goroutine that once
	// needed a deep stack keeps it as long as the connection lives, so deep work belongs on
	// another one. text belongs to the callee. After the connection has stopped accepting,
	// nothing is received.
	Receive(text []byte, binary bool)
	// Room reports that a Try or Queue that found no room may be repeated.
	Room()
}

// Leaver is a Peer that wants to know at once when nothing more is received: the peer has closed,
// or the connection broke. What is queued may still be written until Serve returns.
type Leaver interface {
	Gone()
}

// Conn is one connection. Serve or Run must be called once, and the connection lives until it
// returns. The other methods are safe for concurrent use.
type Conn struct {
	ws      *websocket.Conn
	net     net.Conn // below ws; all writes go to it directly
	cfg     *Config
	peer    Peer          // nil: received messages are discarded
	closing chan struct{} // closed when the connection accepts nothing more
	done    chan struct{} // closed when Serve is about to return

	flood    *Flood // of cfg; nil: no bound, or closed for it; used by the reading goroutine
	received bucket // as flood

	budget  Budget         // nil: none
	nowait  nowait         // direct writes; used by the one that has set hasWriter
	writers sync.WaitGroup // the writer, if any
	room    chan struct{}  // holds a token when something was written

	mu           sync.Mutex  // guards what follows
	pingDue      bool        // a ping is to be written
	heartbeatDue bool        // the heartbeat is to be written
	hasWriter    bool        // one goroutine writes
	closed       bool        // closing is closed: no new message is accepted
	severed      bool        // the net.Conn is closed: nothing more can be written
	noWriters    bool        // no further writer may start: Serve waits for the last one
	tryRefused   bool        // Try or Queue found no room since the last Peer.Room
	inFlight     amount      // messages of the queue in the current write
	bytes        int         // of the queue and the current write
	booked       int         // bytes of the budget; at least as many as wait
	messages     int         // of the queue and the current write
	pong         *string     // payload of the newest ping that is not answered; nil: none
	queue        []queued    // what waits, in order
	fragmented   []byte      // the rest of a message that goes out in several frames; nil: none
	partial      []byte      // the rest of a short write; goes out before anything else
	farewell     []byte      // payload of the close frame, which goes out last; nil: none
	heartbeat    []byte      // goes out with each ping; nil: none
	closeTimer   *time.Timer // severs a connection that does not close in time
	stopWaiting  func()      // for the budget; nil: it is not waited for

	lastHeard, lastPing time.Time // times of the last pong or message, and of the last ping
	slot                wheelSlot // in the registry's wheel; guarded by the wheel
}

// queued is a frame in the queue, or a message that goes out in several frames.
type queued struct {
	opcode byte // the header's first byte: kind of frame, and frameEnd if the message ends here
	text   []byte
}

// amount is a number of messages and their bytes.
type amount struct{ bytes, messages int }

// Accept answers a WebSocket handshake. After an error the HTTP answer was already given. While
// cfg.Registry drains, the new connection is closed with the drain's code.
func Accept(w http.ResponseWriter, r *http.Request, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	return cfg.accept(w, r)
}

// accept is Accept for a Config whose defaults are filled in. Its connections share c.
func (c *Config) accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	upgrader := websocket.Upgrader{
		HandshakeTimeout: c.WriteTimeout,
		ReadBufferSize:   1 << 9,  // clients send little; longer messages bypass the buffer
		WriteBufferSize:  1 << 10, // nothing is written through it
		WriteBufferPool:  unpooled{},
		Subprotocols:     c.Subprotocols,
		CheckOrigin:      c.CheckOrigin,
	}
	hijacked := &hijacker{ResponseWriter: w}
	ws, err := upgrader.Upgrade(hijacked, r, nil)
	if err != nil {
		return nil, err
	}
	conn := &Conn{
		ws: ws, net: hijacked.conn.Conn, cfg: c, flood: c.Flood, lastHeard: time.Now(), lastPing: time.Now(),
		closing: make(chan struct{}), done: make(chan struct{}), room: make(chan struct{}, 1),
	}
	if c.Budget != nil {
		conn.budget = c.Budget(r)
	}
	conn.nowait.open(hijacked.conn.Conn)
	hijacked.conn.socket = conn
	conn.prepareReading()
	c.Registry.add(conn)
	return conn, nil
}

// Acceptor answers handshakes with one Config, which its connections share.
type Acceptor struct{ cfg Config }

// NewAcceptor returns an acceptor.
func NewAcceptor(cfg Config) *Acceptor { return &Acceptor{cfg.withDefaults()} }

// Accept is like the function Accept.
func (a *Acceptor) Accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	return a.cfg.accept(w, r)
}

// Subprotocol returns the chosen subprotocol, or "" if none was.
func (c *Conn) Subprotocol() string { return c.ws.Subprotocol() }

// Heartbeat sets a text that goes out with every ping, and once now.
func (c *Conn) Heartbeat(text []byte) {
	c.mu.Lock()
	c.heartbeat, c.heartbeatDue = text, !c.closed
	c.startWriter()
}

// Closing is closed when the connection stops accepting messages: Close was called, the peer
// closed, or the connection broke.
func (c *Conn) Closing() <-chan struct{} { return c.closing }

// Done is closed when the connection is over and nothing of it runs any more.
func (c *Conn) Done() <-chan struct{} { return c.done }
