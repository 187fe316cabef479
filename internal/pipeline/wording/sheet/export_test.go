package sheet

import "strings"

// IsCode reports whether a line is one that built-in sheets alone may have.
func IsCode(language string, key Key, line string) bool {
	n, ok := grammars[language]().code[key]
	m := matcher{text: []rune(" " + inner(apart.Replace(strings.ToLower(line)))), hedges: true}
	return ok && n.match(&m, at(0), blank).has(len(m.text))
}
