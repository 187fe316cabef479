package main

import (
	"flag"
	"strings"
	"time"
)

// sizes are the flags for the benchmarks of subscriptions.
type sizes struct {
	scale   float64       // factor of all numbers of clients
	stretch time.Duration // length of each measured stretch
	settle  time.Duration // rest before memory is read
	only    string        // parts of contenders' names; empty: all
	churn   time.Duration // length of the benchmark of churn
}

// register adds the flags to f.
func (s *sizes) register(f *flag.FlagSet) {
	f.Float64Var(&s.scale, "scale", 1, "subscriptions: share of the clients, 0.05 for a quick look")
	f.DurationVar(&s.stretch, "measure", 12*time.Second, "subscriptions: how long each stretch is measured")
	f.DurationVar(&s.settle, "settle", 5*time.Second, "subscriptions: rest before memory is read")
	f.StringVar(&s.only, "only", "", "subscriptions: contenders, by parts of their names with commas between; empty: all")
	f.DurationVar(&s.churn, "churn", 3*time.Minute, "how long the benchmark of churn goes on for")
}

// clients returns n scaled, at least 1.
func (s *sizes) clients(n int) int { return max(1, int(float64(n)*s.scale)) }

// wants reports whether a contender is to be measured.
func (s *sizes) wants(name string) bool {
	if s.only == "" {
		return true
	}
	for part := range strings.SplitSeq(s.only, ",") {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
