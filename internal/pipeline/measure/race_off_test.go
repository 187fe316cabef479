//go:build !race

package measure_test

// pastedSeeds is how many random ways of pasting the tests try.
const pastedSeeds = 4
