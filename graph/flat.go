package graph

import (
	"bytes"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/internal/briefing"
)

// flatField is one field of a selection that can be written without the executor.
type flatField struct {
	key   []byte // the response's name of it, as JSON with a colon
	write func(w *bytes.Buffer, b *briefing.Briefing, zone *time.Location)
}

// Flat returns a function that makes of a subscription's operation one that writes its response to a briefing, byte for byte
// as the executor would, in a tenth of the time, into the room that it is given if that is enough. It returns nil for an operation whose selection is anything but plain fields: those the
// executor must run. The function reports false for a briefing that the executor would find a fault in. zone is the server's.
func Flat(zone *time.Location) func(op *graphql.OperationContext) func(b *briefing.Briefing, room []byte) ([]byte, bool) {
	if zone == nil {
		zone = time.UTC
	}
	return func(op *graphql.OperationContext) func(*briefing.Briefing, []byte) ([]byte, bool) {
		root, fields := flatten(op)
		if root == nil {
			return nil
		}
		return func(b *briefing.Briefing, room []byte) ([]byte, bool) {
			if b.Cursor == "" {
				return nil, false // a null where none may be
			}
			if room == nil {
				room = make([]byte, 0, 256+len(b.Caption)+len(b.Text))
			}
			w := bytes.NewBuffer(room[:0])
			w.WriteString(`{"data":{`)
			w.Write(root)
			writeFlat(w, fields, b, zone)
			w.WriteString(`}}`)
			return w.Bytes(), true
		}
	}
}

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

// flatten returns the root field's key and the fields that are selected of it, or nil.
func flatten(op *graphql.OperationContext) (root []byte, fields []flatField) {
	set := op.Operation.SelectionSet
	if len(set) != 1 || len(op.Operation.Directives) > 0 {
		return nil, nil
	}
	f, ok := set[0].(*ast.Field)
	if !ok || len(f.Directives) > 0 || f.Definition == nil || f.Definition.Type.Name() != "Briefing" {
		return nil, nil
	}
	list, ok := plain(f.SelectionSet, nil)
	if !ok {
		return nil, nil
	}
	for _, f := range list {
		write := flatWriter(f)
		if write == nil {
			return nil, nil
		}
		fields = append(fields, flatField{key: key(f), write: write})
	}
	return key(f), fields
}

// plain lists a selection's fields, fragments unfolded. It fails for directives, and for a name that is asked for twice.
func plain(set ast.SelectionSet, list []*ast.Field) ([]*ast.Field, bool) {
	ok := true
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

func key(f *ast.Field) []byte { return append(quote(f.Alias), ':') }

func quote(s string) []byte {
	var w bytes.Buffer
	graphql.MarshalString(s).MarshalGQL(&w)
	return w.Bytes()
}

// flatWriter writes a field of a briefing; nil for one that it does not know.
func flatWriter(f *ast.Field) func(w *bytes.Buffer, b *briefing.Briefing, zone *time.Location) {
	text := func(of func(*briefing.Briefing) string) func(*bytes.Buffer, *briefing.Briefing, *time.Location) {
		return func(w *bytes.Buffer, b *briefing.Briefing, _ *time.Location) {
			graphql.MarshalString(of(b)).MarshalGQL(w)
		}
	}
	// Ids are hexadecimal and cursors base64url: nothing in them is escaped in JSON.
	safe := func(of func(*briefing.Briefing) string) func(*bytes.Buffer, *briefing.Briefing, *time.Location) {
		return func(w *bytes.Buffer, b *briefing.Briefing, _ *time.Location) {
			w.WriteByte('"')
			w.WriteString(of(b))
			w.WriteByte('"')
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
		return func(w *bytes.Buffer, b *briefing.Briefing, zone *time.Location) {
			w.WriteByte('"')
			w.Write(b.At.In(zone).AppendFormat(w.AvailableBuffer(), timeLayout))
			w.WriteByte('"')
		}
	case "degraded":
		return func(w *bytes.Buffer, b *briefing.Briefing, _ *time.Location) {
			if b.Degraded == "" {
				w.WriteString("null")
				return
			}
			graphql.MarshalString(string(b.Degraded)).MarshalGQL(w)
		}
	case "counts":
		return flatCounts(f)
	}
	return nil
}

// flatCounts writes the counts; nil when more than their plain fields is asked for.
func flatCounts(f *ast.Field) func(w *bytes.Buffer, b *briefing.Briefing, zone *time.Location) {
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
		for n, c := range b.Facts.Counts {
			if n > 0 {
				w.WriteByte(',')
			}
			w.WriteByte('{')
			for i, f := range list {
				if i > 0 {
					w.WriteByte(',')
				}
				w.Write(keys[i])
				switch f.Name {
				case "name":
					graphql.MarshalString(c.Name).MarshalGQL(w)
				case "count":
					w.WriteString(strconv.Itoa(c.Count))
				default:
					w.WriteString(`"ObjectCount"`)
				}
			}
			w.WriteByte('}')
		}
		w.WriteByte(']')
	}
}
