package sheet

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// drawer writes a random line of a grammar.
type drawer struct {
	*rand.Rand
	text  []rune
	words []int   // where no slot may follow
	ahead []named // where a part must follow
}

// named is a part that must follow at a position.
type named struct {
	node
	at int
}

// draw appends a random text of a node. It reports whether it wrote anything.
func (d *drawer) draw(n node, lead joint) bool {
	before := len(d.text)
	switch n := n.(type) {
	case words:
		d.join(lead)
		d.word(n.trie)
	case literal:
		d.join(lead)
		d.text = append(d.text, []rune(n)...)
	case choice:
		d.draw(n[d.IntN(len(n))], lead)
	case hedge:
		d.draw(n.node, lead)
	case beforeWord:
		d.draw(n.node, lead)
		d.words = append(d.words, len(d.text))
	case ahead:
		d.ahead = append(d.ahead, named{n.node, len(d.text)})
	case sequence:
		d.sequence(n, lead)
	}
	return len(d.text) > before
}

// sequence draws the parts of a sequence. Most of those that may be absent are.
func (d *drawer) sequence(s sequence, lead joint) {
	first := true
	for _, p := range s {
		for times := 0; times < 2; times++ {
			if p.absent && d.IntN(3) > 0 || p.repeat && d.IntN(3) > 0 || times > 0 && !p.repeat {
				break
			}
			joint := p.lead
			if first && joint == blank {
				joint = lead
			}
			if d.draw(p.node, joint) {
				first = false
			}
		}
	}
}

// join appends what a joint stands for.
func (d *drawer) join(lead joint) {
	if lead == blank || lead == either && d.IntN(2) == 0 {
		d.text = append(d.text, ' ')
	}
}

// word appends a random word. All words are equally likely.
func (d *drawer) word(t *trie) {
	for {
		at := d.IntN(t.size())
		if t.end {
			at--
		}
		if at < 0 {
			return
		}
		for _, b := range t.next {
			if at -= b.to.size(); at < 0 {
				d.text, t = append(d.text, b.char), b.to
				break
			}
		}
	}
}

// size returns the number of words.
func (t *trie) size() int {
	n := index(t.end)
	for _, b := range t.next {
		n += b.to.size()
	}
	return n
}

// line returns a drawn line that has the slots of its key, or "".
func (d *drawer) line(language string, key Key, n node) string {
	d.text, d.words, d.ahead = d.text[:0], nil, nil
	if !d.draw(n, blank) || d.text[0] != ' ' {
		return ""
	}
	for _, a := range d.ahead {
		m := matcher{text: d.text, hedges: true}
		if a.match(&m, at(a.at), blank).empty() {
			return ""
		}
	}
	for _, at := range d.words {
		if at+1 < len(d.text) && d.text[at+1] >= firstSlot && d.text[at+1] <= lastSlot {
			return ""
		}
	}
	line := strings.TrimSpace(outer(string(d.text)))
	line = strings.ReplaceAll(line, " '", "'")
	def, _ := definition(key)
	if len([]rune(line)) > MaxLine || checkCharacters(language, line) != nil ||
		checkSlots(key, def.Slots, line) != nil || IsHeadline(key) && headLength(line) > MaxHeadline {
		return ""
	}
	return line
}

// Each key can be drawn, and each drawn line passes. DRAW is the number of lines that are printed
// for each key, SEED the seed, DRAW_KEYS a part of the names of keys.
func TestGrammar_draws(t *testing.T) {
	t.Parallel()
	count, seed := number("DRAW", 5), number("SEED", 1)
	for _, language := range slices.Sorted(maps.Keys(Languages)) {
		c := grammars[language]()
		for _, key := range slices.Sorted(maps.Keys(c.keys)) {
			if !strings.Contains(string(key), os.Getenv("DRAW_KEYS")) {
				continue
			}
			d := &drawer{Rand: rand.New(rand.NewPCG(uint64(seed), 17))}
			drawn := 0
			for range 5000 {
				line := d.line(language, key, c.keys[key])
				if line == "" {
					continue
				}
				if _, err := Check(language, key, line); err != nil {
					t.Errorf("Check(%s, %s, %q) = %v", language, key, line, err)
				}
				t.Logf("%s %s\t%s", language, key, line)
				if drawn++; drawn == count {
					break
				}
			}
			if drawn == 0 {
				t.Errorf("no line of key %s was drawn in %s", key, language)
			}
		}
	}
}

// number returns a variable of the environment as a number.
func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}
