// Command bis briefs the owners of unmanned shops on what their cameras see. Package app builds
// and runs all of it.
package main

import (
	"os"

	"bis/internal/app"
)

// main passes the arguments on and ends with the exit code: 0 well, 1 failed, 2 wrong settings.
// app.Main turns signals into an orderly stop.
func main() {
	os.Exit(app.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr, app.Hooks{}))
}
