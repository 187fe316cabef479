// Command otherclock is the server with a wrong clock. BIS_TEST_CLOCK_AHEAD says by how much it is
// fast, as time.ParseDuration reads it. Tests of replicas with different clocks run it.
package main

import (
	"fmt"
	"os"
	"time"

	"bis/internal/app"
)

func main() {
	ahead, err := time.ParseDuration(os.Getenv("BIS_TEST_CLOCK_AHEAD"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "otherclock: BIS_TEST_CLOCK_AHEAD:", err)
		os.Exit(2)
	}
	os.Exit(app.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr, app.Hooks{
		Clock: func() time.Time { return time.Now().Add(ahead) },
	}))
}
