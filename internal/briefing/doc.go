// Package briefing is the domain: its words as types, the rules that hold for them, the kinds of
// error, and the interfaces that the other parts implement.
//
// # Words
//
// A User owns a shop. A Request is one order for briefings: every interval, until an end time. A
// tick is the n-th scheduled moment of a request, start + n × interval, n ≥ 1. A Run is what the
// pipeline does at a tick, and a Briefing is its stored result. Facts are measured; a caption is
// the sentence that a person reads. A Summary is figures, advice and wording over one request. A
// Cursor is a position in a list.
//
// # What it promises
//
// It does no I/O, starts no goroutine, and imports no other package of the project. Code for SQL,
// HTTP, GraphQL, pictures and models imports this package, and never the other way round. Functions
// that depend on the time take it as an argument. Ids are the only random values.
//
// Bad input is an InvalidError, which names the field and the rule. Limits are checked when
// something is written. Older data that breaks a limit can still be read.
//
// # What it leaves to others
//
// Store, Scheduler, Live, Runner and Summarizer are interfaces, and their comments are the
// contracts. Stores implement Store, and package storetest checks each sentence of its contract.
// The use cases are in package service, the computing of figures is in package summary.
package briefing
