// Package graph is the public GraphQL API: code generated from schema.graphqls,
// resolvers by hand, and how errors are told. A resolver decodes, makes one call of
// the service, and encodes; what is allowed is decided there, not here.
package graph
