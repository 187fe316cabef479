//go:build race

package measure_test

// pastedSeeds is how many ways of pasting are tried. The race detector, which makes pixels ten times slower, has nothing to find in
// what one goroutine does.
const pastedSeeds = 1
