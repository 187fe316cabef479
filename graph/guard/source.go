package guard

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// Source checks the text of a document before it is parsed. It stops at the first limit that the
// text breaks, and returns the number of tokens that it has read. A text that is not GraphQL
// passes, because the parser finds the fault at the same place. The error is a *Refusal.
func (l Limits) Source(query string) (tokens int, err error) {
	if err := exceeds("bytes", len(query), l.Bytes); err != nil {
		return 0, err
	}
	s := source{limits: l}
	for lex := lexer.New(&ast.Source{Input: query}); ; {
		token, err := lex.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return s.tokens, nil
		}
		if err := s.count(token.Kind); err != nil {
			return s.tokens, err
		}
	}
}

// source counts the tokens that were read.
type source struct {
	limits Limits

	tokens, directives, aliases, values int
	braces                              int // open braces of selections
	parens                              int // open parentheses
	nested                              int // open lists and objects inside parentheses
}

// count adds one token. Parentheses separate values from selections. Inside parentheses, braces and
// brackets are objects and lists, and a colon belongs to an argument. Outside, a colon follows an
// alias.
func (s *source) count(kind lexer.Type) error {
	s.tokens++
	if err := exceeds("tokens", s.tokens, s.limits.Tokens); err != nil {
		return err
	}
	if s.parens > 0 && kind != lexer.Comment {
		s.values++
		if err := exceeds("tokens in values", s.values, s.limits.Values); err != nil {
			return err
		}
	}
	switch kind {
	case lexer.ParenL:
		s.parens++
	case lexer.ParenR:
		s.parens = max(0, s.parens-1)
	case lexer.At:
		s.directives++
		return exceeds("directives", s.directives, s.limits.Directives)
	case lexer.Colon:
		if s.parens == 0 {
			s.aliases++
		}
		return exceeds("aliases", s.aliases, s.limits.Aliases)
	case lexer.BraceL, lexer.BracketL:
		return s.open()
	case lexer.BraceR, lexer.BracketR:
		s.closed()
	}
	return nil
}

func (s *source) open() error {
	if s.parens > 0 {
		s.nested++
		return exceeds("levels of lists and objects", s.nested, s.limits.Nesting)
	}
	s.braces++
	return exceeds("levels of selections", s.braces, s.limits.Depth)
}

func (s *source) closed() {
	if s.parens > 0 {
		s.nested = max(0, s.nested-1)
	} else {
		s.braces = max(0, s.braces-1)
	}
}
