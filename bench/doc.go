// Command bench measures the server's speed and memory on this machine. Each table compares it with
// a named opponent in the same run, because only ratios mean anything on a noisy machine. Run it by
// the root's `make bench`; docs/benchmarks.md explains the figures.
//
//	main.go                     the list of benchmarks, flags, tables
//	contender.go, foreign.go    how this server and its opponents are started and published to
//	subscriptions.go, bursts.go processor time and memory of a delivery
//	other files                 one benchmark each
//
// Package load generates the load, package proc runs servers as processes of their own and reads
// their figures from outside, and opponents/ has the opponents.
//
// A benchmark prints the wanted figures next to the measured ones. It does not fail when a figure
// is missed. It does fail when a contender does not work, so no figures of a broken run are
// printed.
package main
