package guard_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"bis/graph/guard"
)

func BenchmarkWorst(b *testing.B) {
	l := guard.Default()
	docs := map[string]string{
		"overlap": "{ __schema {" + strings.Repeat(" types { fields { args { name type { name kind } } } }", 38) + " } }",
		"errors": "{ __schema {" + func() string {
			var s strings.Builder
			for i := range 600 {
				s.WriteString(" x" + strings.Repeat("y", i%7) + string(rune('a'+i%26)))
			}
			return s.String()
		}() + " } }",
	}
	for name, q := range docs {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.Source(q); err != nil {
					b.Fatal(err)
				}
				doc, err := parser.ParseQuery(&ast.Source{Input: q})
				if err != nil {
					b.Fatal(err)
				}
				if err := l.Document(doc); err != nil {
					b.Fatal(err)
				}
				validator.ValidateWithRules(schema, doc, nil)
			}
		})
		b.Run(name+"/guard", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = l.Source(q)
				doc, _ := parser.ParseQuery(&ast.Source{Input: q})
				_ = l.Document(doc)
			}
		})
	}
}
