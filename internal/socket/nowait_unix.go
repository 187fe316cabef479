//go:build unix

package socket

import (
	"errors"
	"net"
	"syscall"
)

// nowait writes to a connection without waiting for its peer. Package net keeps the descriptor
// open during a write, even if another goroutine closes the connection meanwhile. The zero value
// does not work. It is for one goroutine at a time and must not be copied.
type nowait struct {
	conn syscall.RawConn
	call func(fd uintptr) bool // made once, because a new callback for each write would allocate

	p   []byte // what call is to write
	n   int    // how much call has written
	err error
}

// open prepares for a connection. A connection without a file descriptor, such as a pipe or TLS,
// stays unprepared.
func (w *nowait) open(conn net.Conn) {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	w.conn, w.call = raw, w.once
}

// works reports whether write can be called.
func (w *nowait) works() bool { return w.conn != nil }

// write writes as much of p as the kernel has room for, which may be nothing. An error means that
// the connection is broken.
func (w *nowait) write(p []byte) (int, error) {
	w.p, w.n, w.err = p, 0, nil
	if err := w.conn.Write(w.call); err != nil {
		return 0, err
	}
	w.p = nil
	if errors.Is(w.err, syscall.EAGAIN) || errors.Is(w.err, syscall.EINTR) {
		return 0, nil
	}
	return max(w.n, 0), w.err
}

// once makes the system call. It returns true so that package net does not wait until the
// descriptor is writable: a goroutine of the connection does that.
func (w *nowait) once(fd uintptr) bool {
	w.n, w.err = syscall.Write(int(fd), w.p)
	return true
}
