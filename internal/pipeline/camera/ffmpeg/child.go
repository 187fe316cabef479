package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"bis/internal/pipeline"
)

// leaveAfter is how long the pipes of a killed child may stay open.
const leaveAfter = time.Second

// arguments are those of a child. They depend on the codec alone.
func arguments(codec Codec) []string {
	side := fmt.Sprint(MaxSide)
	detect := "crccheck" // the default
	if codec == H265 {
		detect = "explode" // otherwise this decoder does not say that a part is missing
	}
	return []string{
		"-hide_banner", "-nostdin", "-loglevel", "warning",
		// The input cannot name files and addresses.
		"-protocol_whitelist", "pipe",
		"-max_alloc", fmt.Sprint(256 << 20), // bytes of one block
		// Some cameras do not mark keyframes as such. The decoder outputs them only with this flag.
		"-flags", "+output_corrupt", "-err_detect", detect,
		"-threads", "1", "-f", string(codec), "-i", "pipe:0",
		// The range and the matrix are those of JPEG, which image.YCbCr assumes.
		"-vf", "scale=w='min(iw," + side + ")':h='min(ih," + side + ")'" +
			":force_original_aspect_ratio=decrease:out_range=full:out_color_matrix=bt601" +
			",format=yuv420p",
		"-frames:v", "1", "-f", "yuv4mpegpipe", "pipe:1",
	}
}

// run starts a child, feeds it and reads its picture.
func (d *Decoder) run(
	ctx context.Context, codec Codec, stream []byte,
) (frame pipeline.Frame, err error) {
	// Linux ends a child with the thread that started it, so the thread must last as long.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, d.path, arguments(codec)...)
	cmd.Env = []string{} // nil would be this process's
	cmd.Dir = "/"
	cmd.SysProcAttr = attributes()
	cmd.Cancel = func() error { return kill(cmd.Process) }
	cmd.WaitDelay = leaveAfter
	var words said
	cmd.Stderr = &words
	in, err := cmd.StdinPipe()
	if err != nil {
		return frame, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return frame, err
	}
	if err := cmd.Start(); err != nil {
		return frame, fmt.Errorf("start ffmpeg: %w", withoutPath(err))
	}
	restrict(cmd.Process.Pid) // before the child gets any input
	stop := context.AfterFunc(ctx, func() { out.Close() })
	var feeding sync.WaitGroup
	feeding.Go(func() {
		_, _ = in.Write(stream) // a child may end before it has read all
		in.Close()
	})
	img, err := readPicture(out)
	if err != nil {
		_ = kill(cmd.Process) // it may write for ever
	}
	stop()
	waited := cmd.Wait()
	feeding.Wait()
	if err != nil {
		return frame, errors.Join(err, exitOf(waited), words.err())
	}
	frame.Image, frame.Damaged = img, words.damaged()
	return frame, nil
}

// withoutPath removes the path from an error of exec.
func withoutPath(err error) error {
	var in *exec.Error
	if errors.As(err, &in) {
		return in.Err
	}
	return err
}

// exitOf returns the error of a child that ended by itself with a failure.
func exitOf(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return fmt.Errorf("it ended with %d", exit.ExitCode())
	}
	return nil
}

// said retains the first bytes of a child's standard error.
type said struct{ text []byte }

var _ io.Writer = (*said)(nil)

// maxSaid bounds what is retained, in bytes.
const maxSaid = 4096

// Write never fails, so the child never waits.
func (s *said) Write(b []byte) (int, error) {
	s.text = append(s.text, b[:min(len(b), maxSaid-len(s.text))]...)
	return len(b), nil
}

// err returns the first line as an error for the log, or nil if there is none. The child knows no
// address, so the line has none.
func (s *said) err() error {
	line, _, _ := strings.Cut(strings.TrimSpace(string(s.text)), "\n")
	line = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(line, ""))
	if line == "" {
		return nil
	}
	return fmt.Errorf("it said %.200q", line)
}

// damaged reports whether the child said that a part of the picture is missing. Other lines are
// about details of the stream that do not matter to a picture.
func (s *said) damaged() bool {
	text := string(s.text)
	return slices.ContainsFunc([]string{
		"error while decoding", "concealing", "corrupt decoded frame", "block unavailable",
		"slice header error", "Could not find ref", "Error parsing NAL", "Error submitting",
		"Invalid data",
	}, func(sign string) bool { return strings.Contains(text, sign) })
}
