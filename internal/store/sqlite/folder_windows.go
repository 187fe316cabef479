package sqlite

import (
	"io/fs"
	"log/slog"
	"os"
)

// checkWritable always returns nil: on Windows, only creating a file shows whether one can be
// created.
func checkWritable(string) error { return nil }

// secureFolder does nothing: the folder inherits its permissions from the user's own folders.
func secureFolder(string, fs.FileInfo, *slog.Logger) error { return nil }

// secureFile makes sure that path is a plain file. The error is the rest of a sentence that begins
// with the file's name.
func secureFile(_ string, info fs.FileInfo, _ *slog.Logger) error { return checkPlain(info) }

// chownToFolder does nothing: a file inherits its owner from the folder.
func chownToFolder(string) error { return nil }

// lockFlags open the lock file.
const lockFlags = os.O_RDWR | os.O_CREATE

// syncFolder does nothing: Windows cannot sync a folder.
func syncFolder(string) error { return nil }
