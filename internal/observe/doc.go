// Package observe tells operators how the server does: metrics for Prometheus, and the middleware
// that every HTTP answer passes.
//
// Labels come from fixed sets (routes, classes of status, operations, error kinds), so the number
// of series does not grow with users. Names of metrics are part of the interface;
// docs/operations.md lists them.
//
// The package measures and logs. It changes no answer, apart from the 500 after a panic.
package observe
