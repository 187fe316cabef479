// Package observe measures the server for its operators. It offers metrics for Prometheus, and
// middleware that counts and times HTTP answers by route. If /metrics has an address of its own
// (--metrics-addr), its answers do not pass the middleware.
//
// Labels come from fixed sets (routes, classes of status, operations, error kinds), so the number
// of series does not grow with users. Names of metrics are part of the interface;
// docs/operations.md lists them.
//
// The package measures and logs. It changes no answer, apart from the 500 after a panic.
package observe
