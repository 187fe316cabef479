package subscribe

import (
	"reflect"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/internal/briefing"
	"bis/internal/limit"
)

// The memory of live subscriptions: their documents, their variables and their own state. The free
// bytes of each are not booked.
const (
	heldBytes    = 48 << 20 // of all; one address has at most half
	freeDocument = 1 << 10
	freeOwn      = 1 << 10
	nodeBytes    = 256     // of a parsed field, argument or value
	changesBytes = 3 << 10 // of a subscription to a user's requests, without document and variables
)

// holdings counts what subscriptions hold. They have a budget of their own, so that they take no
// room of answers. Subscriptions with the same parsed document share it, so it counts once.
type holdings struct {
	budget *limit.Bytes
	limits *limit.Limits // for reports

	mu        sync.Mutex // guards documents
	documents map[*ast.QueryDocument]*heldDocument
}

// heldDocument is a document that count subscriptions hold.
type heldDocument struct {
	count   int
	booking *limit.Booking
}

// holding is what one subscription holds. The zero value holds nothing.
type holding struct {
	all      *holdings
	document *ast.QueryDocument
	own      *limit.Booking
}

// hold counts for a caller what an operation holds: its document, its variables and n bytes of its
// own. Without room it returns a briefing.RateLimitedError. The holding must be released once.
func (h *holdings) hold(caller limit.Caller, op *graphql.OperationContext, n int) (holding, error) {
	noRoom := &briefing.RateLimitedError{RetryAfter: time.Second}
	own, ok := h.book(caller, n+valueBytes(reflect.ValueOf(op.Variables)), freeOwn)
	if !ok {
		h.limits.Report(caller, limit.NoRoomForHeld)
		return holding{}, noRoom
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	held := h.documents[op.Doc]
	if held == nil {
		booking, ok := h.book(caller, documentBytes(op.Doc, op.RawQuery), freeDocument)
		if !ok {
			h.limits.Report(caller, limit.NoRoomForHeld)
			own.Release()
			return holding{}, noRoom
		}
		held = &heldDocument{booking: booking}
		h.documents[op.Doc] = held
	}
	held.count++
	return holding{h, op.Doc, own}, nil
}

// book books the bytes of n that are not free.
func (h *holdings) book(caller limit.Caller, n, free int) (*limit.Booking, bool) {
	if n <= free {
		return nil, true
	}
	return h.budget.Acquire(caller, int64(n-free))
}

// release gives everything back.
func (k holding) release() {
	if k.all == nil {
		return
	}
	k.own.Release()
	k.all.mu.Lock()
	defer k.all.mu.Unlock()
	held := k.all.documents[k.document]
	if held.count--; held.count == 0 {
		held.booking.Release()
		delete(k.all.documents, k.document)
	}
}

// documentBytes estimates the memory of a parsed document and its text.
func documentBytes(doc *ast.QueryDocument, text string) int {
	n := len(text)
	if doc == nil {
		return n
	}
	for _, op := range doc.Operations {
		n += (1 + 2*len(op.VariableDefinitions)) * nodeBytes
		n += setBytes(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		n += nodeBytes + setBytes(f.SelectionSet)
	}
	return n
}

// setBytes estimates the memory of a selection, without the fragments that it spreads.
func setBytes(set ast.SelectionSet) int {
	n := 0
	for _, s := range set {
		n += nodeBytes
		switch s := s.(type) {
		case *ast.Field:
			n += argumentBytes(s.Arguments) + directiveBytes(s.Directives) + setBytes(s.SelectionSet)
		case *ast.InlineFragment:
			n += directiveBytes(s.Directives) + setBytes(s.SelectionSet)
		case *ast.FragmentSpread:
			n += directiveBytes(s.Directives)
		}
	}
	return n
}

func directiveBytes(list ast.DirectiveList) int {
	n := 0
	for _, d := range list {
		n += nodeBytes + argumentBytes(d.Arguments)
	}
	return n
}

func argumentBytes(list ast.ArgumentList) int {
	n := 0
	for _, a := range list {
		n += nodeBytes + astValueBytes(a.Value)
	}
	return n
}

func astValueBytes(v *ast.Value) int {
	n := nodeBytes
	if v != nil {
		for _, child := range v.Children {
			n += astValueBytes(child.Value)
		}
	}
	return n
}

// valueBytes estimates the memory of decoded JSON.
func valueBytes(v reflect.Value) int {
	const word = 16
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		return word + valueBytes(v.Elem())
	case reflect.String:
		return word + v.Len()
	case reflect.Slice:
		n := word
		for i := range v.Len() {
			n += valueBytes(v.Index(i))
		}
		return n
	case reflect.Map:
		n := word
		for each := v.MapRange(); each.Next(); {
			n += 4*word + valueBytes(each.Key()) + valueBytes(each.Value())
		}
		return n
	}
	return word
}
