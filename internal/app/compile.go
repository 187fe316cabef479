package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"bis/internal/pipeline/counting"
	"bis/internal/pipeline/onnx"
)

// compileCommand is the hidden command that compiles the runtime of models into a folder, its one
// argument. The server starts it as a child, because compiling needs half a gigabyte, which a
// process does not return. It needs no settings and no lock.
const compileCommand = "compile-detector"

// compileTime bounds the command, which takes some 10 s.
const compileTime = 5 * time.Minute

// compileMain is Main for compileCommand.
func compileMain(dir string, errOut io.Writer) int {
	yield()
	ctx, cancel := context.WithTimeout(context.Background(), compileTime)
	defer cancel()
	if err := onnx.Compile(ctx, dir); err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	return 0
}

// compiler compiles the runtime in a child.
type compiler struct{ log *slog.Logger }

// compile is local.Config.Compile.
func (c compiler) compile(ctx context.Context, dir string) error {
	if !onnx.Supported() {
		return onnx.ErrUnsupported
	}
	path, err := os.Executable()
	if err != nil {
		return err
	}
	c.log.Info("the detector is being prepared, motion counts until then", "folder", dir)
	ctx, cancel := context.WithTimeout(ctx, compileTime)
	defer cancel()
	// Linux ends a child with the thread that started it, so the thread must last as long.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var words said
	cmd := exec.CommandContext(ctx, path, compileCommand, dir)
	cmd.Env = []string{} // nil would be this process's, with its secrets
	cmd.Stderr, cmd.WaitDelay = &words, time.Second
	cmd.SysProcAttr = childAttributes()
	err = cmd.Run()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return preparation(err, words.line())
}

// preparation returns the error of a child that has failed. Its words are about the folder only if
// it has ended by itself: the system kills it where memory is short.
func preparation(err error, words string) error {
	exit, ok := errors.AsType[*exec.ExitError](err)
	switch {
	case ok && exit.Exited() && words != "":
		return errors.New(words)
	case words != "":
		err = fmt.Errorf("%w: %s", err, words)
	}
	return counting.Faultf(counting.Failed, "the preparation ended: %w", err)
}

// said retains the first bytes of a child's standard error.
type said struct{ text bytes.Buffer }

// maxSaid bounds what is retained, in bytes.
const maxSaid = 4096

// Write never fails, so the child never waits.
func (s *said) Write(b []byte) (int, error) {
	s.text.Write(b[:min(len(b), maxSaid-s.text.Len())])
	return len(b), nil
}

// line returns the first line.
func (s *said) line() string {
	line, _, _ := strings.Cut(strings.TrimSpace(s.text.String()), "\n")
	return strings.ToValidUTF8(line, "?")
}
