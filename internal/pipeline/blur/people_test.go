package blur

import (
	"image"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

func TestPicture_has_coarse_heads(t *testing.T) {
	t.Parallel()
	f := pipeline.Frame{
		Image: noise(640, 480), Changed: nothing,
		// The second one stands beside the picture's edge, as no detector says.
		People: []pipeline.Region{{X0: .25, Y0: .25, X1: .5, Y1: 1}, {X0: .7, Y0: -.1, X1: 1.2, Y1: .3}},
	}
	before := detail(f.Image, f.Image.Bounds())
	got := sent(t, newBlur(t), f, nil, briefing.EgressBlurred)
	if d := detail(got, image.Rect(164, 124, 316, 206)); d > before/4 {
		t.Errorf("the head has a detail of %.1f, the picture of %.1f", d, before)
	}
	for _, rest := range []image.Rectangle{image.Rect(164, 220, 316, 470), image.Rect(0, 0, 150, 480)} {
		if d := detail(got, rest); d < before/2 {
			t.Errorf("the rest at %v has a detail of %.1f, the picture of %.1f", rest, d, before)
		}
	}
}
