//go:build !linux

package app

import "syscall"

// childAttributes has nothing that all other systems share. A child then ends by itself.
func childAttributes() *syscall.SysProcAttr { return nil }

// yield does nothing: each system has another way.
func yield() {}
