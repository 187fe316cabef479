package sqlite

import (
	"io/fs"
	"log/slog"
	"os"
)

// writable says nothing here: making a file does.
func checkWritable(string) error { return nil }

// ownFolder leaves the folder as it is: rights are inherited from the user's folders.
func secureFolder(string, fs.FileInfo, *slog.Logger) error { return nil }

// ownFile makes sure that a path is a plain file. Its error goes on behind the file's name.
func secureFile(_ string, info fs.FileInfo, _ *slog.Logger) error { return checkPlain(info) }

// chownToFolder does nothing: owners are inherited from the folder.
func chownToFolder(string) error { return nil }

// lockFlags open the lock file.
const lockFlags = os.O_RDWR | os.O_CREATE

// syncFolder does nothing: a folder cannot be synced here.
func syncFolder(string) error { return nil }
