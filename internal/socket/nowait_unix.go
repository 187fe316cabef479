//go:build unix

package socket

import (
	"errors"
	"net"
	"syscall"
)

// nowait writes to a connection without waiting for its peer. Package net keeps the descriptor open
// during a write, even if another goroutine closes the connection in the meantime. For the zero
// value, works reports false. A nowait must be used by one goroutine at a time and must not be
// copied.
type nowait struct {
	conn syscall.RawConn
	call func(fd uintptr) bool // created once, because a new callback for each write would allocate

	p   []byte // bytes that call must write
	n   int    // bytes that call has written
	err error
}

// open prepares w for a connection. A connection without a file descriptor, such as a pipe or TLS,
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

// once makes the system call. It returns true, so that package net does not wait until the
// descriptor is writable. A goroutine of the connection does that wait.
func (w *nowait) once(fd uintptr) bool {
	w.n, w.err = syscall.Write(int(fd), w.p)
	return true
}
