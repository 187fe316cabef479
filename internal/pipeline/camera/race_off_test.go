//go:build !race

package camera_test

// demoSeeds is how many seeds of the demo shop the tests count.
const demoSeeds = 6
