//go:build race

package camera_test

// demoSeeds is how many seeds of the demo shop the tests count. Under the race detector, which
// slows pixels down ten times, one is enough: one goroutine measures, so there are no races.
const demoSeeds = 1
