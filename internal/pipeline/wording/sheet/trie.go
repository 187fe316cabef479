package sheet

import (
	"cmp"
	"slices"
)

// trie is a set of words, by their characters.
type trie struct {
	next []branch // sorted by character
	end  bool     // a word ends here
}

type branch struct {
	char rune
	to   *trie
}

// add adds a word.
func (t *trie) add(word string) {
	for _, char := range word {
		i, ok := t.find(char)
		if !ok {
			t.next = slices.Insert(t.next, i, branch{char, new(trie)})
		}
		t = t.next[i].to
	}
	t.end = true
}

// find returns the index of a character's branch, or where it would be.
func (t *trie) find(char rune) (int, bool) {
	return slices.BinarySearchFunc(t.next, char, func(b branch, c rune) int {
		return cmp.Compare(b.char, c)
	})
}

// ends adds to found the positions at which a word that starts at pos ends. It returns the position
// up to which the text is the start of a word.
func (t *trie) ends(text []rune, pos int, found *set) int {
	for ; ; pos++ {
		if t.end {
			found.add(pos)
		}
		if pos == len(text) {
			return pos
		}
		i, ok := t.find(text[pos])
		if !ok {
			return pos
		}
		t = t.next[i].to
	}
}
