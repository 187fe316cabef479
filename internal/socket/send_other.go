//go:build unix && !(linux && (amd64 || arm64))

package socket

import "syscall"

// send hands bytes to the kernel without waiting: the descriptors of package net do not block.
func send(fd uintptr, p []byte) (int, error) { return syscall.Write(int(fd), p) }
