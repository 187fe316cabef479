package sheet

import (
	"fmt"
	"regexp"
	"strings"
)

// scope has what the parameters of a rule stand for: nodes.
type scope map[string]any // a node, or the stems of a parameter

// parser reads one expression of a grammar.
type parser struct {
	g      *grammar
	scope  scope
	tokens []string
}

// parse returns the node of an expression. Names are looked up in the scope, then in the grammar.
func (g *grammar) parse(text string, s scope) (node, error) {
	if _, after, ok := strings.Cut(escaped.Replace(text), `\`); ok {
		return nil, fmt.Errorf("no sign needs a backslash: %.8q", `\`+after)
	}
	p := &parser{g, s, tokens(text)}
	n, err := p.choice()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("unexpected %q", p.tokens[0])
	}
	return n, err
}

// escaped replaces each sign behind a backslash, which stands for itself, by a character that no
// file has. Other signs have no backslash.
var escaped = strings.NewReplacer(`\(`, "\uF000", `\)`, "\uF001", `\?`, "\uF002", `\*`, "\uF003",
	`\|`, "\uF004", `\+`, "\uF005", `\_`, "\uF006")

// tokens splits an expression. A bracket that follows a name directly is part of a call: NAME(.
func tokens(text string) []string {
	var all []string
	for word := range strings.FieldsSeq(escaped.Replace(text)) {
		for word != "" {
			n := strings.IndexAny(word, "()|?*")
			if j := nextJoint(word); j > 0 && (n < 0 || j < n) {
				n = j
				all = append(all, word[:n])
				word = word[n:]
				continue
			}
			switch {
			case n < 0:
				n = len(word)
			case n == 0:
				n = 1
			case word[n] == '(' && isName(strings.TrimLeft(word[:n], "+_")):
				n++
			}
			all = append(all, word[:n])
			word = word[n:]
			// "+(" and "_(" are joints of a group.
			if word != "" && word[0] == '(' && len(all) > 0 && isJoint(all[len(all)-1]) {
				all[len(all)-1] += "("
				word = word[1:]
			}
		}
	}
	return all
}

// nextJoint returns the index of a joint inside a word, or -1.
func nextJoint(word string) int {
	for i := 1; i < len(word); i++ {
		if isJoint(word[i : i+1]) {
			return i
		}
	}
	return -1
}

func isJoint(s string) bool { return s == "+" || s == "_" }

// isName reports whether a word is the name of a rule or a parameter: capital letters and digits.
func isName(word string) bool {
	return word != "" && strings.Trim(word, digitsAndCapitals) == "" &&
		word[0] >= 'A'
}

func (p *parser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *parser) take() string {
	token := p.peek()
	p.tokens = p.tokens[1:]
	return token
}

// choice reads alternatives.
func (p *parser) choice() (node, error) {
	var all choice
	for {
		n, err := p.sequence()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if p.peek() != "|" {
			break
		}
		p.take()
	}
	return p.simplify(all), nil
}

// simplify joins the alternatives that are words alone.
func (p *parser) simplify(all choice) node {
	var rest choice
	var plain *trie
	for _, n := range all {
		if s, ok := n.(sequence); ok && len(s) == 1 && !s[0].absent && !s[0].repeat && s[0].lead == blank {
			n = s[0].node
		}
		lit, ok := n.(literal)
		if !ok {
			rest = append(rest, n)
			continue
		}
		if plain == nil {
			plain = new(trie)
			rest = append(rest, words{plain})
		}
		plain.add(string(lit))
	}
	for i, n := range rest {
		if w, ok := n.(words); ok {
			rest[i] = words{p.g.shared.share(w.trie)}
		}
	}
	if len(rest) == 1 {
		return rest[0]
	}
	return rest
}

// literal is a word that was not yet joined with others.
type literal string

func (l literal) nullable() bool { return false }

func (l literal) match(m *matcher, from set, lead joint) set {
	return wordsOf(string(l)).match(m, from, lead)
}

// sequence reads parts up to the end, a bar or a closing bracket.
func (p *parser) sequence() (node, error) {
	var all sequence
	for t := p.peek(); t != "" && t != "|" && t != ")"; t = p.peek() {
		n, err := p.part()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("an alternative is empty")
	}
	for i, p := range all {
		if word, ok := p.node.(literal); ok && len(all) > 1 {
			all[i].node = wordsOf(string(word))
		}
	}
	return all, nil
}

// part reads a term with the joint before it and the sign behind it.
func (p *parser) part() (part, error) {
	token := p.take()
	var out part
	switch token[0] {
	case '+':
		out.lead, token = direct, token[1:]
	case '_':
		out.lead, token = either, token[1:]
	}
	n, err := p.term(token)
	if err != nil {
		return part{}, err
	}
	out.node = n
	for {
		switch p.peek() {
		case "?":
			out.absent = true
		case "*":
			out.absent, out.repeat = true, true
		default:
			return out, nil
		}
		p.take()
	}
}

// term reads a group, a rule, a call, a verb with endings, or a word.
func (p *parser) term(token string) (node, error) {
	name, call := strings.CutSuffix(token, "(")
	switch {
	case token == "(":
		return p.group()
	case call && name == "HEDGE":
		n, err := p.group()
		return hedge{n}, err
	case call && name == "BEFOREWORD":
		n, err := p.group()
		return beforeWord{n}, err
	case call && name == "AHEAD":
		n, err := p.group()
		return ahead{n}, err
	case call:
		return p.call(name)
	case isName(token):
		if n, ok := p.scope[token].(node); ok {
			return n, nil
		}
		return p.g.rule(token, nil)
	case token == "" || token == ")" || token == "?" || token == "*":
		return nil, fmt.Errorf("unexpected %q", token)
	}
	if stem, group, ok := strings.Cut(token, "/"); ok && stem != "" && isName(group) {
		return p.verbs(stem, group)
	}
	if word := slotless.ReplaceAllString(token, ""); strings.ContainsAny(word, digitsAndCapitals) {
		return nil, fmt.Errorf("%q is no rule and no word", token)
	}
	return wordOf(token), nil
}

// slotless finds slots.
var slotless = regexp.MustCompile(`\{[a-z]+\}`)

// digitsAndCapitals are letters that no word of a line has.
const digitsAndCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// meant is the inverse of escaped.
var meant = strings.NewReplacer("\uF000", "(", "\uF001", ")", "\uF002", "?", "\uF003", "*",
	"\uF004", "|", "\uF005", "+", "\uF006", "_")

// wordOf returns the literal of a token.
func wordOf(token string) node {
	return literal(strings.TrimLeft(apart.Replace(inner(meant.Replace(token))), " "))
}

// group reads alternatives up to the closing bracket.
func (p *parser) group() (node, error) {
	n, err := p.choice()
	if err != nil {
		return nil, err
	}
	if p.peek() != ")" {
		return nil, fmt.Errorf("a bracket is not closed")
	}
	p.take()
	return n, nil
}

// call reads the arguments of a rule: lists of stems, separated by commas.
func (p *parser) call(name string) (node, error) {
	var args []string
	for p.peek() != ")" {
		if p.peek() == "" {
			return nil, fmt.Errorf("the call of %s is not closed", name)
		}
		args = append(args, p.take())
	}
	p.take()
	var lists [][]string
	for list := range strings.SplitSeq(strings.Join(args, " "), ",") {
		lists = append(lists, p.stems(strings.Fields(list)))
	}
	return p.g.rule(name, lists)
}

// stems replaces parameters in a list of stems by what they stand for.
func (p *parser) stems(list []string) []string {
	var all []string
	for _, stem := range list {
		bare, past := strings.CutSuffix(stem, "^")
		values, ok := p.scope[bare].([]string)
		if !ok {
			values = []string{bare}
		}
		for _, v := range values {
			if past {
				v += "^"
			}
			all = append(all, v)
		}
	}
	return all
}

// verbs returns the forms of a stem, or of each stem that a parameter stands for.
func (p *parser) verbs(stem, group string) (node, error) {
	var all choice
	for _, s := range p.stems([]string{stem}) {
		n, err := p.g.forms(s, group)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return p.simplify(all), nil
}

// rule returns the node of a rule with arguments.
func (g *grammar) rule(name string, args [][]string) (node, error) {
	id := fmt.Sprint(name, args)
	if n, ok := g.built[id]; ok {
		if n == nil {
			return nil, fmt.Errorf("rule %s contains itself", name)
		}
		return n, nil
	}
	r, ok := g.rules[name]
	if !ok || len(r.params) != len(args) {
		return nil, fmt.Errorf("no rule %s with %d parameters", name, len(args))
	}
	g.built[id] = nil
	s := scope{}
	for i, param := range r.params {
		s[param] = args[i]
	}
	n, err := g.parse(r.text, s)
	if err != nil {
		return nil, fmt.Errorf("rule %s: %w", name, err)
	}
	g.built[id] = n
	return n, nil
}
