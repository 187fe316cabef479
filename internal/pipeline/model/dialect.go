package model

import (
	"slices"
)

// Names of parameters that a server may refuse.
const (
	fieldTokens    = "max_completion_tokens"
	fieldOldTokens = "max_tokens"
	fieldFormat    = "response_format"
	fieldStream    = "stream"
)

// Bounds of what a dialect can change.
const (
	leastTokens = 256    // the limit of tokens is not lowered further
	mostTokens  = 16_384 // nor raised further
	maxShrink   = 2      // pictures are halved at most so often
)

// dialect is what the client knows about a model. Refused attempts change it, and later questions
// start with it. Apart from the name, the zero value fits OpenAI.
type dialect struct {
	model    string   // the model's name
	picked   bool     // from the server's list, because the owner named none
	settled  bool     // the model has answered
	lacking  bool     // the server does not have it, and another one was not found yet
	path     int      // index of Client.paths
	found    bool     // a chat answered at that path
	refused  []string // parameters that are left out
	noSystem bool     // the rules go before the first turn
	more     int      // factor of the tokens; 0 means 1
	most     int      // tokens of an answer; 0: no limit known
	guessed  bool     // the server did not name most: it was lowered until the context sufficed
	shrink   int      // how often pictures are halved
}

// refuses reports whether the server refuses a parameter.
func (d *dialect) refuses(field string) bool { return slices.Contains(d.refused, field) }

// tokensField returns the parameter that limits the tokens, or "" if the server refuses both.
func (d *dialect) tokensField() string {
	for _, field := range []string{fieldTokens, fieldOldTokens} {
		if !d.refuses(field) {
			return field
		}
	}
	return ""
}

// tokens returns the limit of tokens for a question that wants n.
func (d *dialect) tokens(n int) int {
	n *= max(1, d.more)
	if d.most > 0 {
		n = min(n, d.most)
	}
	return min(n, max(mostTokens, n/max(1, d.more)))
}

// fields returns the parameters of a question's request that a server may refuse.
func (d *dialect) fields(q Question) []string {
	sent := []string{}
	if field := d.tokensField(); field != "" {
		sent = append(sent, field)
	}
	if q.JSON && !d.refuses(fieldFormat) {
		sent = append(sent, fieldFormat)
	}
	if !d.refuses(fieldStream) {
		sent = append(sent, fieldStream)
	}
	return sent
}

// known returns what is known about the model now.
func (c *Client) known() dialect {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.what
	d.refused = slices.Clone(d.refused)
	return d
}

// foundChat remembers that a chat answered at a path.
func (c *Client) foundChat(path int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.what.path, c.what.found = path, true
}

// learn changes what is known after a failed attempt in a dialect. It reports whether the next
// attempt differs from that one. A question that runs at the same time may have learnt the same
// before.
func (c *Client) learn(used dialect, q Question, f *failure) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := &c.what
	switch f.kind {
	case wrongPath:
		return c.otherPath(used)
	case parameter:
		for _, field := range f.fields {
			if f.most > 0 && (field == fieldTokens || field == fieldOldTokens) {
				d.most, d.guessed = f.most, false
			} else if !d.refuses(field) {
				d.refused = append(d.refused, field)
			}
		}
		return true
	case noModel, notChats:
		d.lacking = d.lacking || d.model == used.model
	case noSystem:
		d.noSystem = true
		return !used.noSystem
	case tooLong:
		return d.shorten(used, q)
	case tooFew:
		if d.guessed && d.most == used.most {
			d.lengthen()
			return d.tokens(q.MaxTokens) > used.tokens(q.MaxTokens)
		}
		if used.more == 0 && d.more == 0 {
			d.more = 4
		}
		return used.more == 0 && used.tokensField() != "" && d.tokens(q.MaxTokens) > used.tokens(q.MaxTokens)
	}
	return false
}

// otherPath moves to the next path after the used one had no chat. A path that had a chat before is
// not left at once; the next question searches again. After the last path it starts again.
func (c *Client) otherPath(used dialect) bool {
	d := &c.what
	switch {
	case d.path != used.path:
		return true // another question has moved
	case d.found:
		d.found = false
		return false
	}
	d.path = (d.path + 1) % len(c.paths)
	return d.path != 0
}

// shorten makes the next attempt need less context than the used one: a smaller picture, else a
// shorter answer. It reports whether it could.
func (d *dialect) shorten(used dialect, q Question) bool {
	if len(q.Pictures) > 0 {
		if used.shrink == d.shrink && d.shrink < maxShrink {
			d.shrink++
		}
		return d.shrink > used.shrink
	}
	limit := used.tokens(q.MaxTokens)
	if used.tokensField() == "" || limit/2 < leastTokens {
		return false
	}
	d.most, d.guessed = limit/2, true
	return true
}

// lengthen allows longer answers again after one that was cut. The limit was guessed, perhaps from
// a conversation that was longer than this one.
func (d *dialect) lengthen() {
	if d.most *= 2; d.most >= mostTokens {
		d.most, d.guessed = 0, false
	}
}
