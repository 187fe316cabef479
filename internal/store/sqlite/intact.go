package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

// databaseFiles are the names that SQLite uses for the database and its companions.
var databaseFiles = []string{fileName, fileName + "-wal", fileName + "-shm", fileName + "-journal"}

// inspectFiles refuses files that no store of this package creates. It removes the permissions of
// other users from the other files.
func inspectFiles(dir string, log *slog.Logger) error {
	err := eachFile(dir, func(path string, info fs.FileInfo) error { return secureFile(path, info, log) })
	if err != nil {
		return err
	}
	return checkIntact(dir)
}

// eachFile calls check for each file of the database that exists. It puts the file's name before
// the error of check.
func eachFile(dir string, check func(path string, info fs.FileInfo) error) error {
	for _, name := range databaseFiles {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", name, cause(err))
		}
		if err := check(path, info); err != nil {
			return fmt.Errorf("%s %w", name, cause(err))
		}
	}
	return nil
}

// checkPlain refuses a link and everything that is not a plain file.
func checkPlain(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode&os.ModeSymlink != 0:
		return errors.New("is a link; put the file itself there, or name its folder with --data")
	case !mode.IsRegular():
		return errors.New("is no plain file; move it away")
	}
	return nil
}

// Lengths of headers in SQLite's file format.
const (
	headerLen    = 100 // the database's
	logHeaderLen = 32  // the log's
)

// checkIntact refuses the files that a failed copy leaves. SQLite itself would accept them: it
// would start an empty database, remove the log, or read zeros in place of the missing pages.
func checkIntact(dir string) error {
	path := filepath.Join(dir, fileName)
	db, err := os.Lstat(path)
	exists := err == nil
	logged := sizeOf(path+"-wal") > 0
	switch {
	case !exists && logged:
		return errors.New("bis.db is missing, but bis.db-wal beside it holds data: " +
			"copy both files again, or remove bis.db-wal too to start with an empty store")
	case exists && db.Size() < headerLen && logged:
		return errors.New("bis.db is empty, but bis.db-wal beside it holds data: " +
			"copy both files again, or put a backup in their place")
	case exists && db.Size() < headerLen:
		return errors.New("bis.db is empty, as a copy that failed leaves it: " +
			"put a backup in its place, or remove it to start with an empty store")
	case exists && isTruncated(path):
		return errors.New("bis.db is damaged (it is shorter than it says): " +
			"its end was cut off, as a copy that failed leaves it; put a backup in its place")
	}
	return nil
}

// isTruncated reports whether the end of a database file is missing. A kill or a crash leaves such
// a file only together with a log or a journal, from which SQLite restores it. Both are checked
// before and after the file is read, because a server may be writing at the same time.
func isTruncated(path string) bool {
	recovers := func() bool { return sizeOf(path+"-wal") > logHeaderLen || sizeOf(path+"-journal") > 0 }
	if recovers() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false // check reports the fault
	}
	defer f.Close()
	// The header has the page size at offset 16, the change counter at 24, the number of pages at
	// 28, and at 92 the change counter at the time when that number was written.
	header := make([]byte, headerLen)
	if _, err := io.ReadFull(f, header); err != nil || !bytes.HasPrefix(header, []byte("SQLite format 3\x00")) {
		return false
	}
	info, err := f.Stat()
	if err != nil || recovers() {
		return false
	}
	page := int64(binary.BigEndian.Uint16(header[16:]))
	if page == 1 { // the format's code for 65,536, which does not fit into 16 bits
		page = 65_536
	}
	if page < 512 { // not a page size of SQLite; check reports the fault
		return false
	}
	pages := int64(binary.BigEndian.Uint32(header[28:]))
	if !bytes.Equal(header[24:28], header[92:96]) {
		pages = 0 // the last writer was older than SQLite 3.7.0 and did not update the number
	}
	return info.Size()%page != 0 || info.Size() < pages*page
}

// sizeOf is the size of a file, or 0 if there is none.
func sizeOf(path string) int64 {
	info, err := os.Lstat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
