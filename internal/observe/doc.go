// Package observe measures the server for its operators. It has metrics for Prometheus, and the
// middleware that counts and times HTTP answers by route. Answers of /metrics at an address of its
// own (--metrics-addr) do not pass the middleware.
//
// Labels come from fixed sets (routes, classes of status, operations, error kinds), so the number
// of series does not grow with users. Names of metrics are part of the interface;
// docs/operations.md lists them.
//
// The package measures and logs. It changes no answer, apart from the 500 after a panic.
package observe
