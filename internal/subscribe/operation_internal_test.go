package subscribe

import (
	"testing"
	"time"
)

// A client that stopped a query may use its id again at once. It would mistake a late answer for an
// answer of the new operation.
func TestOperation_that_is_stopped_sends_no_answer_afterwards(t *testing.T) {
	t.Parallel()
	var o Operation
	ctx := o.Open(t.Context())
	o.sending.Lock() // an answer is being sent
	stopped := make(chan struct{})
	go func() { o.Stop(); close(stopped) }()
	<-ctx.Done() // Stop cancels the sending
	select {
	case <-stopped:
		t.Error("Stop does not wait for the answer")
	case <-time.After(10 * time.Millisecond):
	}
	o.sending.Unlock()
	<-stopped
	if err := o.send(ctx, nil, []byte("{}")); err == nil { // nil: no client may be called
		t.Error("it sends after it was stopped")
	}
}

// closing is a delivery that counts the calls of its methods.
type closing struct{ started, closed, rooms int }

func (c *closing) start()         { c.started++ }
func (c *closing) room()          { c.rooms++ }
func (c *closing) finished() bool { return false }
func (c *closing) close()         { c.closed++ }

// A client may stop a subscription while its resolver waits for the store.
func TestOperation_that_is_stopped_before_its_delivery_closes_it(t *testing.T) {
	t.Parallel()
	var o Operation
	o.Open(t.Context())
	o.Stop()
	var d closing
	if o.setDelivery(&d) {
		t.Error("a stopped operation keeps its delivery")
	}
	o.Deliver()
	o.Room()
	if d != (closing{closed: 1}) {
		t.Errorf("the delivery saw %+v, want one close", d)
	}
}

func TestOperation_closes_its_delivery_once(t *testing.T) {
	t.Parallel()
	var o Operation
	o.Open(t.Context())
	var d closing
	o.setDelivery(&d)
	o.Deliver()
	o.Room()
	o.Stop()
	o.Stop()
	o.Room()
	if want := (closing{started: 1, rooms: 1, closed: 1}); d != want {
		t.Errorf("the delivery saw %+v, want %+v", d, want)
	}
}
