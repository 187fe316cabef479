//go:build unix

package socket

import (
	"errors"
	"net"
	"syscall"
)

// direct writes to a connection without ever waiting for its peer, past package net. Its zero value does not work.
//
// A descriptor that is closed soon belongs to another connection, so it must be open while write runs. The connection sees to
// that: nobody else closes its net.Conn, and it does not while it is sending (Conn.sever).
type direct struct {
	fd  int32
	has bool
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
	d.has = raw.Control(func(fd uintptr) { d.fd = int32(fd) }) == nil
}

// works reports whether write can be called.
func (d *direct) works() bool { return d.has }

// write writes as much of p as the kernel takes at once. An error means that the connection is broken.
func (d *direct) write(p []byte) (int, error) {
	n, err := send(uintptr(d.fd), p)
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
		return 0, nil
	}
	return n, err
}
