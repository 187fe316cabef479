//go:build unix

package socket

import (
	"errors"
	"net"
	"syscall"
)

// direct writes to a connection without ever waiting for its peer.
type direct struct {
	raw syscall.RawConn
	// What follows is the writer's: there is one at a time. A closure made for each write would cost an allocation.
	out  []byte
	n    int
	err  error
	once func(fd uintptr) bool
}

// newDirect returns nil for a connection that has no file descriptor, as a pipe or TLS.
func newDirect(conn net.Conn) *direct {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	d := &direct{raw: raw}
	d.once = d.writeOnce
	return d
}

// write writes as much of p as the kernel takes at once. An error means that the connection is broken.
func (d *direct) write(p []byte) (int, error) {
	d.out, d.n, d.err = p, 0, nil
	err := d.raw.Write(d.once)
	d.out = nil
	return d.n, errors.Join(err, d.err)
}

// writeOnce always reports that it is done, so that nobody waits for the connection to take more.
func (d *direct) writeOnce(fd uintptr) bool {
	n, errno := send(fd, d.out)
	switch {
	case errno == nil:
		d.n = n
	case errors.Is(errno, syscall.EAGAIN), errors.Is(errno, syscall.EINTR):
	default:
		d.err = errno
	}
	return true
}
