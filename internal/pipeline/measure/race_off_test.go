//go:build !race

package measure_test

// pastedSeeds is how many random ways of pasting the tests try.
const pastedSeeds = 4

// sparing is how many times fewer frames and places the long tests have. Drawing the pictures takes
// most of their time.
const sparing = 1
