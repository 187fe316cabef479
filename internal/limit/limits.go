package limit

import (
	"cmp"
	"context"
	"errors"
	"time"

	"bis/internal/briefing"
)

// Reason is why a call was refused. Metrics have it as a label, so the set of reasons is fixed.
type Reason string

// The reasons.
const (
	ForeignHost      Reason = "host"               // the server does not answer to this host name
	ForeignOrigin    Reason = "origin"             // the web page may not call the server
	TooComplex       Reason = "too_complex"        // the document costs more than the limit
	TooSlow          Reason = "deadline"           // the body or the answer took too long
	TooManyMessages  Reason = "messages"           // too many messages on one socket
	TooManyOpen      Reason = "connection_slots"   // too many HTTP connections at once
	TooManySockets   Reason = "socket_slots"       // too many sockets and streams at once
	TooManyOperating Reason = "subscription_slots" // too many operations on sockets at once
	NoRoom           Reason = "in_flight"          // too many bytes wait for the caller already
	NoRoomForHeld    Reason = "held"               // subscriptions hold too many bytes
	TooLong          Reason = "answer"             // the answer is longer than the limit
	TooLongRunning   Reason = "operation_time"     // the operation took too long
)

// reasons are the reasons of refusals by rate.
var reasons = [kinds]Reason{
	Operations: "operations", Starts: "starts", Logins: "logins", Summaries: "summaries",
	Runs: "runs", Previews: "previews", Tests: "tests", Pushes: "pushes", Subscriptions: "subscriptions", Sockets: "sockets",
}

// Reasons returns every reason.
func Reasons() []Reason {
	return append([]Reason{
		ForeignHost, ForeignOrigin, TooComplex, TooSlow,
		TooManyMessages, TooManyOpen, TooManySockets, TooManyOperating,
		NoRoom, NoRoomForHeld, TooLong, TooLongRunning,
	}, reasons[:]...)
}

// DefaultSockets is the default bound of open sockets and streams.
const DefaultSockets = 20_000

// perSocket is the number of operations on sockets and streams for which there are slots, per
// socket.
const perSocket = 3

// leastOpen is the least number of slots for HTTP connections, because a browser opens several.
// restingOpen is the number of HTTP connections that may rest between two calls.
const (
	leastOpen   = 64
	restingOpen = 4_000
)

// maxName is the number of bytes of a user's name that count. New names are shorter.
const maxName = 256

// slotPause is the time after which a caller without a free slot may try again. It is a guess,
// because a slot may become free at any time.
const slotPause = 5 * time.Second

// The default rates. An owner with a console and a few phones does not reach them. 5,000 phones
// behind one address may reconnect at once without reaching them.
var (
	byAddress = map[Kind]Rate{
		Operations:    {500, 5_000},
		Starts:        {20, 500},
		Logins:        {20, 500},
		Summaries:     {2, 40},
		Runs:          {2, 40},
		Previews:      {2, 40},
		Tests:         {0.5, 20},
		Pushes:        {30, 300},
		Subscriptions: {500, 10_000},
		Sockets:       {500, 10_000},
	}
	byUser = map[Kind]Rate{
		Starts:    {1, 60},
		Logins:    {1, 60},
		Summaries: {0.5, 10},
		Runs:      {0.2, 10},
		Previews:  {0.5, 20},
		Tests:     {0.2, 10},
		Pushes:    {3, 10}, // the user is a camera here
	}
)

// messages is the rate of messages on one socket. A client may start and stop all of its operations
// at once.
var messages = Rate{200, 4_000}

// Config has the settings of Limits. The zero value means the defaults.
type Config struct {
	// Off removes the rates and the bounds of slots. Refusals that other packages report still
	// count.
	Off bool
	// Factor multiplies the default rates and bursts. Zero means 1.
	Factor float64
	// Sockets is how many sockets and streams may be open at once. In addition there may be three
	// fifths as many HTTP connections, at least 64, and three times as many operations on sockets
	// and streams. 4,000 HTTP connections may rest between two calls. One caller may have half of
	// each. Zero means DefaultSockets.
	Sockets int
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
	// Refused is called for every refusal. It must return soon and be safe for concurrent use. Nil
	// means no call.
	Refused func(c Caller, why Reason)
}

