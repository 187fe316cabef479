package socket

// Budget counts the bytes that wait in the queues of connections, and the bytes of incomplete
// messages of their peers, for the process or for one caller. Its methods must be safe for
// concurrent use and return without waiting. They are called while a lock of the connection is
// held.
type Budget interface {
	// Acquire books n bytes. If there is no room, it reports false and books nothing.
	Acquire(n int) bool
	// Add books n bytes, even if there is no room.
	Add(n int)
	// Release releases n booked bytes.
	Release(n int)
	// Wait calls wake once, on another goroutine, when there may be room for n bytes. stop ends the
	// waiting and may be called at any time.
	Wait(n int, wake func()) (stop func())
}

const (
	// budgetStep is the smallest booking, in bytes, so that short messages seldom call the budget.
	budgetStep = 4 << 10
	// keptBytes is how many unused bytes stay booked for later messages while others wait.
	keptBytes = 64 << 10
	// slowCost is the memory of a goroutine that writes for a slow peer, with its buffer.
	slowCost = 24 << 10
)

// missing returns how many bytes must be booked before n more bytes may wait. The caller has locked
// c.mu.
func (c *Conn) missing(n int) int {
	need := c.bytes + n - c.booked
	if c.budget == nil || need <= 0 {
		return 0
	}
	return (need + budgetStep - 1) / budgetStep * budgetStep
}

// affords books the missing bytes for n more bytes, and reports whether there was room. The caller
// has locked c.mu.
func (c *Conn) affords(n int) bool {
	need := c.missing(n)
	if need == 0 {
		return true
	}
	if !c.budget.Acquire(need) {
		return false
	}
	c.booked += need
	return true
}

// accepts reports whether a message of n bytes can be queued now. Without room in the budget, one
// message may still wait in each connection, so that every connection makes progress. The caller
// has locked c.mu.
func (c *Conn) accepts(n int) bool { return c.fits(n) && (c.messages == 0 || c.affords(n)) }

// charge books the missing bytes for n more bytes, even if there is no room. The caller has locked
// c.mu.
func (c *Conn) charge(n int) {
	if need := c.missing(n); need > 0 {
		c.budget.Add(need)
		c.booked += need
	}
}

// awaitBudget waits in the background until n more bytes may find room, and then notifies the peer.
// The caller has locked c.mu.
func (c *Conn) awaitBudget(n int) {
	if c.stopWaiting == nil && !c.severed {
		c.stopWaiting = c.budget.Wait(max(c.missing(n), 1), c.budgetHasRoom)
	}
}

// budgetHasRoom calls Peer.Room if a Try or Queue was refused.
func (c *Conn) budgetHasRoom() {
	c.mu.Lock()
	c.stopWaiting = nil
	again := c.tryRefused && !c.closed && c.peer != nil
	c.tryRefused = c.tryRefused && !again
	peer := c.peer
	c.mu.Unlock()
	if again {
		peer.Room()
	}
}

// settle releases booked bytes that the queue does not need. It releases nothing during a message
// of several frames, which stays in memory until its last frame. The caller has locked c.mu.
func (c *Conn) settle() {
	spare := c.booked - c.bytes
	if c.budget == nil || spare <= 0 || c.fragmented != nil || c.bytes > 0 && spare < keptBytes {
		return
	}
	c.budget.Release(spare)
	c.booked -= spare
}

// discharge releases all bookings and ends the waiting for room. The queue must be empty. The
// caller has locked c.mu.
func (c *Conn) discharge() {
	if c.budget == nil {
		return
	}
	c.budget.Release(c.booked)
	c.booked = 0
	if c.stopWaiting != nil {
		c.stopWaiting()
		c.stopWaiting = nil
	}
}
