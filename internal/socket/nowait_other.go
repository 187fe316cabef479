//go:build !unix

package socket

import "net"

// nowait never works on this system, so every write is made by a goroutine.
type nowait struct{}

func (*nowait) open(net.Conn) {}

func (*nowait) works() bool { return false }

func (*nowait) write([]byte) (int, error) { return 0, net.ErrClosed }
