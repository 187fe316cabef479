package sqlite

import (
	"strings"
	"unicode/utf8"

	"bis/internal/briefing"
)

// scanWords reads words in the exact form that json.Marshal writes them. The texts share the bytes
// of s. ok is false for any other form, also for one with an escape, which json.Unmarshal may still
// read. With json.Unmarshal alone, words take four times as long: a page of 500 briefings takes a
// third longer, and a filter that reads 2,000 half as long again (BenchmarkStore_DayBriefings).
func scanWords(s string) (w words, ok bool) {
	if !plain(s) {
		return words{}, false
	}
	c := &wordScanner{rest: s}
	c.object(func() {
		w.Headline, w.Description = c.text("headline"), c.text("description")
		w.Question = c.text("question")
		if c.field("made") {
			w.Made = c.made()
		}
		if c.field("usage") {
			w.Usage = c.usage()
		}
	})
	return w, !c.failed && c.rest == ""
}

// plain reports whether a text is UTF-8 without control characters and escapes.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' {
			return false
		}
	}
	return utf8.ValidString(s)
}

// wordScanner reads JSON from the beginning of rest. After a failure it reads on, without effect.
type wordScanner struct {
	rest   string
	first  bool // nothing of the present object was read
	failed bool
}

// accept reads a text if it comes next.
func (c *wordScanner) accept(text string) bool {
	rest, ok := strings.CutPrefix(c.rest, text)
	c.rest = rest
	return ok
}

// expect reads a text that must come next.
func (c *wordScanner) expect(text string) {
	if !c.accept(text) {
		c.failed = true
	}
}

// object reads an object with fields, each of which is optional.
func (c *wordScanner) object(fields func()) {
	c.expect("{")
	c.first = true
	fields()
	c.expect("}")
	c.first = false
}

// field reads the name of a field if it comes next.
func (c *wordScanner) field(name string) bool {
	rest := c.rest
	if !c.first && !c.accept(",") || !c.accept(`"`) || !c.accept(name) || !c.accept(`":`) {
		c.rest = rest
		return false
	}
	c.first = false
	return true
}

// text reads a field that is a text. It is empty if another field comes next.
func (c *wordScanner) text(name string) string {
	if !c.field(name) {
		return ""
	}
	return c.quoted()
}

// quoted reads a text in quotes, which has no escape.
func (c *wordScanner) quoted() string {
	c.expect(`"`)
	end := strings.IndexByte(c.rest, '"')
	if end < 0 {
		c.failed = true
		return ""
	}
	text := c.rest[:end]
	c.rest = c.rest[end+1:]
	return text
}

// number reads a field that is a whole number of up to 18 digits. It is 0 if another field comes
// next.
func (c *wordScanner) number(name string) (n int64) {
	if !c.field(name) {
		return 0
	}
	digits := 0
	for digits < len(c.rest) && c.rest[digits] >= '0' && c.rest[digits] <= '9' {
		n = 10*n + int64(c.rest[digits]-'0')
		digits++
	}
	if digits == 0 || digits > 18 || digits > 1 && c.rest[0] == '0' {
		c.failed = true
	}
	c.rest = c.rest[digits:]
	return n
}

// yes reads a field that is true. It is false if another field comes next.
func (c *wordScanner) yes(name string) bool {
	if !c.field(name) {
		return false
	}
	c.expect("true")
	return true
}

// list calls element for each element of a field that is a list.
func (c *wordScanner) list(name string, element func()) {
	if !c.field(name) {
		return
	}
	c.expect("[")
	for element(); !c.failed && c.accept(","); {
		element()
	}
	c.expect("]")
}

// made reads how words were made.
func (c *wordScanner) made() *briefing.Made {
	m := &briefing.Made{}
	c.object(func() {
		m.Verdict, m.Provider = briefing.Verdict(c.text("verdict")), c.text("provider")
		m.Model, m.PromptVersion = c.text("model"), c.text("promptVersion")
		m.LatencyMs = c.number("latencyMs")
		c.list("said", func() { m.Said = append(m.Said, c.line()) })
		m.DescribedBy = c.text("describedBy")
		c.list("refused", func() { m.Refused = append(m.Refused, c.quoted()) })
	})
	return m
}

// line reads a line of a caption.
func (c *wordScanner) line() (l briefing.SaidLine) {
	c.object(func() {
		l.Key, l.Line = c.text("key"), c.text("line")
		c.list("slots", func() {
			c.object(func() {
				l.Slots = append(l.Slots, briefing.SaidSlot{Name: c.text("name"), Text: c.text("text")})
			})
		})
		l.BuiltIn = c.yes("builtIn")
	})
	return l
}

// usage reads a usage.
func (c *wordScanner) usage() *briefing.Usage {
	u := &briefing.Usage{}
	c.object(func() {
		u.Attempts = int(c.number("attempts"))
		u.InputTokens, u.OutputTokens = int(c.number("inputTokens")), int(c.number("outputTokens"))
		u.Estimated = c.yes("estimated")
	})
	return u
}
