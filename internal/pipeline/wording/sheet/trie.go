package sheet

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// trie is a set of words, by their characters.
type trie struct {
	next []branch // sorted by character
	end  bool     // a word ends here
	id   uint32   // of a shared node; 0: not shared
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

// sharer replaces equal nodes of tries by one. The endings of verbs are equal for most of them, so
// that a grammar needs a tenth of the memory. Shared nodes must not change.
type sharer map[string]*trie

func (s sharer) share(t *trie) *trie {
	if t.id != 0 {
		return t
	}
	name := []byte{byte(index(t.end))}
	for i, b := range t.next {
		to := s.share(b.to)
		t.next[i].to = to
		name = binary.AppendUvarint(name, uint64(b.char))
		name = binary.AppendUvarint(name, uint64(to.id))
	}
	if same, ok := s[string(name)]; ok {
		return same
	}
	t.id = uint32(len(s) + 1)
	t.next = slices.Clip(t.next)
	s[string(name)] = t
	return t
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
