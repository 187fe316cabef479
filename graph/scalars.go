package graph

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
)

// MarshalID writes an id.
func MarshalID(id string) graphql.Marshaler { return graphql.MarshalID(id) }

// UnmarshalID reads a string or a whole number. gqlgen's own function also accepts fractions and
// booleans.
func UnmarshalID(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64: // a literal in a document
		return strconv.FormatInt(v, 10), nil
	case json.Number:
		if !strings.ContainsAny(string(v), ".eE") {
			return string(v), nil
		}
	}
	return "", errNotID
}

// MarshalUserID writes a user's id.
func MarshalUserID(id briefing.UserID) graphql.Marshaler { return MarshalID(string(id)) }

// UnmarshalUserID reads a user's id.
func UnmarshalUserID(v any) (briefing.UserID, error) {
	s, err := UnmarshalID(v)
	return briefing.UserID(s), err
}

// MarshalRequestID writes a request's id.
func MarshalRequestID(id briefing.RequestID) graphql.Marshaler { return MarshalID(string(id)) }

// UnmarshalRequestID reads a request's id, in any form: the service answers a malformed id like an
// unknown one.
func UnmarshalRequestID(v any) (briefing.RequestID, error) {
	s, err := UnmarshalID(v)
	return briefing.RequestID(s), err
}

// MarshalBriefingID writes a briefing's id.
func MarshalBriefingID(id briefing.BriefingID) graphql.Marshaler {
	return MarshalID(string(id))
}

// UnmarshalBriefingID reads a briefing's id.
func UnmarshalBriefingID(v any) (briefing.BriefingID, error) {
	s, err := UnmarshalID(v)
	return briefing.BriefingID(s), err
}

// MarshalString writes a string.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString reads a string. gqlgen's own function also converts numbers and booleans.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", errNotString
	}
	return s, nil
}

// MarshalInt writes a whole number.
func MarshalInt(n int) graphql.Marshaler { return graphql.MarshalInt(n) }

// UnmarshalInt reads a whole number of 32 bits, the range of GraphQL's Int. gqlgen's own function
// also reads strings.
func UnmarshalInt(v any) (int, error) {
	if _, ok := v.(string); !ok {
		if n, err := graphql.UnmarshalInt32(v); err == nil {
			return int(n), nil
		}
	}
	return 0, errNotInt
}

// MarshalFloat writes a number.
func MarshalFloat(f float64) graphql.ContextMarshaler { return graphql.MarshalFloatContext(f) }

// UnmarshalFloat reads a number. gqlgen's own function also reads strings.
func UnmarshalFloat(ctx context.Context, v any) (float64, error) {
	switch v.(type) {
	case string, nil:
		return 0, errNotFloat
	}
	f, err := graphql.UnmarshalFloatContext(ctx, v)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, errNotFloat
	}
	return f, nil
}

// MarshalCursor writes a cursor. It writes null for the empty cursor, the position before the first
// briefing.
func MarshalCursor(c briefing.Cursor) graphql.Marshaler {
	if c == "" {
		return graphql.Null
	}
	return graphql.MarshalString(string(c))
}

// UnmarshalCursor reads a cursor. The empty string is refused like any malformed cursor. It does
// not mean the position before the first briefing, because a client that lost its cursor must not
// get all briefings again.
func UnmarshalCursor(v any) (briefing.Cursor, error) {
	s, ok := v.(string)
	if !ok {
		return "", errInput("a cursor must be a string")
	}
	if s == "" {
		return "?", nil // malformed, so the service refuses it
	}
	return briefing.Cursor(s), nil
}

// MarshalTime writes a time in RFC 3339, with the offset of the server's zone.
func MarshalTime(t time.Time) graphql.ContextMarshaler {
	return graphql.ContextWriterFunc(func(ctx context.Context, w io.Writer) error {
		zone, _ := ctx.Value(zoneKey{}).(*time.Location)
		_, err := io.WriteString(w, timeText(t, zone))
		return err
	})
}

// timeText returns a time as JSON, in a zone. Nil means the time's own zone.
func timeText(t time.Time, zone *time.Location) string {
	if zone != nil {
		t = t.In(zone)
	}
	return strconv.Quote(t.Format(timeLayout))
}

// timeLayout is RFC 3339, with milliseconds unless they are zero.
const timeLayout = "2006-01-02T15:04:05.999Z07:00"

// UnmarshalTime reads a time in RFC 3339. gqlgen's own function also reads times without an offset.
func UnmarshalTime(_ context.Context, v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, errInput("a time must be a string")
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, errInput(
			"a time must be RFC 3339 with an offset, such as 2006-01-02T15:04:05+09:00")
	}
	return t, nil
}

// MarshalLoginOutcome writes the outcome of a login.
func MarshalLoginOutcome(o briefing.LoginOutcome) graphql.Marshaler {
	return graphql.MarshalString(string(o))
}

// UnmarshalLoginOutcome exists because gqlgen requires it. No input has this type.
func UnmarshalLoginOutcome(v any) (briefing.LoginOutcome, error) {
	s, err := graphql.UnmarshalString(v)
	return briefing.LoginOutcome(s), err
}

// MarshalEndReason writes why a request ended.
func MarshalEndReason(r briefing.EndReason) graphql.Marshaler {
	return graphql.MarshalString(string(r))
}

// UnmarshalEndReason exists because gqlgen requires it. No input has this type.
func UnmarshalEndReason(v any) (briefing.EndReason, error) {
	s, err := graphql.UnmarshalString(v)
	return briefing.EndReason(s), err
}
