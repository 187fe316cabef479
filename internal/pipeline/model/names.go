package model

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Bounds of the names of a server's models.
const (
	maxNames  = 10
	maxName   = 80 // bytes
	namesTime = 5 * time.Second
)

// models returns names of models that the server has, as they may be shown: at most maxNames, in
// plain letters and without the key. It returns none if the server does not list them.
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
	return c.readNames(json.NewDecoder(res.Body))
}

// readNames reads the names of a list. It needs neither its end, because lists may be long, nor
// elements that it understands.
func (c *Client) readNames(list *json.Decoder) (names []string) {
	if open, err := list.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for list.More() {
		field, err := list.Token()
		if err != nil {
			return names
		}
		if field != "data" && field != "models" {
			var other json.RawMessage
			if list.Decode(&other) != nil {
				return names
			}
			continue
		}
		if names = c.readElements(list, names); len(names) == maxNames {
			return names
		}
	}
	return names
}

// readElements adds the names of an array, up to maxNames.
func (c *Client) readElements(list *json.Decoder, names []string) []string {
	if open, err := list.Token(); err != nil || open != json.Delim('[') {
		return names
	}
	for list.More() && len(names) < maxNames {
		var element json.RawMessage
		if list.Decode(&element) != nil {
			return names
		}
		var m listed
		_ = json.Unmarshal(element, &m) // an element of another form has no name
		if name := m.name(); c.mayShow(name) {
			names = append(names, name)
		}
	}
	if len(names) < maxNames {
		_, _ = list.Token() // the closing bracket
	}
	return names
}

// listed is a model in a server's list.
type listed struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Model string `json:"model"`
}

// name returns the name by which the model is asked.
func (l listed) name() string {
	for _, name := range []string{l.ID, l.Model, l.Name} {
		if name != "" {
			return name
		}
	}
	return ""
}

// mayShow reports whether a name from a server may be shown.
func (c *Client) mayShow(name string) bool {
	odd := func(r rune) bool { return notLetter(r) && !strings.ContainsRune("-.:/@+", r) }
	return name != "" && len(name) <= maxName && !strings.ContainsFunc(name, odd) &&
		!strings.Contains(name, "://") && (c.cfg.APIKey == "" || !strings.Contains(name, c.cfg.APIKey))
}
