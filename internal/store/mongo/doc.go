// Package mongo keeps users, requests and briefings in MongoDB, in the database, collections and fields
// of the first BIS server. It is the production store: its state, leases and change stream are what several
// replicas of the program share.
//
// Documents carry the old fields, and optional new ones; old documents read well
// without them, and old writers may go on inserting briefings that have nothing but a request and a text.
//
// # Names
//
// Old writers store user names as they were typed: composed or decomposed, with spaces around. A
// process knows the stored spellings that differ from their briefing.NameKey, and a look-up asks
// for all spellings of a name. It learns them when it opens the database, from the feed, and every
// LegacyEvery from new documents. Documents are not rewritten; new ones carry the key in name_key
// and active_user, under unique indexes.
//
// # A briefing is stored in two steps
//
// No transaction is used on the way of a briefing. Its writer (1) updates the request, on the condition that nothing
// has moved since it looked (active, owner, term, last_id), setting last_id, the counts and the intent, which
// is the whole briefing; then it (2) inserts the briefing. Whoever meets a last_id that it does not know to be inserted
// inserts the intent first, whose it may be. So no later id exists before an earlier insert, an end is behind
// all inserts, and a writer that pauses for minutes between (1) and (2) does no harm: its briefing is
// there already, or it is the next one to come.
//
// # Owners
//
// Each process has a document in "instances", its lease, which it renews by the database's clock. The same
// answer tells that clock, which ticks, ends and ids go by. A process whose lease has run out is marked dead by
// another one, on the condition that it is still run out; what it owned is then claimed, in a later term. An append
// carries its term, so what a dead owner still writes is refused. Each request has one preferred process
// among those that live (rendezvous hashing), which claims it, also from a living owner, between two ticks.
//
// Dead is for ever: a renewal changes no dead lease and makes no new one, so a dead lease that owns
// nothing is removed after some minutes. Only leases that were renewed a short time ago are read
// each time. A sweep, every half minute, finds what older ones still own; an owner of a request
// that has no lease is a dead one, as a process has a lease before it owns anything.
//
// The answer to a claim or a start may be lost, and the write happen all the same. The process
// therefore notes each request before it writes itself as the owner, and reads the noted ones until
// their outcome is known: a request that is owned is always told to the schedule.
//
// # The feed
//
// One change stream on the database serves the process, on a client of its own that has no timeout. Its place is kept
// in memory; a broken stream is opened again from there.
package mongo
