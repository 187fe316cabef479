// Package summary computes the figures of a request and picks the captions for its summary.
package summary
