package ffmpeg_test

import (
	"os/exec"
	"testing"

	"bis/internal/pipeline/camera/ffmpeg"
)

// BenchmarkDecode measures what one picture of a camera costs, with the child's start.
func BenchmarkDecode(b *testing.B) {
	d := ffmpeg.New(ffmpeg.Config{})
	for _, size := range []string{"640x360", "1920x1080", "3840x2160"} {
		b.Run(size, func(b *testing.B) {
			stream, err := exec.CommandContext(b.Context(), "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi",
				"-i", "testsrc2=size="+size+":rate=1:duration=1", "-c:v", "libx264", "-preset", "ultrafast", "-f", "h264", "pipe:1").Output()
			if err != nil {
				b.Skip("NOT MEASURED: ffmpeg is not installed, see scripts/ffmpeg.sh")
			}
			for b.Loop() {
				if _, err := d.Decode(b.Context(), ffmpeg.H264, stream); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
