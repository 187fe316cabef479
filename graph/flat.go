package graph

import (
	"bytes"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/internal/briefing"
)

// FlatEncoder writes the response of a subscription for a briefing without the executor. The bytes
// equal the executor's, and writing them takes a tenth of its time. They are in scratch if scratch
// is large enough, and in new memory otherwise; scratch may be nil. ok is false for a briefing that
// the executor answers with an error, so the briefing needs the executor. A FlatEncoder is safe for
// concurrent use.
type FlatEncoder func(b *briefing.Briefing, scratch []byte) (json []byte, ok bool)

// Flat returns a function that compiles an operation into an encoder. The function returns nil for
// an operation that needs the executor, because its selection has more than plain fields. It is
// safe for concurrent use and caches the plans of documents. zone is the server's zone; nil means
// UTC.
func Flat(zone *time.Location) func(op *graphql.OperationContext) FlatEncoder {
	if zone == nil {
		zone = time.UTC
	}
	plans := newFlatPlans()
	return func(op *graphql.OperationContext) FlatEncoder {
		p := plans.of(op.Operation)
		if p == nil {
			return nil
		}
		return func(b *briefing.Briefing, scratch []byte) ([]byte, bool) {
			if b.Cursor == "" {
				return nil, false // the schema forbids a null cursor
			}
			if scratch == nil {
				words := len(b.Headline) + len(b.Description) + len(b.Question)
				scratch = make([]byte, 0, 256+len(b.Caption)+len(b.Text)+words)
			}
			w := bytes.NewBuffer(scratch[:0])
			w.WriteString(`{"data":{`)
			w.Write(p.root)
			writeFlat(w, p.fields, b, zone)
			w.WriteString(`}}`)
			return w.Bytes(), true
		}
	}
}

// flatField is one field of a selection that can be written without the executor.
type flatField struct {
	key   []byte // the field's name in the response, as JSON, and a colon
	write flatWriter
}

// flatWriter writes the value of one field.
type flatWriter func(w *bytes.Buffer, b *briefing.Briefing, zone *time.Location)

// writeFlat writes the object of the selected fields.
func writeFlat(w *bytes.Buffer, fields []flatField, b *briefing.Briefing, zone *time.Location) {
	w.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			w.WriteByte(',')
		}
		w.Write(f.key)
		f.write(w, b, zone)
	}
	w.WriteByte('}')
}

// flatPlan describes the response of a flat operation: the key of its root field, and the fields of
// the briefing.
type flatPlan struct {
	root   []byte
	fields []flatField
}

// plansLen is the number of cached plans. A cached plan retains its document.
const plansLen = 64

// flatPlans caches the plans of admitted documents, so that operations of one document share a
// plan. It is safe for concurrent use.
type flatPlans struct {
	cache *lru.Cache[*ast.OperationDefinition, *flatPlan] // a nil plan: the operation is not flat
}

func newFlatPlans() flatPlans {
	cache, err := lru.New[*ast.OperationDefinition, *flatPlan](plansLen)
	if err != nil {
		panic(err) // the length is a constant and positive
	}
	return flatPlans{cache}
}

// of returns the plan of an operation, or nil for an operation that needs the executor.
func (p flatPlans) of(op *ast.OperationDefinition) *flatPlan {
	plan, ok := p.cache.Get(op)
	if !ok {
		plan = flatten(op)
		p.cache.Add(op, plan)
	}
	return plan
}

// flatten compiles the plan of an operation. It returns nil for an operation that needs the
// executor.
func flatten(op *ast.OperationDefinition) *flatPlan {
	set := op.SelectionSet
	if len(set) != 1 || len(op.Directives) > 0 {
		return nil
	}
	f, ok := set[0].(*ast.Field)
	if !ok || len(f.Directives) > 0 || f.Definition == nil {
		return nil
	}
	if f.Definition.Type.Name() != "Briefing" {
		return nil
	}
	list, ok := plain(f.SelectionSet, nil)
	if !ok {
		return nil
	}
	plan := &flatPlan{root: key(f)}
	for _, f := range list {
		write := writerOf(f)
		if write == nil {
			return nil
		}
		plan.fields = append(plan.fields, flatField{key: key(f), write: write})
	}
	return plan
}

// plain appends the fields of a selection to list, with the fields of a fragment in place of its
// spread. ok is false for a selection with directives, and for one that selects the same name
// twice: the executor merges such fields.
func plain(set ast.SelectionSet, list []*ast.Field) (fields []*ast.Field, ok bool) {
	ok = true
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			for _, other := range list {
				ok = ok && other.Alias != s.Alias
			}
			ok = ok && len(s.Directives) == 0
			list = append(list, s)
		case *ast.InlineFragment:
			ok = ok && len(s.Directives) == 0
			if ok {
				list, ok = plain(s.SelectionSet, list)
			}
		case *ast.FragmentSpread:
			ok = ok && len(s.Directives) == 0
			if ok {
				list, ok = plain(s.Definition.SelectionSet, list)
			}
		}
	}
	return list, ok
}

