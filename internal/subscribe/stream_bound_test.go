package subscribe

import (
	"net/http/httptest"
	"testing"
)

// A client of single mode may begin queries for ever and read none of their answers.
func TestStream_of_a_client_that_does_not_read_is_bounded(t *testing.T) {
	t.Parallel()
	transports := &Transports{streams: map[*stream]struct{}{}}
	s := transports.newStream(httptest.NewRecorder())
	answer := make([]byte, 100<<10)
	for range 100 {
		s.must(answer)
		if len(s.queue) > 3*queueBytes {
			t.Fatalf("%d bytes wait", len(s.queue))
		}
	}
	if _, over := s.take(); !over {
		t.Error("the stream goes on without what it was to tell")
	}
}
