// Package feed carries what was stored to those who watch.
//
// Pump copies the store's feed into the Hub and opens it again when it is lost.
// Hub keeps a topic for each request that somebody watches: one sequence of its
// briefings, in stored order, whose newest entries lie in a ring. A subscription is a
// position in that sequence. It reads the ring while it keeps up, and the store when
// it comes with an old cursor or has fallen behind. So nobody waits for a
// subscriber, and no subscriber has a queue that could grow.
//
// The seam: a topic is registered with the hub before the request is read, and the
// request before its briefings. What is committed later than the reading is
// in the feed, what was committed earlier is in what was read, and what is in both is
// told by its id. A feed may also begin with changes from before its opening: the hub
// drops what it knows.
//
// After every re-opening of the feed each topic is behind: live changes wait in a
// bounded buffer while the store is read for what the feed may have passed over.
package feed
