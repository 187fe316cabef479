package sheet

import (
	"fmt"
	"strings"

	"bis/internal/pipeline/wording/hangul"
)

// grammar is what a file of words says: verbs, groups of endings, rules, and the lines of keys.
type grammar struct {
	verbs   map[string]hangul.Verb
	endings map[string][]string
	rules   map[string]rule
	keys    map[Key]string
	leads   map[Key]string  // what may be before the lines of a key
	built   map[string]node // of rules and forms, by name and arguments
	shared  sharer
}

// rule is a named expression. In the expression of a rule with parameters, their names stand for
// stems of verbs.
type rule struct {
	params []string
	text   string
}

// parseGrammar reads a file of words. Its format is in words/README.md.
func parseGrammar(text string) (*grammar, error) {
	g := &grammar{
		verbs: map[string]hangul.Verb{}, endings: map[string][]string{}, rules: map[string]rule{},
		keys: map[Key]string{}, leads: map[Key]string{}, built: map[string]node{}, shared: sharer{},
	}
	for _, s := range statements(text) {
		if err := g.add(s); err != nil {
			return nil, fmt.Errorf("%q: %w", s, err)
		}
	}
	return g, nil
}

// statements returns the statements of a file: a line, and the indented lines that follow it.
func statements(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\n"), "#")
		switch {
		case strings.TrimSpace(line) == "":
		case line[0] == ' ' && len(all) > 0:
			all[len(all)-1] += line
		default:
			all = append(all, line)
		}
	}
	return all
}

// add adds a statement: a verb, a group of endings, the lines of keys, or a rule.
func (g *grammar) add(statement string) error {
	word, rest, _ := strings.Cut(statement, " ")
	switch word {
	case "verb":
		return g.addVerb(strings.Fields(rest))
	case "ends":
		f := strings.Fields(rest)
		if len(f) < 2 {
			return fmt.Errorf("a group needs endings")
		}
		g.endings[f[0]] = append(g.endings[f[0]], f[1:]...)
		return nil
	}
	name, text, ok := strings.Cut(statement, " = ")
	if !ok {
		return fmt.Errorf("no statement")
	}
	if keys, ok := strings.CutPrefix(name, "lead "); ok {
		for key := range strings.FieldsSeq(keys) {
			g.leads[Key(key)] = text
		}
		return nil
	}
	if keys, ok := strings.CutPrefix(name, "key "); ok {
		for key := range strings.FieldsSeq(keys) {
			if g.keys[Key(key)] != "" {
				text = g.keys[Key(key)] + " | " + text
			}
			g.keys[Key(key)] = text
		}
		return nil
	}
	name, params, _ := strings.Cut(strings.TrimSuffix(name, ")"), "(")
	if _, ok := g.rules[name]; ok {
		return fmt.Errorf("the rule exists")
	}
	g.rules[name] = rule{strings.Fields(params), text}
	return nil
}

// addVerb adds a verb: stem, infinitive and kind.
func (g *grammar) addVerb(f []string) error {
	if len(f) != 3 || len(f[2]) != 1 || !strings.Contains("vaep", f[2]) {
		return fmt.Errorf("a verb has a stem, an infinitive and a kind: v, a, e or p")
	}
	g.verbs[f[0]] = hangul.Verb{Stem: f[0], Infinitive: f[1], Kind: f[2][0]}
	return nil
}

// key returns the node of the whole lines of a key. The text is the expression of their core.
func (g *grammar) key(key Key, text string) (node, error) {
	core, err := g.parse(text, nil)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", key, err)
	}
	if text, ok := g.leads[key]; ok {
		lead, err := g.parse(text, nil)
		if err != nil {
			return nil, fmt.Errorf("lead %s: %w", key, err)
		}
		core = sequence{{node: lead, absent: true}, {node: core}}
	}
	name := "LINE"
	if IsHeadline(key) {
		name = "HEADLINE"
	}
	return g.parse(g.rules[name].text, scope{"CORE": core})
}

// forms returns the node of a verb with a group of endings. The verb is a stem; ^ behind it means
// the past.
func (g *grammar) forms(stem, group string) (node, error) {
	name := stem + "/" + group
	if n, ok := g.built[name]; ok {
		return n, nil
	}
	bare, past := strings.CutSuffix(stem, "^")
	v, ok := g.verbs[bare]
	if !ok {
		return nil, fmt.Errorf("no verb %s", bare)
	}
	endings, ok := g.endings[group]
	if !ok {
		return nil, fmt.Errorf("no endings %s", group)
	}
	both := []hangul.Verb{v}
	if full, ok := v.Full(); ok {
		both = append(both, full)
	}
	var forms []string
	for _, v := range both {
		if past {
			v = v.Past()
		}
		forms = append(forms, v.Forms(endings)...)
	}
	n := words{g.shared.share(wordsOf(forms...).trie)}
	g.built[name] = n
	return n, nil
}

// wordsOf returns the node of some words.
func wordsOf(all ...string) words {
	t := new(trie)
	for _, word := range all {
		t.add(word)
	}
	return words{t}
}
