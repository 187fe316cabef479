package socket

// Budget counts the bytes that wait in connections' queues, for the process or for one caller. Its
// methods are safe for concurrent use and return without waiting. They are called with a lock of
// the connection held.
type Budget interface {
	// Acquire books n bytes more. It reports false, and books nothing, when there is no room.
	Acquire(n int) bool
	// Add books n bytes more, even when there is no room.
	Add(n int)
	// Release gives n bytes back.
	Release(n int)
	// Wait has wake called once, on another goroutine, when n bytes may be there. stop gives that
	// up and may be called at any time.
	Wait(n int, wake func()) (stop func())
}

const (
	// budgetStep is the least that is booked or given back at once, so that short messages seldom
	// touch the budget.
	budgetStep = 4 << 10
	// keptBytes is how many bytes stay booked for the messages that come, while others wait.
	keptBytes = 64 << 10
	// slowCost is the memory of a goroutine that writes for a slow peer, with its buffer.
	slowCost = 24 << 10
)

// missing returns how many bytes must be booked before n more may wait; c.mu is held.
func (c *Conn) missing(n int) int {
	need := c.bytes + n - c.booked
	if c.budget == nil || need <= 0 {
		return 0
	}
	return (need + budgetStep - 1) / budgetStep * budgetStep
}

// affords books what n more bytes need, and reports whether that is possible; c.mu is held.
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

// takes reports whether a message of n bytes is accepted now; c.mu is held. Without room in the
// budget each connection still has one message wait, so that all go on.
func (c *Conn) takes(n int) bool { return c.fits(n) && (c.messages == 0 || c.affords(n)) }

// charge books what n more bytes need in any case; c.mu is held.
func (c *Conn) charge(n int) {
	if need := c.missing(n); need > 0 {
		c.budget.Add(need)
		c.booked += need
	}
}

// awaitBudget has the peer told when n more bytes may find room; c.mu is held.
func (c *Conn) awaitBudget(n int) {
	if c.stopWaiting == nil && !c.severed {
		c.stopWaiting = c.budget.Wait(max(c.missing(n), 1), c.budgetHasRoom)
	}
}

// budgetHasRoom tells the peer to repeat what found no room.
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

// settle gives back what the queue does not need any more; c.mu is held. A message that goes out in
// several frames is in memory as a whole until its end.
func (c *Conn) settle() {
	spare := c.booked - c.bytes
	if c.budget == nil || spare <= 0 || c.fragmented != nil || c.bytes > 0 && spare < keptBytes {
		return
	}
	c.budget.Release(spare)
	c.booked -= spare
}

// discharge gives everything back, because nothing waits any more; c.mu is held.
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
