//go:build !unix

package socket

import "net"

// nowait does not work on this system, so a goroutine makes every write.
type nowait struct{}

func (*nowait) open(net.Conn) {}

func (*nowait) works() bool { return false }

func (*nowait) write([]byte) (int, error) { return 0, net.ErrClosed }
