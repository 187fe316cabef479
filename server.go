// Command bis briefs the owners of unmanned shops on what their cameras see. Package app builds
// and runs all of it.
package main

import (
	"os"

	"bis/internal/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
