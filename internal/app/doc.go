// Package app assembles the program: it builds every part from the configuration, runs the parts
// and stops them in reverse. All logic is in the parts.
//
//	main ──> Main: settings, signals, exit code
//	           ├─ serve ──> Run ──> store, wording, runner, hub, pump, schedule, service, server
//	           ├─ import, export, backup: transfer.go
//	           └─ health: health.go
//
// The shipped program and the tests call the same Run. A test or benchmark that needs another
// store, runner or clock passes Hooks.
//
// A stop takes at most 5 s, even if a part hangs. The file stop.go describes the order and the
// deadlines.
package app
