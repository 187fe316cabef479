package subscribetest

import (
	"fmt"
	"strings"
	"testing"

	"bis/internal/briefing"
)

// Documents that subscribe to the briefings of a request.
const (
	Caption          = watch + `{ caption } }`
	CaptionAndCursor = watch + `{ caption cursor } }`
	watch            = `subscription($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) `
)

// Watch returns a WebSocket message that subscribes to a request's captions with the id 1. kind is
// the message's type. An empty cursor means null.
func Watch(kind string, req briefing.Request, after briefing.Cursor) string {
	cursor := "null"
	if after != "" {
		cursor = fmt.Sprintf("%q", after)
	}
	const message = `{"id":"1","type":%q,"payload":{"query":%q,"variables":{"id":%q,"after":%s}}}`
	return fmt.Sprintf(message, kind, Caption, req.ID, cursor)
}

// Next returns the message of the type kind that the operation of Watch receives for a briefing.
func Next(kind, caption string) string {
	return fmt.Sprintf(`{"id":"1","type":%q,"payload":{"data":{"briefings":{"caption":%q}}}}`, kind, caption)
}

// Long returns a caption of about 8 KB that begins with i. A few of them fill the buffers of a
// client that does not read.
func Long(i int) string { return fmt.Sprint(i, " ", strings.Repeat("손님 두 명. ", 500)) }

// Numbers returns the numbers from from to to-1 as texts.
func Numbers(from, to int) []string {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprint(i))
	}
	return list
}

// Same fails the test if got differs from want. who names the receiver in the message.
func Same(t *testing.T, who string, got, want []string) {
	t.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s: got %v, want %v", who, got, want)
	}
}

// Must fails the test at once if err is not nil.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
