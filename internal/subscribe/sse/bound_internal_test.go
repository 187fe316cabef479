package sse

import (
	"net/http/httptest"
	"testing"

	"bis/internal/subscribe"
)

// A client of single connection mode may start many queries and read none of the answers.
func TestStream_of_a_client_that_does_not_read_is_bounded(t *testing.T) {
	t.Parallel()
	transport := &Transport{streams: map[*stream]struct{}{}}
	s := transport.newStream()
	s.attach(httptest.NewRecorder())
	answer := make([]byte, 100<<10)
	for range 100 {
		s.push(answer)
		if len(s.queue) > 3*subscribe.QueueBytes {
			t.Fatalf("%d bytes wait", len(s.queue))
		}
	}
	if _, over := s.dequeue(); !over {
		t.Error("the stream goes on without what it was to tell")
	}
}
