package subscribe

import (
	"context"
	"testing"
	"time"
)

// A client that stopped a query may use its id again at once, and would take a late answer for the
// new operation's.
func TestOperation_that_is_stopped_sends_no_answer_afterwards(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	o := &operation{cancel: cancel}
	o.sending.Lock() // an answer is on its way
	stopped := make(chan struct{})
	go func() { o.stop(); close(stopped) }()
	<-ctx.Done() // which hurries it
	select {
	case <-stopped:
		t.Error("stop does not wait for the answer")
	case <-time.After(10 * time.Millisecond):
	}
	o.sending.Unlock()
	<-stopped
	if err := o.send(ctx, []byte("{}")); err == nil { // it has no connection
		t.Error("it sends after it was stopped")
	}
}
