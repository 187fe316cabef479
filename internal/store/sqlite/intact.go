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

// databaseFiles are the names that SQLite uses for the database.
var databaseFiles = []string{fileName, fileName + "-wal", fileName + "-shm", fileName + "-journal"}

// inspect refuses what is no store of ours in a folder. Files that others may read or write are
// closed to them.
func inspectFiles(dir string, log *slog.Logger) error {
	err := eachFile(dir, func(path string, info fs.FileInfo) error { return secureFile(path, info, log) })
	if err != nil {
		return err
	}
	return checkIntact(dir)
}

// eachFile calls check for each file of the database that is there. An error of check goes on
// behind the file's name.
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

// plainFile refuses a path that leads elsewhere or is no file.
func checkPlain(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode&os.ModeSymlink != 0:
		return errors.New("is a link; put the file itself there, or name its folder with --data")
	case !mode.IsRegular():
		return errors.New("is no plain file; move it away")
	}
	return nil
}

// Lengths in SQLite's file format.
const (
	headerLen    = 100 // of the database's header
	logHeaderLen = 32  // of the log's header
)

// sound refuses what a copy that went wrong leaves. SQLite would start an empty database, remove
// the log, or read zeros in place of what is missing.
func checkIntact(dir string) error {
	path := filepath.Join(dir, fileName)
	db, err := os.Lstat(path)
	exists := err == nil
	logged := sizeOf(path+"-wal") > 0
	switch {
	case !exists && logged:
		return errors.New("bis.db is missing, but bis.db-wal beside it holds data: copy both files again, or remove bis.db-wal too to start with an empty store")
	case exists && db.Size() < headerLen && logged:
		return errors.New("bis.db is empty, but bis.db-wal beside it holds data: copy both files again, or put a backup in their place")
	case exists && db.Size() < headerLen:
		return errors.New("bis.db is empty, as a copy that failed leaves it: put a backup in its place, or remove it to start with an empty store")
	case exists && isTruncated(path):
		return errors.New("bis.db is damaged (it is shorter than it says): its end was cut off, as a copy that failed leaves it; put a backup in its place")
	}
	return nil
}

// isCut reports whether the end of a database file is missing. A kill and a crash leave that only
// beside a log or a journal, from which SQLite writes the file again. The log is looked at before
// and after the file, because a server may be at work on them.
func isTruncated(path string) bool {
	recovers := func() bool { return sizeOf(path+"-wal") > logHeaderLen || sizeOf(path+"-journal") > 0 }
	if recovers() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false // the check of the whole file will tell
	}
	defer f.Close()
	header := make([]byte, headerLen)
	if _, err := io.ReadFull(f, header); err != nil || !bytes.HasPrefix(header, []byte("SQLite format 3\x00")) {
		return false
	}
	info, err := f.Stat()
	if err != nil || recovers() {
		return false
	}
	page := int64(binary.BigEndian.Uint16(header[16:]))
	if page == 1 { // stands for the one size that does not fit
		page = 65_536
	}
	if page < 512 {
		return false
	}
	pages := int64(binary.BigEndian.Uint32(header[28:]))
	if !bytes.Equal(header[24:28], header[92:96]) {
		pages = 0 // an old program has written last, which does not keep the count
	}
	return info.Size()%page != 0 || info.Size() < pages*page
}

// sizeOf is the size of a file, 0 if there is none.
func sizeOf(path string) int64 {
	info, err := os.Lstat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
