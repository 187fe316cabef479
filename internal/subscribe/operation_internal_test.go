package subscribe

import (
	"testing"
	"time"
)

// A client that stopped a query may use its id again at once, and would mistake a late answer for
// one of the new operation.
func TestOperation_that_is_stopped_sends_no_answer_afterwards(t *testing.T) {
	t.Parallel()
	var o Operation
	ctx := o.Open(t.Context())
	o.sending.Lock() // an answer is on its way
	stopped := make(chan struct{})
	go func() { o.Stop(); close(stopped) }()
	<-ctx.Done() // which hurries it
	select {
	case <-stopped:
		t.Error("Stop does not wait for the answer")
	case <-time.After(10 * time.Millisecond):
	}
	o.sending.Unlock()
	<-stopped
	if err := o.send(ctx, nil, []byte("{}")); err == nil { // there is no client to call
		t.Error("it sends after it was stopped")
	}
}
