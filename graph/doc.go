// Package graph is the public GraphQL API: code generated from schema.graphqls, resolvers by hand,
// scalars, the codes of errors, and GraphQL over HTTP.
//
// # What it offers
//
// New returns the handler of /graphql. It answers queries and mutations by POST and queries by GET,
// as the specification of GraphQL over HTTP requires. Options has further transports for
// subscriptions, which are tried first. They use FromBody, FromQuery, Params, Answer, Refuse and
// Encode, so that all transports read and write operations in the same way.
//
// # What it promises
//
// A resolver decodes its arguments, makes one call of the service, and encodes the answer. The
// service decides about permission, limits on values, and defaults.
//
// An operation is bounded before it runs: the bytes of a body, the bytes, tokens and depth of a
// document, the memory of cached documents, the points of the operation, and the bytes of its
// answer. One table maps the domain's kinds of error to extensions.code. An error without a kind is
// logged with its cause, and the caller gets INTERNAL_SERVER_ERROR. No answer quotes a body.
//
// # What it leaves to others
//
// Package subscribe delivers subscriptions: WebSocket, server-sent events, and groups that share an
// execution. Handover describes how a stream gets from a resolver to a transport. Package server
// owns the routes, the headers and the deadlines of a body. Package limit owns the rates; this
// package counts operations with it.
package graph
