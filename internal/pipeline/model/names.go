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
	var list struct {
		Data   []listed `json:"data"`
		Models []listed `json:"models"`
	}
	if res.StatusCode != http.StatusOK || json.NewDecoder(res.Body).Decode(&list) != nil {
		return nil
	}
	var names []string
	for _, m := range append(list.Data, list.Models...) {
		if name := m.name(); c.mayShow(name) && len(names) < maxNames {
			names = append(names, name)
		}
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
