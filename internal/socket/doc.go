// Package socket serves one WebSocket connection: a single writer, a bounded queue, deadlines,
// pings and an orderly close.
//
// The library gorilla/websocket does the handshake and the reading. This package does the writing.
// A server's frame is a few bytes of header and the text, so many waiting messages can go out in
// one write. An idle connection has one goroutine, its reader, and no timer of its own.
//
// # Writes
//
//	Try ──nothing waits, kernel has room──> direct write by the caller
//	  │ else                                      │ short write: the rest
//	  ▼                                           ▼
//	Send, Queue, Post ──> queue ──────────> one writer: partial frame, control frames,
//	                                        queued messages, farewell last
//
// At most one goroutine writes at a time, so frames never mix. A sender writes directly if no other
// goroutine is writing. If the kernel has no room, a new goroutine writes the rest and the messages
// that wait after it, and ends when nothing is left. Messages are sent in the order in which they
// were accepted.
//
// Several short messages go out in one write of about 16 KiB. Try accepts a Batch of messages that
// share their beginning and end. Queue collects batches of several topics until Flush writes them
// together. A message of more than 16 KiB is sent in several frames, with control frames between
// them.
//
// # Bounds
//
// Config.QueueLen and QueueBytes bound the messages that wait for a slow peer. At the bound Send
// waits, and Try and Queue accept nothing more. Peer.Room is called when half of the bytes are free
// again. Post is for messages that cannot be produced again. It may exceed the bound up to twice
// QueueBytes. Beyond that, it closes the connection with 1013. A message larger than the bound is
// accepted when no other message waits.
//
// Config.Budget is a bound that connections share. Only waiting messages count. A message that the
// kernel accepts at once does not count. A long message of a peer counts until it is complete.
//
// The connection of a peer that accepts no byte within Config.WriteTimeout is severed.
//
// Config.ReadLimit, MessageTime and Flood bound what the peer sends: the bytes of a message, the
// time of a message, and frames. Short fragments of a message count, even empty ones. A message
// has at most 4,096 fragments. The bounds hold from the first byte of a frame's header on, so
// a giant frame takes no memory, and half a frame holds the connection no longer than a message may
// take.
//
// # Pings
//
// A timing wheel in the Registry serves the pings of all connections with one timer. A peer that
// sends nothing within PingEvery + WriteTimeout is dead, and its connection is severed. A heartbeat
// is a text message that is sent with each ping, for protocols that need one.
//
// # Close
//
//	open ──Close, peer's close, broken rule──> closing: no new message, queue drains
//	 │                                           │ both close frames passed, or CloseWait is over
//	 └──error, dead or stuck peer────────────────┴──> severed ──> Done
//
// Close writes the queue and then the close frame. When the peer closes, the queue is discarded and
// the peer's code is echoed. In both cases the connection is severed after Config.CloseWait at the
// latest.
//
// The package does not depend on a subprotocol's messages or on users. Its callers decide what is
// sent, and Config.CheckOrigin decides which origins may connect.
package socket
