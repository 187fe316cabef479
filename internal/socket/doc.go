// Package socket serves one WebSocket connection: a single writer, a bounded queue, deadlines,
// pings and an orderly close.
//
// gorilla/websocket does the handshake and the reading. The writing is done here. A server's frame
// is a few bytes of header and the text, so everything that waits for a peer goes out in one write.
// A connection at rest has one goroutine, its reader's, and no timer of its own.
//
// # Writes
//
//	Try ──nothing waits, kernel has room──> direct write by the caller
//	  │ else                                      │ short write: the rest
//	  ▼                                           ▼
//	Send, Queue, Post ──> queue ──────────> one writer: partial frame, control frames,
//	                                        queued messages, farewell last
//
// At most one goroutine writes at a time, so frames never mix. A sender that finds none writes.
// A write that the kernel takes at once is made directly by the caller and needs no goroutine.
// Only when the kernel has no room does a goroutine write the rest and what waits behind it. It
// ends when nothing is left. Messages leave in the order in which they were accepted.
//
// Several short messages go out in one write of about 16 KiB. Try takes a Batch of messages that
// share their beginning and end. Queue collects batches of many topics until Flush writes them
// together. A message of more than 16 KiB goes out in several frames, with control frames between
// them.
//
// # Bounds
//
// Config.QueueLen and QueueBytes bound what waits for a slow peer. At the bound Send waits, and Try
// and Queue accept nothing more. Peer.Room is called when half of the bytes are free again. Post is
// for messages that cannot be produced again. It may exceed the bound up to twice QueueBytes, and
// then closes the connection with 1013. A message larger than the bound is accepted alone.
//
// Config.Budget is a bound that connections share. Only what really waits counts: a message that
// the kernel takes at once does not.
//
// A peer that takes no byte within Config.WriteTimeout is cut off.
//
// # Pings
//
// A timing wheel in the Registry serves the pings of all connections with one timer. A peer that
// sends nothing within PingEvery + WriteTimeout is dead, and its connection is cut off. A heartbeat
// is a text that goes out with each ping, for protocols that want one.
//
// # Close
//
//	open ──Close, peer's close, broken rule──> closing: no new message, queue drains
//	 │                                           │ both close frames passed, or CloseWait is over
//	 └──error, dead or stuck peer────────────────┴──> severed ──> Done
//
// Close writes what is queued and then the close frame. When the peer closes, the queue is
// discarded and its code is echoed. Either way the connection is severed after Config.CloseWait at
// the latest.
//
// The package knows no subprotocol's messages and no users. Its callers decide what is sent, and
// Config.CheckOrigin decides who may connect.
package socket
