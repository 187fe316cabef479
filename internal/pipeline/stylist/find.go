package stylist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bis/internal/briefing"
	"bis/internal/pipeline/provider"
)

// maxStored is how many stored sheets of a style and a provider are read.
const maxStored = 32

// readStored publishes the newest stored sheet of the providers. Sheets that cannot be read are
// like absent ones.
func (s *Stylist) readStored(ctx context.Context, e *entry) {
	if s.cfg.Store == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	var newest *made
	var failed error
	for _, p := range s.status() {
		m, err := s.storedOf(ctx, e.style, p)
		if err != nil {
			failed = fmt.Errorf("read style sheet: %w", err)
		}
		if m != nil && m.isNewer(newest) {
			newest = m
		}
	}
	if newest != nil && newest.isNewer(s.madeFor(e)) {
		s.publish(e, newest)
		s.cfg.Observer.Sheet(Found)
	}
	if failed != nil && ctx.Err() == nil {
		s.warn("style sheets cannot be read", failed)
	}
}

// storedOf returns the stored sheet of a style by a provider, or nil. If the provider's model is
// a guess, the newest sheet of a model that it has picked counts too, and the provider adopts that
// model: a restart needs no question.
func (s *Stylist) storedOf(ctx context.Context, st style, p provider.Status) (*made, error) {
	var newest *made
	stored, err := s.cfg.Store.Sheet(ctx, keyOf(st, p.Provider, p.Model))
	if err == nil {
		newest = fromStored(st, stored)
	}
	if errors.Is(err, briefing.ErrNotFound) {
		err = nil
	}
	if err != nil || !p.Assumed {
		return newest, err
	}
	list, _, err := s.cfg.Store.Sheets(ctx, briefing.SheetKey{Style: st.hash, Provider: p.Provider}, maxStored)
	picked := newest
	for _, stored := range list {
		if stored.Key == keyOf(st, p.Provider, stored.Key.Model) && wasPicked(stored) {
			if m := fromStored(st, stored); m != nil && m.isNewer(picked) {
				picked = m
			}
		}
	}
	if picked != newest {
		s.cfg.Chain.Adopt(p.Provider, picked.stored.Key.Model)
	}
	return picked, err
}

// wasPicked reports whether a sheet is of a model that was picked.
func wasPicked(stored briefing.StoredSheet) bool {
	var b body
	return json.Unmarshal(stored.Body, &b) == nil && b.Picked
}
