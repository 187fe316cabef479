package subscribetest

import (
	"fmt"
	"strings"
	"testing"

	"bis/internal/briefing"
)

const CaptionAndCursor = `subscription($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) { caption cursor } }`

const Caption = `subscription($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) { caption } }`

// Watch is the message that subscribes to a request's captions.
func Watch(kind string, req briefing.Request, after briefing.Cursor) string {
	cursor := "null"
	if after != "" {
		cursor = fmt.Sprintf("%q", after)
	}
	return fmt.Sprintf(`{"id":"1","type":%q,"payload":{"query":"subscription($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) { caption } }","variables":{"id":%q,"after":%s}}}`,
		kind, req.ID, cursor)
}

func Next(kind, caption string) string {
	return fmt.Sprintf(`{"id":"1","type":%q,"payload":{"data":{"briefings":{"caption":%q}}}}`, kind, caption)
}

// Long is a caption that fills the buffers of a client that does not read.
func Long(i int) string { return fmt.Sprint(i, " ", strings.Repeat("손님 두 명. ", 500)) }

func Numbers(from, to int) []string {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprint(i))
	}
	return list
}

func Same(t *testing.T, who string, got, want []string) {
	t.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s: got %v, want %v", who, got, want)
	}
}

func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
