//go:build race

package measure_test

// pastedSeeds is how many random ways of pasting the tests try. Under the race detector, which
// slows pixels down ten times, few are enough: a single goroutine measures, so races cannot occur.
const pastedSeeds = 1

// sparing is how many times fewer frames and places the long tests have. Drawing the pictures takes
// most of their time.
const sparing = 8
