//go:build !race

package camera_test

// demoSeeds is how many seeds of the demo shop are counted.
const demoSeeds = 6
