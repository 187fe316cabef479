// Package mongo implements briefing.Store on MongoDB, in the database, collections and fields of
// the first BIS server. It is the store for production: several replicas of the program share its
// state, leases and change stream.
//
// The package promises what briefing.Store promises, checked by storetest, and three more things:
// documents of old servers are read unchanged, old servers may continue to insert briefings, and no
// migration rewrites a document. It leaves to package schedule when ticks run, and to package feed
// how a lost feed is reopened.
//
// # Documents
//
// A document has the fields of the first server, and new fields that are optional when it is read.
// An old server inserts a briefing with nothing but a request and a text; time and caption then
// come from the text. See document.go.
//
// The collections cameras, sheets, refused, usage_days and instances are unknown to old servers. A
// document of refused has the time of its end in until, and an index by which the database deletes
// it then.
//
// A day is listed by time. An index serves the documents that have a time. All others of the day
// are read for each page and sorted here.
//
// # Names
//
// Old writers stored user names as they were typed: composed or decomposed, with spaces around
// them. MongoDB cannot compare such names by briefing.NameKey. A process therefore remembers each
// stored spelling that differs from its key, and a look-up queries all spellings of a name. The
// process reads spellings when it opens the database, from the feed, and every Config.LegacyEvery
// from new documents. New documents also carry the key, in name_key and active_user, under unique
// indexes.
//
// # The append protocol
//
// Ids of briefings must follow the order of their inserts, and a stale owner must be refused. No
// transaction is used, because two writes cost less. A request has the field last_id, the id of its
// newest briefing, and the field intent, that complete briefing. An id is confirmed when its insert
// is known to be acknowledged.
//
//  1. appendTo locks the request within this process (Store.appends). The newest confirmed id is in
//     the lock's state, or refresh reads it.
//  2. writeIntent updates the request if it is still active, has the same owner, term and last_id,
//     and no later last_tick. The update sets last_id, last_tick, the counts and intent.
//  3. insertBriefing inserts the briefing. A duplicate key is success if the stored document
//     belongs to the same request; else reassignID gives the intent a new id, and step 3 is
//     repeated.
//
// Before a writer moves last_id past an id it has not confirmed, it inserts the stored intent, even
// if another process wrote it. readConfirmed does so for one request and insertIntents for many.
// Every write that depends on last_id starts there: an append (refresh), an end (end), a
// replacement (replaceActive) and a hand-over (claimLive). A takeover from a dead process
// (takeOver) raises the term first, which fences the old owner, and inserts the intents afterwards.
//
// A crash leaves one of these states:
//
//   - Before step 2: nothing.
//   - Between steps 2 and 3: a request whose intent is not inserted. Readers and the feed do not
//     see the briefing yet. The next writer, or the process that claims the request, inserts it, so
//     its tick is counted and stored exactly once.
//   - After step 3: a complete append whose caller got no answer. The same tick again finds the
//     briefing by its id and returns it.
//
// The order of the feed follows. No later id exists before an earlier insert, and an end is written
// only after all inserts. A writer that pauses for minutes between steps 2 and 3 does no harm: its
// briefing was inserted by another writer, or it is still the newest.
//
// # Deletion
//
// DeleteUser ends the requests of a user, so their intents are inserted, and deletes everything,
// with the refused texts and the usage. A camera has the id of its user, so none belongs to a later
// user of the name.
//
// For markTime a document without content occupies the id of the newest briefing of each request
// that has just ended. A writer that was between steps 2 and 3 then fails at step 3. The next sweep
// deletes a briefing that an even older writer inserts.
//
// # Cameras
//
// The camera of the settings is not stored, and requests of it have the fields and the active_user
// that earlier versions wrote. A request of another camera has an active_user of its own. See
// camerause.go for starts and deletions of cameras at the same time.
//
// # Ownership
//
// A process has a lease: a document in the collection instances, which it renews by the database's
// clock. The answer to a renewal carries that clock, and ticks, ends and ids follow it.
//
//	live ── not renewed for LeaseTime ──> expired ── markDead ──> dead ── sweep ──> removed
//	  ^                                      │
//	  └────────────── renewed ───────────────┘
//
// An expired lease is still valid until another process marks it dead, on the condition that it is
// still expired. Dead is final: a renewal changes no dead lease and creates none. A process that
// finds its own lease dead continues under a new name. The requests of a dead process are claimed
// in a later term, so appends of the old owner are refused.
//
// Rendezvous hashing gives each request one preferred process among the live ones. The preferred
// process claims the request, from a live owner only between two ticks.
//
// Only leases that were renewed within recentLease are read each time. A sweep, every sweepEvery,
// finds the requests of older owners and removes dead leases that own nothing. An owner without a
// lease is dead, because a process has a lease before it owns anything.
//
// The answer to a claim or a start can be lost although the write happened. The process therefore
// notes each request before it writes itself as the owner, and reads the noted requests until their
// outcome is known. So the schedule gets every request that this process owns.
//
// # The feed
//
// One change stream on the database serves the process. It has a client of its own without a
// timeout, because the driver ends a stream whose client times out. The resume token is in memory,
// and a broken stream is opened again from there.
package mongo
