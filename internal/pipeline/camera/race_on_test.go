//go:build race

package camera_test

// demoSeeds is how many seeds of the demo shop are counted. The race detector, which makes pixels ten times slower, has nothing to find
// in what one goroutine does.
const demoSeeds = 1
