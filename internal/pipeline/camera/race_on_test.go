//go:build race

package camera_test

// demoSeeds is how many seeds of the demo shop the tests count. Under the race detector, which
// slows pixels down ten times, one is enough: a single goroutine measures, so races cannot occur.
const demoSeeds = 1
