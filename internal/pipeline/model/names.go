package model

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// Bounds of the names of a server's models.
const (
	maxKnown  = 10  // names in an error
	maxName   = 80  // bytes of a name in an error
	maxAsked  = 200 // bytes of a name that is picked
	namesTime = 5 * time.Second
)

// models returns the names of the models that the server has, in its order. They may be asked, and
// shown if they are short. It returns none if the server does not list them. Of a list over a bound
// of bytes it returns the first names.
func (c *Client) models(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, namesTime)
	defer cancel()
	res, err := c.send(ctx, http.MethodGet, c.paths[c.known().path]+"models", nil)
	if err != nil {
		return nil
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil
	}
	var names []string
	readModels(res.Body, func(m listed) {
		if name := m.name(); c.mayShow(name) {
			names = append(names, name)
		}
	})
	return names
}

// shown returns the names that an error may list: the first short ones.
func shown(names []string) []string {
	var short []string
	for _, name := range names {
		if len(name) <= maxName && len(short) < maxKnown {
			short = append(short, name)
		}
	}
	return short
}

// readModels calls each for the models of a list, until the list ends or cannot be read further.
// The list is the whole body, or a field of it.
func readModels(body io.Reader, each func(listed)) {
	d := json.NewDecoder(body)
	start, err := d.Token()
	if err == nil && start == json.Delim('[') {
		readElements(d, each)
	}
	if err != nil || start != json.Delim('{') {
		return
	}
	for d.More() {
		field, err := d.Token()
		if err != nil {
			return
		}
		if field != "data" && field != "models" {
			var skipped json.RawMessage
			if d.Decode(&skipped) != nil {
				return
			}
			continue
		}
		value, err := d.Token()
		if isList := value == json.Delim('['); err != nil || isList && !readElements(d, each) ||
			!isList && value == json.Delim('{') {
			return
		}
	}
}

// readElements reads the rest of a list. It reports whether the list has ended.
func readElements(d *json.Decoder, each func(listed)) bool {
	for d.More() {
		var element json.RawMessage
		if d.Decode(&element) != nil {
			return false
		}
		var m listed
		if json.Unmarshal(element, &m) != nil {
			m = listed{}
			_ = json.Unmarshal(element, &m.ID) // some lists have names alone
		}
		each(m)
	}
	_, err := d.Token()
	return err == nil
}

// listed is a model in a server's list.
type listed struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Model string `json:"model"`
}

// name returns the name by which the model is asked.
func (l listed) name() string { return cmp.Or(l.ID, l.Model, l.Name) }

// mayShow reports whether a name from a server may be asked and shown.
func (c *Client) mayShow(name string) bool {
	odd := func(r rune) bool { return notLetter(r) && !strings.ContainsRune("-.:/@+", r) }
	return name != "" && len(name) <= maxAsked && !strings.ContainsFunc(name, odd) &&
		!strings.Contains(name, "://") && (c.cfg.APIKey == "" || !strings.Contains(name, c.cfg.APIKey))
}
