// Package briefing is the domain: the words of the trade as types, the rules
// that hold for them, the service with every use case, and the interfaces that
// stores, schedule, live feed and summariser fulfil.
//
// It does no I/O and imports nothing of the project. Everything outside (SQL,
// HTTP, GraphQL, pictures, models) knows this package; it knows none of them.
package briefing
