//go:build !linux

package mongotest

import "os/exec"

// leash does nothing: on this system a server outlives a test process that was killed.
func leash(*exec.Cmd) {}
