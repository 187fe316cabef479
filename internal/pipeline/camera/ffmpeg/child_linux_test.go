package ffmpeg_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera/ffmpeg"
)

// fake writes a shell script that acts as ffmpeg.
func fake(t testing.TB, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// running returns the processes whose command line has a word.
func running(word string) []string {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var found []string
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err == nil && slices.Contains(strings.Split(string(b), "\x00"), word) {
			found = append(found, filepath.Dir(file))
		}
	}
	return found
}

// gone waits until no process has a word in its command line.
func gone(t *testing.T, word string) {
	t.Helper()
	await.True(t, "no process is left", func() bool { return len(running(word)) == 0 })
}

// picture is the output of a child that works, as printf's argument.
const picture = `YUV4MPEG2 W2 H2 F1:1 C420mpeg2\nFRAME\n\100\100\100\100\200\200`

func TestChild_that_misbehaves_is_an_error_in_time(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"hangs":                         "read line; while :; do /bin/sleep 100; done",
		"hangs and ignores its input":   "exec /bin/sleep 100",
		"writes without end":            "while :; do echo YUV4MPEG2 W2 H2; done",
		"writes zeros without end":      "exec /bin/cat /dev/zero",
		"follows up without end":        "printf '" + picture + "'; exec /bin/cat /dev/zero",
		"complains without end":         "exec /bin/cat /dev/zero >&2",
		"crashes":                       "kill -SEGV $$",
		"ends with an error":            "echo 'no such codec' >&2; exit 69",
		"says nothing":                  "exit 0",
		"writes garbage":                "echo garbage",
		"writes a picture that is cut":  "printf 'YUV4MPEG2 W640 H480\\nFRAME\\nxx'",
		"writes a picture that is huge": "printf 'YUV4MPEG2 W99999 H99999\\nFRAME\\nxx'",
		"writes a negative size":        "printf 'YUV4MPEG2 W-2 H-2\\nFRAME\\nxx'",
		"writes another layout":         "printf 'YUV4MPEG2 W2 H2 C444\\nFRAME\\nxxxxxxxxxxxx'",
		"leaves children":               "/bin/sleep 98765 & /bin/sleep 98765",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := fake(t, script)
			d := ffmpeg.New(ffmpeg.Config{Path: path, Timeout: 2 * time.Second})
			started := time.Now()
			frame, err := d.Decode(t.Context(), ffmpeg.H264, make([]byte, 1<<20))
			var trouble *pipeline.Trouble
			if frame.Image != nil || !errors.As(err, &trouble) || trouble.Reason != briefing.TroubleBrokenVideo {
				t.Errorf("%v, want %v", err, briefing.TroubleBrokenVideo)
			}
			if took := time.Since(started); took > time.Minute {
				t.Errorf("it took %v", took)
			}
			if strings.Contains(fmt.Sprint(err), path) {
				t.Errorf("the error has the path: %v", err)
			}
			gone(t, path)
			gone(t, "98765") // of the script that starts others
		})
	}
}

func TestChild_that_works(t *testing.T) {
	t.Parallel()
	for script, damaged := range map[string]bool{
		"printf '" + picture + "'":                                                      false,
		"echo 'SEI type 5 truncated' >&2; printf '" + picture + "'":                     false,
		"echo '[h264] concealing 3 DC errors in I frame' >&2; printf '" + picture + "'": true,
	} {
		d := ffmpeg.New(ffmpeg.Config{Path: fake(t, script)})
		frame, err := d.Decode(t.Context(), ffmpeg.H265, redBlue265)
		if err != nil || frame.Image.Bounds().Dx() != 2 || frame.Damaged != damaged {
			t.Errorf("%s: %+v, %v; want damaged %v", script, frame, err, damaged)
		}
	}
}

// The list of processes shows the arguments and the environment to every user of the machine.
func TestChild_is_given_the_codec_alone(t *testing.T) {
	t.Parallel()
	path := fake(t, "read line; /bin/sleep 100")
	d := ffmpeg.New(ffmpeg.Config{Path: path})
	ctx, cancel := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	calls.Go(func() {
		if _, err := d.Decode(ctx, ffmpeg.H264, redBlue264); !errors.Is(err, context.Canceled) {
			t.Errorf("a call that is cancelled: %v", err)
		}
	})
	await.True(t, "the children run", func() bool { return len(running(path)) == 1 })
	proc := running(path)[0]
	command, err := os.ReadFile(proc + "/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	want := append([]string{"/bin/sh", path}, ffmpeg.Arguments(ffmpeg.H264)...)
	if got := strings.Split(strings.TrimSuffix(string(command), "\x00"), "\x00"); !slices.Equal(got, want) {
		t.Errorf("command line %q, want %q", got, want)
	}
	if environ, err := os.ReadFile(proc + "/environ"); err != nil || len(environ) != 0 {
		t.Errorf("environment %q, %v; want none", environ, err)
	}
	for _, word := range want[2:] {
		if strings.Contains(word, "://") || strings.Contains(word, "@") {
			t.Errorf("argument %q is like an address", word)
		}
	}
	cancel()
	calls.Wait()
	gone(t, path)
}

func TestChild_can_write_no_file(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "written")
	d := ffmpeg.New(ffmpeg.Config{Path: fake(t, "read line; echo x >"+file+"; printf '"+picture+"'")})
	_, _ = d.Decode(t.Context(), ffmpeg.H264, []byte("line\n"))
	if b, err := os.ReadFile(file); err == nil && len(b) > 0 {
		t.Errorf("the child wrote %q", b)
	}
}

func TestChildren_at_once_are_bounded(t *testing.T) {
	t.Parallel()
	path := fake(t, "read line; /bin/sleep 100")
	d := ffmpeg.New(ffmpeg.Config{Path: path, Children: 2})
	ctx, cancel := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	for range 6 {
		calls.Go(func() { _, _ = d.Decode(ctx, ffmpeg.H264, []byte("line\n")) })
	}
	await.True(t, "the children run", func() bool { return len(running(path)) == 2 })
	short, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if _, err := d.Decode(short, ffmpeg.H264, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call that waits: %v, want its own end", err)
	}
	if got := len(running(path)); got != 2 {
		t.Errorf("%d children, want 2", got)
	}
	cancel()
	calls.Wait()
	gone(t, path)
}

// parentOf names the variable that makes this program start a child and wait to be killed.
const parentOf = "BIS_TEST_PARENT_OF"

// becomeParent is the other half of TestChild_ends_with_its_parent.
func becomeParent() {
	path := os.Getenv(parentOf)
	if path == "" {
		return
	}
	_, err := ffmpeg.New(ffmpeg.Config{Path: path, Timeout: time.Minute}).
		Decode(context.Background(), ffmpeg.H264, []byte("line\n"))
	fmt.Println(err)
	os.Exit(1)
}

func TestChild_ends_with_its_parent(t *testing.T) {
	t.Parallel()
	path := fake(t, "read line; while :; do /bin/sleep 1; done")
	parent := exec.CommandContext(t.Context(), os.Args[0])
	parent.Env = append(os.Environ(), parentOf+"="+path)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	await.True(t, "the children run", func() bool { return len(running(path)) == 1 })
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		t.Errorf("the parent says %s", lines.Text())
	}
	_ = parent.Wait()
	gone(t, path)
}
