package detect

import (
	"image"
	"testing"
)

// BenchmarkHead_tensor measures what a picture costs before a model reads it.
func BenchmarkHead_tensor(b *testing.B) {
	img := image.NewYCbCr(image.Rect(0, 0, 1280, 720), image.YCbCrSubsampleRatio420)
	d := &Detector{width: 320, height: 320}
	h := detrHead(0, 1, 2)
	b.ReportAllocs()
	for b.Loop() {
		p := newPixels(img)
		for _, v := range d.views(1280, 720) {
			h.tensor(p, v, h.fit.place(v, 320, 320, 0))
		}
	}
}
