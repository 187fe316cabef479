package transfer

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Bar draws progress on w, a terminal or a log. add is Copy's progress; done leaves the last state standing.
func Bar(w io.Writer, total int64) (add func(n int64), done func()) {
	bar := progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("copying"),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetPredictTime(true))
	// A bar that cannot be drawn stops nothing.
	add = func(n int64) { _ = bar.Add64(n) }
	done = func() { _ = bar.Exit(); fmt.Fprintln(w) }
	return add, done
}
