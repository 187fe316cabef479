package sheet

// node is a part of a grammar. It matches words of a line; the joint says what is before the first.
// A part that may be absent never matches the empty text: nullable says that it may be left out.
type node interface {
	// match returns the positions at which the part can end if it starts at one of the positions
	// in from.
	match(m *matcher, from set, lead joint) set
	nullable() bool
}

// joint says what is between a part and the part before it.
type joint uint8

const (
	blank  joint = iota // one blank
	direct              // nothing
	either              // a blank or nothing
)

// matcher matches one line.
type matcher struct {
	text    []rune // starts with a blank
	hedges  bool   // whether forms that hedge match
	reached int    // the last position up to which the text is the start of some form
}

// start returns the positions behind a joint.
func (m *matcher) start(from set, lead joint) set {
	if lead == direct {
		return from
	}
	var s set
	if lead == either {
		s = from
	}
	for pos := range from.all {
		if pos < len(m.text) && m.text[pos] == ' ' {
			s.add(pos + 1)
		}
	}
	return s
}

// words matches one of a set of words.
type words struct{ trie *trie }

func (w words) nullable() bool { return false }

func (w words) match(m *matcher, from set, lead joint) set {
	var found set
	for pos := range m.start(from, lead).all {
		m.reached = max(m.reached, w.trie.ends(m.text, pos, &found))
	}
	return found
}

// part is a node of a sequence.
type part struct {
	node
	lead   joint
	absent bool // the part may be left out
	repeat bool // the part may come more than once
}

func (p part) optional() bool { return p.absent || p.node.nullable() }

// sequence matches its parts one after the other. The joint before the sequence is the joint before
// the first part that is there, unless that part has one of its own.
type sequence []part

func (s sequence) nullable() bool {
	for _, p := range s {
		if !p.optional() {
			return false
		}
	}
	return true
}

func (s sequence) match(m *matcher, from set, lead joint) set {
	var behind set // behind at least one part
	for _, p := range s {
		first := p.lead
		if first == blank {
			first = lead
		}
		found := p.match(m, from, first).or(p.match(m, behind, p.lead))
		for more := found; p.repeat && !more.empty(); {
			more = p.match(m, more, p.lead).minus(found)
			found = found.or(more)
		}
		if p.optional() {
			behind = behind.or(found)
			continue
		}
		from, behind = set{}, found
		if found.empty() {
			break
		}
	}
	return behind
}

func (p part) match(m *matcher, from set, lead joint) set {
	if from.empty() {
		return set{}
	}
	return p.node.match(m, from, lead)
}

// choice matches one of several parts.
type choice []node

func (c choice) nullable() bool {
	for _, n := range c {
		if n.nullable() {
			return true
		}
	}
	return false
}

func (c choice) match(m *matcher, from set, lead joint) set {
	var found set
	for _, n := range c {
		found = found.or(n.match(m, from, lead))
	}
	return found
}

// hedge matches a part that states doubt.
type hedge struct{ node }

func (h hedge) match(m *matcher, from set, lead joint) set {
	if !m.hedges {
		return set{}
	}
	return h.node.match(m, from, lead)
}

// beforeWord matches a part that no slot follows.
type beforeWord struct{ node }

func (b beforeWord) match(m *matcher, from set, lead joint) set {
	var found set
	for pos := range b.node.match(m, from, lead).all {
		if pos+1 >= len(m.text) || m.text[pos+1] < firstSlot || m.text[pos+1] > lastSlot {
			found.add(pos)
		}
	}
	return found
}

// ahead matches no text. It requires that a part follows.
type ahead struct{ node }

func (a ahead) nullable() bool { return false }

func (a ahead) match(m *matcher, from set, _ joint) set {
	var found set
	for pos := range from.all {
		if !a.node.match(m, at(pos), blank).empty() {
			found.add(pos)
		}
	}
	return found
}
