package socket

import (
	"cmp"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Close codes for callers (RFC 6455 and the IANA registry).
const (
	CodeInvalidText    = websocket.CloseInvalidFramePayloadData // 1007: a text that is not UTF-8
	CodeRuleBroken     = websocket.ClosePolicyViolation         // 1008
	CodeInternal       = websocket.CloseInternalServerErr       // 1011
	CodeServiceRestart = websocket.CloseServiceRestart          // 1012: clients reconnect
	CodeTryAgainLater  = websocket.CloseTryAgainLater           // 1013: clients reconnect later
)

// ErrClosed is the error of a send on a connection that accepts no more messages.
var ErrClosed = errors.New("socket closed")

// Config contains the bounds of a connection, and the parts that it shares with other connections.
type Config struct {
	// WriteTimeout is how long a peer may accept no byte during a write. After that time its
	// connection is severed. Zero means 10 s.
	WriteTimeout time.Duration
	// PingEvery is the time between pings. A peer that sends nothing, not even a pong, for
	// PingEvery + WriteTimeout is dead, and its connection is severed. Zero means 25 s.
	PingEvery time.Duration
	// CloseWait is how long a closing connection may take to write its queue and to receive the
	// peer's close frame. Zero means 5 s.
	CloseWait time.Duration
	// ReadLimit bounds a message of the peer, in bytes. A longer message closes the connection with
	// 1009. Zero means 1 KiB.
	ReadLimit int64
	// MessageTime is how long a message of the peer may take, from its first byte to its last. Each
	// KiB of it adds a second. A slower one closes the connection with 1008. Zero means 10 s.
	MessageTime time.Duration
	// QueueLen and QueueBytes bound the messages that wait for a slow peer. Zero means 64 and 64
	// KiB.
	QueueLen, QueueBytes int
	// Budget returns the budget in which the connection's queue is booked. Messages of a batch
	// without room in it are not accepted, and Peer.Room reports when there is room again. Post,
	// and Send if no other message waits, do not need room in the budget. A long message of the
	// peer waits for room, and closes the connection with 1013 after MessageTime. Nil, or a nil
	// Budget, means no limit besides QueueBytes and ReadLimit.
	Budget func(*http.Request) Budget
	// Subprotocols are the subprotocols that the server supports. The handshake chooses the first
	// one of the peer's list that is supported. Nil means none.
	Subprotocols []string
	// CheckOrigin reports whether the origin of a handshake may connect. A refused handshake is
	// answered 403. Nil accepts every origin.
	CheckOrigin func(*http.Request) bool
	// Flood bounds the rate of the peer's messages. Nil means no bound.
	Flood *Flood
	// Registry contains the connection while it is open, and times its pings. Nil means a new
	// registry.
	Registry *Registry
}

func (c Config) withDefaults() Config {
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 10*time.Second)
	c.PingEvery = cmp.Or(c.PingEvery, 25*time.Second)
	c.CloseWait = cmp.Or(c.CloseWait, 5*time.Second)
	c.ReadLimit = cmp.Or(c.ReadLimit, 1<<10)
	c.MessageTime = cmp.Or(c.MessageTime, 10*time.Second)
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

// Peer receives the events of a connection. The connection's goroutines call its methods. Each
// method is called by one goroutine at a time, and must not wait for the peer.
type Peer interface {
	// Receive handles a message. It is called on the reading goroutine. Work that needs a deep
	// stack should run on another goroutine, because the runtime shrinks the stack of a long-lived
	// goroutine late, and only in part. The callee owns text. Messages that arrive after the start
	// of a close are discarded.
	Receive(text []byte, binary bool)
	// Room reports that a refused Try or Queue may be repeated.
	Room()
}

// Leaver is a Peer that is notified as soon as no more messages are received: the peer has closed,
// or the connection broke. The queue may still be written until Serve returns.
type Leaver interface {
	Gone()
}

// Conn is one connection. Serve or Run must be called once, and the connection lives until that
// call returns. The other methods are safe for concurrent use.
type Conn struct {
	ws      *websocket.Conn
	net     net.Conn // the connection below ws; all writes go to it directly
	cfg     *Config
	peer    Peer          // nil: received messages are discarded
	closing chan struct{} // closed when the connection accepts no more messages
	done    chan struct{} // closed when Serve is about to return

	// The reading goroutine alone uses these fields until it has ended.
	reading  reading
	flood    *Flood      // nil: no bound
	received bucket      // for flood
	flooded  bool        // closed because of flood
	late     bool        // closed because a message took too long
	crowded  atomic.Bool // closed because too much waits

	budget  Budget         // nil: none
	nowait  nowait         // for direct writes; used by the goroutine that has set hasWriter
	writers sync.WaitGroup // counts the current writer
	room    chan struct{}  // contains a token when messages were written

	mu           sync.Mutex  // guards the fields below
	pingDue      bool        // a ping must be written
	heartbeatDue bool        // the heartbeat must be written
	hasWriter    bool        // a goroutine writes
	closed       bool        // no new message is accepted
	severed      bool        // nothing more can be written
	noWriters    bool        // no further writer may start
	tryRefused   bool        // Try or Queue found no room since the last Peer.Room
	inFlight     amount      // messages of the queue in the current write
	bytes        int         // bytes of the queue and the current write
	booked       int         // bytes that are booked in the budget
	messages     int         // messages of the queue and the current write
	pong         *string     // payload of the newest unanswered ping; nil: none
	queue        []queued    // frames that wait, in order
	fragmented   []byte      // rest of a message that is sent in several frames; nil: none
	partial      []byte      // rest of a short write; written first
	farewell     []byte      // payload of the close frame, which is written last; nil: none
	heartbeat    []byte      // text that is sent with each ping; nil: none
	closeTimer   *time.Timer // severs a connection that does not close in time
	stopWaiting  func()      // ends the waiting for the budget; nil: none

	lastHeard, lastPing time.Time // times of the last pong or message, and of the last ping
	slot                wheelSlot // guarded by the registry's wheel
}

// queued is a frame in the queue, or a message that is sent in several frames.
type queued struct {
	opcode byte // kind of frame, and frameEnd for the last frame of a message
	text   []byte
}

// amount is a number of messages and their bytes.
type amount struct{ bytes, messages int }

// Accept answers a WebSocket handshake. If it returns an error, it has already sent an HTTP answer.
// While cfg.Registry drains, the new connection is closed with the drain's code.
func Accept(w http.ResponseWriter, r *http.Request, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	return cfg.accept(w, r)
}

// accept is Accept for a Config whose defaults are filled in. Its connections share c.
func (c *Config) accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	upgrader := websocket.Upgrader{
		HandshakeTimeout: c.WriteTimeout,
		ReadBufferSize:   1 << 9,  // usual messages are short; longer messages bypass the buffer
		WriteBufferSize:  1 << 10, // no message is written through it
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

// Acceptor answers handshakes with one Config, which its connections share. It is safe for
// concurrent use.
type Acceptor struct{ cfg Config }

// NewAcceptor returns an acceptor for cfg. Zero values of cfg mean their defaults.
func NewAcceptor(cfg Config) *Acceptor { return &Acceptor{cfg.withDefaults()} }

// Accept is like the function Accept.
func (a *Acceptor) Accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	return a.cfg.accept(w, r)
}

// Subprotocol returns the chosen subprotocol, or "" if none was chosen.
func (c *Conn) Subprotocol() string { return c.ws.Subprotocol() }

// Heartbeat sets a text that is sent with every ping, and sends it once at once.
func (c *Conn) Heartbeat(text []byte) {
	c.mu.Lock()
	c.heartbeat, c.heartbeatDue = text, !c.closed
	c.startWriter()
}

// Closing returns a channel that is closed when the connection stops accepting messages: Close was
// called, the peer closed, or the connection broke.
func (c *Conn) Closing() <-chan struct{} { return c.closing }

// Done returns a channel that is closed when the connection is over and its goroutines have ended.
func (c *Conn) Done() <-chan struct{} { return c.done }
