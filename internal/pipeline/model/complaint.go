package model

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a complaint.
const (
	maxDepth   = 6    // levels of a JSON body
	maxSaid    = 4096 // bytes of text
	maxEntries = 64   // entries of a list or an object that are read
)

// complaint is what a response without an answer says. Its text is for decisions alone and is never
// shown: it may repeat the key or the conversation.
type complaint struct {
	json   bool     // the body is JSON
	html   bool     // the body is a web page
	text   string   // messages and codes, in lower case
	fields []string // parameters that it names as such
	status int      // a status that it reports; 0: none
}

// readComplaint reads the body of a response: an error of OpenAI's form, a list of faults, another
// object, or text.
func readComplaint(body []byte) complaint {
	var c complaint
	body = bytes.TrimSpace(body)
	var value any
	if json.Unmarshal(body, &value) == nil {
		c.json = true
		c.walk(value, "", 0)
	} else {
		c.html = bytes.HasPrefix(body, []byte("<"))
		c.say(string(body))
	}
	c.text = strings.ToLower(c.text)
	return c
}

// walk collects what a value says. Only fields with messages are read: others may repeat the
// question, which names all parameters.
func (c *complaint) walk(value any, key string, depth int) {
	if depth > maxDepth {
		return
	}
	switch v := value.(type) {
	case map[string]any:
		c.walkObject(v, depth)
	case []any:
		for _, element := range v[:min(len(v), maxEntries)] {
			c.walk(element, key, depth+1)
		}
	case string:
		c.word(key, v)
	case float64:
		if (key == "code" || key == "status" || key == "statuscode") && v >= 400 && v < 600 {
			c.status = int(v)
		}
	}
}

// walkObject collects what the fields of an object say, in the order of their names.
func (c *complaint) walkObject(object map[string]any, depth int) {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys[:min(len(keys), maxEntries)] {
		switch name := strings.ToLower(key); name {
		case "input", "ctx", "body", "request", "url", "choices":
		default:
			c.walk(object[key], name, depth+1)
		}
	}
}

// word adds a string of a field.
func (c *complaint) word(key, text string) {
	switch key {
	case "param", "loc", "parameter", "field", "property":
		for part := range strings.FieldsFuncSeq(text, notLetter) {
			c.fields = append(c.fields, part)
		}
	case "message", "msg", "detail", "error", "errors", "title", "description", "reason", "code",
		"type", "details", "raw", "":
		if n, err := strconv.Atoi(text); err == nil && key == "code" && n >= 400 && n < 600 {
			c.status = n
		}
		c.say(text)
		var inner any // some proxies put the body of another server into a string
		if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Unmarshal([]byte(text), &inner) == nil {
			c.walk(inner, "", maxDepth-2)
		}
	}
}

// say adds text.
func (c *complaint) say(text string) {
	if room := maxSaid - len(c.text); room > 0 {
		c.text += " " + text[:min(len(text), room)]
	}
}

// names returns those of the given parameters that the complaint is about: the ones that it names
// as parameters, or else the ones in its text.
func (c *complaint) names(sent []string) []string {
	var named []string
	words := strings.FieldsFunc(c.text, notLetter)
	for _, list := range [][]string{c.fields, words} {
		for _, field := range sent {
			if slices.Contains(list, field) {
				named = append(named, field)
			}
		}
		if len(named) > 0 {
			return named
		}
	}
	return nil
}

// notLetter reports whether a rune does not belong to the name of a parameter.
func notLetter(r rune) bool {
	return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
}
