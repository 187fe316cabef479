//go:build unix

package onnx

import (
	"io/fs"
	"os"
	"syscall"
)

// owned reports whether a file belongs to this process's user.
func owned(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}
