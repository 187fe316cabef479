//go:build !brokenstore

package app

import "bis/internal/briefing"

// asBuilt is the store as it is. The build tag brokenstore replaces it with one that
// breaks its promises, to show that the ledger test would notice.
func asBuilt(st briefing.Store) briefing.Store { return st }