// key returns the name of a field in the response, as JSON, and a colon.
func key(f *ast.Field) []byte { return append(quote(f.Alias), ':') }

func quote(s string) []byte {
	var w bytes.Buffer
	writeString(&w, s)
	return w.Bytes()
}

// writeString writes a string as the executor does. gqlgen writes the few strings that need
// escapes.
func writeString(w *bytes.Buffer, s string) {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			graphql.MarshalString(s).MarshalGQL(w)
			return
		}
	}
	w.WriteByte('"')
	w.WriteString(s)
	w.WriteByte('"')
}

// writerOf returns the writer of a field of Briefing, or nil for a field that needs the executor.
func writerOf(f *ast.Field) flatWriter {
	text := func(of func(*briefing.Briefing) string) flatWriter {
		return func(w *bytes.Buffer, b *briefing.Briefing, _ *time.Location) {
			writeString(w, of(b))
		}
	}
	// Ids are hexadecimal and cursors base64url: JSON escapes nothing in them.
	safe := func(of func(*briefing.Briefing) string) flatWriter {
		return func(w *bytes.Buffer, b *briefing.Briefing, _ *time.Location) {
			w.WriteByte('"')
			w.WriteString(of(b))
			w.WriteByte('"')
		}
	}
	flag := func(of func(*briefing.Briefing) bool) flatWriter {
		return func(w *bytes.Buffer, b *briefing.Briefing, _ *time.Location) {
			w.Write(strconv.AppendBool(w.AvailableBuffer(), of(b)))
		}
	}
	switch f.Name {
	case "__typename":
		return text(func(*briefing.Briefing) string { return "Briefing" })
	case "id":
		return safe(func(b *briefing.Briefing) string { return string(b.ID) })
	case "cursor":
		return safe(func(b *briefing.Briefing) string { return string(b.Cursor) })
	case "requestId":
		return safe(func(b *briefing.Briefing) string { return string(b.RequestID) })
	case "caption":
		return text(func(b *briefing.Briefing) string { return b.Caption })
	case "text":
		return text(func(b *briefing.Briefing) string { return b.Text })
	case "at":
		return writeTime
	case "degraded":
		return textOrNull(func(b *briefing.Briefing) string { return string(b.Degraded) })
	case "headline":
		return textOrNull(func(b *briefing.Briefing) string { return b.Headline })
	case "description":
		return textOrNull(func(b *briefing.Briefing) string { return b.Description })
	case "question":
		return textOrNull(func(b *briefing.Briefing) string { return b.Question })
	case "counts":
		return flatCounts(f)
	case "reportedWrong":
		return flag(func(b *briefing.Briefing) bool { return b.ReportedWrong })
	case "unchanged":
		return flag(func(b *briefing.Briefing) bool { return b.Unchanged })
	}
	return nil
}

// writeTime writes the time of a briefing in the server's zone.
func writeTime(w *bytes.Buffer, b *briefing.Briefing, zone *time.Location) {
	w.WriteByte('"')
	w.Write(b.At.In(zone).AppendFormat(w.AvailableBuffer(), timeLayout))
	w.WriteByte('"')
}

// textOrNull returns the writer of a text that is null when it is empty.
func textOrNull(of func(*briefing.Briefing) string) flatWriter {
	return func(w *bytes.Buffer, b *briefing.Briefing, _ *time.Location) {
		if text := of(b); text != "" {
			writeString(w, text)
			return
		}
		w.WriteString("null")
	}
}

// flatCounts returns the writer of the counts, or nil for a selection that needs the executor.
func flatCounts(f *ast.Field) flatWriter {
	list, ok := plain(f.SelectionSet, nil)
	for _, f := range list {
		ok = ok && (f.Name == "name" || f.Name == "count" || f.Name == "__typename")
	}
	if !ok {
		return nil
	}
	keys := make([][]byte, len(list))
	for i, f := range list {
		keys[i] = key(f)
	}
	return func(w *bytes.Buffer, b *briefing.Briefing, _ *time.Location) {
		w.WriteByte('[')
		for n, c := range countsOf(&b.Facts) {
			if n > 0 {
				w.WriteByte(',')
			}
			writeCount(w, list, keys, c)
		}
		w.WriteByte(']')
	}
}

// writeCount writes the selected fields of one count.
func writeCount(w *bytes.Buffer, fields []*ast.Field, keys [][]byte, c briefing.ObjectCount) {
	w.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			w.WriteByte(',')
		}
		w.Write(keys[i])
		switch f.Name {
		case "name":
			writeString(w, c.Name)
		case "count":
			w.WriteString(strconv.Itoa(c.Count))
		default: // __typename
			w.WriteString(`"ObjectCount"`)
		}
	}
	w.WriteByte('}')
}
