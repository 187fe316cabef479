//go:build !linux

package load

import "syscall"

// Elsewhere a socket is as the system makes it: source addresses run out of ports sooner, and a stuck client takes longer to be seen.

func lateBind(_, _ string, _ syscall.RawConn) error { return nil }

func narrow(_, _ string, _ syscall.RawConn) error { return nil }
