// Package graph is the public GraphQL API: code generated from schema.graphqls, resolvers by hand,
// scalars, the codes of errors, and GraphQL over HTTP.
//
// # What it offers
//
// New returns the handler of /graphql. It answers queries and mutations by POST and queries by GET,
// as the specification of GraphQL over HTTP has it. Transports for subscriptions are given to New,
// and are tried first. They use FromBody, FromQuery, Params, Answer, Refuse and Encode, so that
// every transport reads and writes operations alike.
//
// # What it promises
//
// A resolver decodes its arguments, makes one call of the service, and encodes the answer. It
// decides nothing: permission, limits on values and defaults are the service's.
//
// An operation is bounded before it costs anything: the bytes and the time of a body, the bytes,
// tokens and depth of a document, the documents that are cached. One table maps the domain's kinds
// of error to extensions.code. An error without a kind is logged with its cause, and the caller
// gets INTERNAL_SERVER_ERROR. No answer quotes a body.
//
// # What it leaves to others
//
// Package subscribe delivers subscriptions: WebSocket, server-sent events, and groups that share an
// execution. See Handover for how a stream gets there. Routes, headers and rates are package
// server's.
package graph
