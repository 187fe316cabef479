package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"unicode/utf8"
)

// goFile measures a Go file that is neither a test nor generated.
func (r *report) goFile(name string, text []byte) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		return err
	}
	line := func(pos token.Pos) int { return fset.Position(pos).Line }
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	r.longestFile = max(r.longestFile, len(lines))
	if len(lines) > maxFile {
		r.fault("%s: %d lines; want at most %d", name, len(lines), maxFile)
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		n := line(f.End()) - line(f.Pos()) + 1
		r.longestFunction = max(r.longestFunction, n)
		if n > maxFunction {
			r.fault("%s:%d: %s has %d lines; want at most %d", name, line(f.Pos()), f.Name.Name, n, maxFunction)
		}
	}
	commented := map[int]bool{}
	for _, group := range file.Comments {
		for _, c := range group.List {
			for n := line(c.Pos()); n <= line(c.End()); n++ {
				commented[n] = true
			}
		}
	}
	sum := count{comments: len(commented)}
	for i, l := range lines {
		if strings.TrimSpace(l) != "" {
			sum.lines++
		}
		if commented[i+1] {
			r.width(name, i+1, l)
		}
	}
	r.add(name, sum)
	return nil
}

// width checks a line with a comment against the limit. A tab counts four columns and any other
// character one. Directives such as go:embed cannot be wrapped and are exempt.
func (r *report) width(name string, n int, line string) {
	if strings.HasPrefix(strings.TrimSpace(line), "//go:") {
		return
	}
	columns := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    "))
	r.widest = max(r.widest, columns)
	if columns > maxColumns {
		r.fault("%s:%d: %d columns; want at most %d", name, n, columns, maxColumns)
	}
}

// markdown checks the prose of a Markdown file against the limit of columns. Code, tables and a
// line that is one unbroken address cannot be wrapped and are exempt.
func (r *report) markdown(name, text string) {
	code := false
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "```") {
			code = !code
		}
		columns := utf8.RuneCountInString(line)
		if code || strings.HasPrefix(trimmed, "|") || strings.HasPrefix(line, "    ") || !strings.Contains(trimmed, " ") {
			continue
		}
		if columns > maxColumns {
			r.fault("%s:%d: %d columns; want at most %d", name, i+1, columns, maxColumns)
		}
	}
}
