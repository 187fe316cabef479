package sheet

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

//go:embed words
var files embed.FS

// compiled is the grammar of a language and the nodes of its keys.
type compiled struct {
	keys map[Key]node
	err  error
}

// grammars compiles the grammar of each language when its first line is checked.
var grammars = map[string]func() compiled{
	"ko": sync.OnceValue(func() compiled { return compile("ko") }),
	"en": sync.OnceValue(func() compiled { return compile("en") }),
}

// compile returns the grammar of a language. The files are a part of the program; a test compiles
// all of them.
func compile(language string) compiled {
	text, err := source(language)
	if err != nil {
		return compiled{err: err}
	}
	return compileText(text)
}

// source returns the files of a language as one text.
func source(language string) (string, error) {
	names, err := fs.Glob(files, "words/"+language+"/*.txt")
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return "", err
		}
		all.Write(text)
	}
	return all.String(), nil
}

func compileText(text string) compiled {
	g, err := parseGrammar(text)
	if err != nil {
		return compiled{err: err}
	}
	c := compiled{keys: map[Key]node{}}
	for key, text := range g.keys {
		if c.keys[key], err = g.key(key, text); err != nil {
			return compiled{err: err}
		}
	}
	return c
}

// lines returns the grammar of a key's lines.
func lines(language string, key Key) (node, error) {
	load, ok := grammars[language]
	if !ok {
		return nil, fmt.Errorf("no words of language %s", language)
	}
	c := load()
	if c.err != nil {
		return nil, c.err
	}
	n, ok := c.keys[key]
	if !ok {
		return nil, fmt.Errorf("no lines of key %s in language %s", key, language)
	}
	return n, nil
}
