//go:build !linux

package load

import "syscall"

// On other systems the sockets have the system's default settings. Source addresses run out of
// ports sooner, and a stuck client is noticed later.

func lateBind(_, _ string, _ syscall.RawConn) error { return nil }

func narrow(_, _ string, _ syscall.RawConn) error { return nil }
