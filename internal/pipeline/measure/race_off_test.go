//go:build !race

package measure_test

// pastedSeeds is how many ways of pasting are tried.
const pastedSeeds = 4
