package blur

import (
	"image"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// BenchmarkPicture prints what a blurred picture costs: an empty shop, one with a face, and one that
// is coarse as a whole.
func BenchmarkPicture(b *testing.B) {
	blur, err := New(nil)
	if err != nil {
		b.Fatal(err)
	}
	face := photo(b, "../measure/testdata/astronaut.jpg")
	wall := photo(b, "../measure/testdata/coffee.jpg")
	for _, size := range []image.Point{{640, 360}, {1280, 720}, {2560, 1440}} {
		full := pipeline.Scaled(wall, size.X, size.Y)
		shop := placed(size.X, size.Y, face, size.Y/2, size.X/2, size.Y/4, 0)
		for name, f := range map[string]pipeline.Frame{
			"sharp": {Image: full, Changed: nothing}, "face": {Image: shop, Changed: nothing}, "coarse": {Image: full},
		} {
			b.Run(name+"/"+size.String(), func(b *testing.B) {
				for b.Loop() {
					if _, ok := blur.Picture(f, nil, briefing.EgressBlurred); !ok {
						b.Fatal("nothing leaves")
					}
				}
			})
		}
	}
}
