// Package feed carries stored briefings to the subscribers of this process.
//
//	store ~> Pump ──> Hub ──> topic of request A: … 41 42 [43 44 45 46]   ring: newest
//	                   │                                    ▲       ▲
//	                   │                      Subscription ─┘       └─ Follower: many of them
//	                   │
//	                   ├────> topic of request B: …
//	                   ├────> request streams of user "kim": newest state of each camera only
//	                   └────> cameras of user "kim": newest states, shared by the camera streams
//
// # Topics and positions
//
// The Hub keeps a topic for each request that somebody watches. A topic is one sequence of the
// request's briefings in stored order. Its newest entries are in a ring, numbered by seq. A seq is
// valid within this process only. Clients hold a cursor instead, which names a stored briefing.
//
// A Subscription is a position in the sequence. It starts after a cursor and replays: it reads
// pages of the store until it reaches the oldest entry of the ring. Then it joins the ring and is
// live. When the ring has evicted its next entry, it replays again. So nobody waits for a
// subscriber, and no subscriber has a queue that could grow.
//
//	Fetch: replay pages ──joins──> Deliver / Await: ring ──ended, all delivered──> Finish
//	        ▲                              │
//	        └──────fell behind the ring────┘
//
// A Follower reads the ring once for many subscriptions of one topic. Each of them checks with
// Lacks which of those entries it still needs.
//
// # The seam between stored and live
//
// A topic is registered with the Hub before its request is read from the store, and the request
// before its briefings. This is the seed. A commit after that read arrives by the feed. A commit
// before it is in what was read. A briefing that is in both is recognized by its id. A feed may
// also start with changes from before its opening. The Hub recognizes these by id and discards
// them.
//
// An id normally exceeds all ids before it. A writer that chooses its own ids may store a smaller
// one. Such a latecomer is sequenced where it arrives. The topic remembers the last 256 ids to
// distinguish a latecomer from a redelivery.
//
// # Cameras
//
// The states of a user's cameras are a sequence in which a newer state replaces the older one of
// its camera. A stream is a position in it. The revision of a camera tells a newer state from a
// redelivered one, so a read of the store and the feed may overlap in any way.
//
// # A lost feed
//
// The Pump copies the store's feed into the Hub and reopens it when it is lost. After each opening
// every topic is behind:
//
//	live ──Behind──> behind: changes wait in pending ──CatchUp read the store──> live
//	                    ▲                                     │
//	                    └── pending overflowed, or marked behind again
//
// A feed can also be open and silent. A few seconds after each opening the Pump compares the newest
// ids with the store. If the store has more, it reopens the feed without its position.
//
// # Promises
//
// Every subscriber receives the briefings after its cursor in stored order, each once, and the end
// after all of them. Publishing never waits for a subscriber. All rings together stay within
// HubConfig.RingBytes, apart from the newest entry of each topic. Reads for replays are limited to
// HubConfig.MaxReplays at once.
//
// Locks: Hub.mu comes before topic.mu, cameraTopic.mu and requestStream.mu. Watchers of a topic are
// notified while no lock is held. The function that RequestStream.Notify or CameraStream.Notify has
// registered runs under Hub.mu and the lock of its stream or topic, so it must not call the hub or
// a stream.
//
// The package does not depend on a transport and decides nothing about access.
package feed
