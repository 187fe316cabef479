package mongo

import "bis/internal/briefing"

// appendState caches the end of a request's briefings: the last id whose insert is acknowledged,
// and the counts at that id. It belongs to the holder of the request's lock in Store.appends.
type appendState struct {
	owned   bool             // this process runs the request, so the state is worth retaining
	current bool             // req is as it was last read or written, and req.LastID is inserted
	req     briefing.Request // settled up to LastTick
	minID   string           // new ids must follow this id of an old writer; empty: none
	// unconfirmed is a briefing whose append got no answer, so it may be stored or not. Nil means
	// that there is none.
	unconfirmed *briefingDoc
}