// Limits decide whether a caller may have more. The context has the caller; see WithCaller. A
// refusal is a *briefing.RateLimitedError. Nil Limits refuse and report nothing.
type Limits struct {
	addresses, users *Rates
	open             *Slots // HTTP connections
	resting          *Slots // HTTP connections between two calls
	sockets, running *Slots
	messages         Rate // of one socket
	refused          func(c Caller, why Reason)
}

// New returns limits without any use yet. A negative factor or number of sockets is an error.
func New(cfg Config) (*Limits, error) {
	if cfg.Factor < 0 || cfg.Sockets < 0 {
		return nil, errors.New("limit: factor and sockets must not be negative")
	}
	l := &Limits{refused: cfg.Refused}
	if cfg.Off {
		l.addresses, l.users = NewRates(nil, cfg.Now), NewRates(nil, cfg.Now)
		l.open, l.resting = NewSlots(0, 0), NewSlots(0, 0)
		l.sockets, l.running = NewSlots(0, 0), NewSlots(0, 0)
		return l, nil
	}
	factor, sockets := cmp.Or(cfg.Factor, 1), cmp.Or(cfg.Sockets, DefaultSockets)
	l.addresses = NewRates(times(byAddress, factor), cfg.Now)
	l.users = NewRates(times(byUser, factor), cfg.Now)
	l.messages = messages.times(factor)
	l.open = NewSlots(max(leastOpen, sockets*3/5), 0)
	l.resting = NewSlots(restingOpen, 0)
	l.sockets, l.running = NewSlots(sockets, 0), NewSlots(perSocket*sockets, 0)
	return l, nil
}

// times returns rates multiplied by a factor.
func times(rates map[Kind]Rate, factor float64) map[Kind]Rate {
	all := make(map[Kind]Rate, len(rates))
	for kind, r := range rates {
		all[kind] = r.times(factor)
	}
	return all
}

// times returns the rate multiplied by a factor. The burst is at least 1.
func (r Rate) times(factor float64) Rate {
	return Rate{r.PerSecond * factor, max(1, int(float64(r.Burst)*factor))}
}

// Allow counts one call of a kind for the caller's address.
func (l *Limits) Allow(ctx context.Context, kind Kind) error { return l.AllowN(ctx, kind, 1) }

// AllowN counts n calls of a kind, or none if it refuses them.
func (l *Limits) AllowN(ctx context.Context, kind Kind, n int) error {
	if l == nil || n <= 0 {
		return nil
	}
	c := CallerOf(ctx)
	wait, ok := l.addresses.AllowN(kind, string(c), n)
	return l.answer(c, reasons[kind], wait, ok)
}

// Ready reports whether one more call of a kind would be allowed. It counts nothing, but it reports
// a refusal.
func (l *Limits) Ready(ctx context.Context, kind Kind) error {
	if l == nil {
		return nil
	}
	c := CallerOf(ctx)
	wait, ok := l.addresses.Ready(kind, string(c))
	return l.answer(c, reasons[kind], wait, ok)
}

// AllowStart counts a start of a request for a user.
func (l *Limits) AllowStart(ctx context.Context, username string) error {
	return l.allowUser(ctx, Starts, username)
}

// AllowLogin counts a login of a user.
func (l *Limits) AllowLogin(ctx context.Context, username string) error {
	return l.allowUser(ctx, Logins, username)
}

// AllowSummary counts a summary of a user's request.
func (l *Limits) AllowSummary(ctx context.Context, username string) error {
	return l.allowUser(ctx, Summaries, username)
}

// AllowRun counts a run of a user's request beside its ticks.
func (l *Limits) AllowRun(ctx context.Context, username string) error {
	return l.allowUser(ctx, Runs, username)
}

