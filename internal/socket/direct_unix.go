//go:build unix

package socket

import (
	"errors"
	"net"
	"syscall"
)

// direct writes to a connection without ever waiting for its peer. Its zero value does not work.
type direct struct {
	raw syscall.RawConn
	// What follows is the writer's: there is one at a time. A closure made for each write would cost an allocation.
	out  []byte
	n    int
	err  error
	once func(fd uintptr)
}

// open begins on a connection. One that has no file descriptor, as a pipe or TLS, is left alone.
func (d *direct) open(conn net.Conn) {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	d.raw, d.once = raw, d.writeOnce
}

// works reports whether write can be called.
func (d *direct) works() bool { return d.raw != nil }

// write writes as much of p as the kernel takes at once. An error means that the connection is broken.
func (d *direct) write(p []byte) (int, error) {
	d.out, d.n, d.err = p, 0, nil
	err := d.raw.Control(d.once)
	d.out = nil
	if err == nil {
		err = d.err
	}
	return d.n, err
}

// writeOnce is called while the descriptor cannot be closed. That nobody else writes is seen to by the connection.
func (d *direct) writeOnce(fd uintptr) {
	n, errno := send(fd, d.out)
	switch {
	case errno == nil:
		d.n = n
	case errors.Is(errno, syscall.EAGAIN), errors.Is(errno, syscall.EINTR):
	default:
		d.err = errno
	}
}
