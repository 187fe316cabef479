//go:build !unix

package socket

import "net"

// direct is nothing here: every write has a goroutine.
type direct struct{}

func newDirect(net.Conn) *direct { return nil }

func (*direct) write([]byte) (int, error) { return 0, net.ErrClosed }
