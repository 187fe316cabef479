//go:build race

package measure_test

// pastedSeeds is how many random ways of pasting the tests try. Under the race detector, which
// slows pixels down ten times, few are enough: a single goroutine measures, so races cannot occur.
const pastedSeeds = 1
