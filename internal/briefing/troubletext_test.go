package briefing_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"bis/internal/briefing"
)

// declaredReasons returns every TroubleReason that the package declares, in any file.
func declaredReasons(t *testing.T) []briefing.TroubleReason {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []briefing.TroubleReason
	collect := func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "TroubleReason" {
			for _, v := range spec.Values {
				text, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, briefing.TroubleReason(text))
			}
		}
		return true
	}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, collect)
	}
	return all
}

// Each reason has a sentence in both languages that ends, fits into an answer, and has a next step.
func TestSentence_exists_for_each_reason_in_both_languages(t *testing.T) {
	t.Parallel()
	all := declaredReasons(t)
	if len(all) < 30 || len(all) != len(briefing.TroubleReasons()) {
		t.Fatalf("%d reasons are declared, %d have a sentence", len(all), len(briefing.TroubleReasons()))
	}
	seen := map[string]briefing.TroubleReason{}
	for _, reason := range all {
		korean, english := briefing.Sentence(reason, false), briefing.Sentence(reason, true)
		if !strings.ContainsFunc(korean, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) || !strings.HasSuffix(korean, "세요.") {
			t.Errorf("%s in Korean: %q", reason, korean)
		}
		if strings.ContainsFunc(english, func(r rune) bool { return r > unicode.MaxASCII }) || !strings.HasSuffix(english, ".") || strings.Count(english, ". ") < 1 {
			t.Errorf("%s in English: %q", reason, english)
		}
		for _, text := range []string{korean, english} {
			if other, twice := seen[text]; twice || len(text) > 300 {
				t.Errorf("%s: %d bytes, same as %q: %s", reason, len(text), other, text)
			}
			seen[text] = reason
		}
	}
	if briefing.Sentence("X", true)+briefing.Sentence("", false) != "" {
		t.Error("an unknown reason has a sentence")
	}
}