// AllowPreview counts a preview of a user's style.
func (l *Limits) AllowPreview(ctx context.Context, username string) error {
	return l.allowUser(ctx, Previews, username)
}

// AllowTest counts a test of a user's camera.
func (l *Limits) AllowTest(ctx context.Context, username string) error {
	return l.allowUser(ctx, Tests, username)
}

// AllowPush counts a picture that a device sends to a camera.
func (l *Limits) AllowPush(ctx context.Context, camera string) error {
	return l.allowUser(ctx, Pushes, camera)
}

// allowUser counts by the address, and by the address and the user together. A bucket of the user
// alone would let other callers lock the owner out, because any caller may use any name. The
// address counts first, so that invented names do not fill the users' buckets.
func (l *Limits) allowUser(ctx context.Context, kind Kind, username string) error {
	if l == nil {
		return nil
	}
	if err := l.Allow(ctx, kind); err != nil {
		return err
	}
	c := CallerOf(ctx)
	name := briefing.NameKey(username[:min(len(username), maxName)])
	wait, ok := l.users.Allow(kind, string(c)+" "+name)
	return l.answer(c, reasons[kind], wait, ok)
}

// Open acquires a slot for an HTTP connection until Close. A connection that becomes a WebSocket
// must release its slot, because Connect has counted the socket.
func (l *Limits) Open(c Caller) bool {
	if l == nil {
		return true
	}
	return l.answer(c, TooManyOpen, slotPause, l.open.Claim(c)) == nil
}

// Close releases the slot of an HTTP connection.
func (l *Limits) Close(c Caller) {
	if l != nil {
		l.open.Release(c, 1)
	}
}

// Rest acquires a slot for an HTTP connection that waits for its next call, until Resume. If it
// reports false, the connection must be closed. That is no refusal: the call was answered.
func (l *Limits) Rest(c Caller) bool { return l == nil || l.resting.Claim(c) }

// Resume releases the slot of Rest.
func (l *Limits) Resume(c Caller) {
	if l != nil {
		l.resting.Release(c, 1)
	}
}

// Weight estimates the memory of open connections and of operations on sockets, in bytes, without
// their queues.
func (l *Limits) Weight() int64 {
	const connection, operation = 16 << 10, 3 << 10
	if l == nil {
		return 0
	}
	open := l.open.Len() + l.sockets.Len()
	return connection*int64(open) + operation*int64(l.running.Len())
}

// Connect counts a new socket or stream and acquires a slot for it. release releases the slot; it
// may be called more than once.
func (l *Limits) Connect(ctx context.Context) (release func(), err error) {
	if l == nil {
		return func() {}, nil
	}
	if err := l.Allow(ctx, Sockets); err != nil {
		return nil, err
	}
	c := CallerOf(ctx)
	release, ok := l.sockets.Acquire(c)
	return release, l.answer(c, TooManySockets, slotPause, ok)
}

// Begin acquires a slot for an operation on a socket or a stream. End releases it.
func (l *Limits) Begin(c Caller) error {
	if l == nil {
		return nil
	}
	return l.answer(c, TooManyOperating, slotPause, l.running.Claim(c))
}

// End releases the slots of n operations.
func (l *Limits) End(c Caller, n int) {
	if l != nil && n > 0 {
		l.running.Release(c, n)
	}
}

// Messages returns the rate of messages on one socket. A PerSecond of zero means no limit.
func (l *Limits) Messages() Rate {
	if l == nil {
		return Rate{}
	}
	return l.messages
}

// Report reports a refusal that another package has decided.
func (l *Limits) Report(c Caller, why Reason) {
	if l != nil && l.refused != nil {
		l.refused(c, why)
	}
}

// answer returns nil if ok. Otherwise it reports the refusal and returns its error.
func (l *Limits) answer(c Caller, why Reason, wait time.Duration, ok bool) error {
	if ok {
		return nil
	}
	l.Report(c, why)
	return &briefing.RateLimitedError{RetryAfter: wait}
}
