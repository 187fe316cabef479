package transfer

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Progress draws a progress bar for total records on w, a terminal or a log. add is the progress
// argument of Run. done leaves the last state of the bar and ends its line.
func Progress(w io.Writer, total int64) (add func(n int64), done func()) {
	bar := progressbar.NewOptions64(total, progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription("copying"), progressbar.OptionShowCount(),
		progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetPredictTime(true))
	// A bar that cannot be drawn must not stop the transfer, so its errors are ignored.
	add = func(n int64) { _ = bar.Add64(n) }
	done = func() { _ = bar.Exit(); fmt.Fprintln(w) }
	return add, done
}
