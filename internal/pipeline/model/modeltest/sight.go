package modeltest

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
)

// Sees returns the words of a model that sees: asked for colours, it names those of the picture
// from left to right. Other questions get the words of the answer.
func Sees(answer func(r *Request) string) func(r *Request) string {
	return func(r *Request) string {
		pictures := r.Pictures()
		if len(pictures) == 0 || !strings.Contains(r.Raw, "colour") {
			return answer(r)
		}
		img, err := jpeg.Decode(bytes.NewReader(pictures[0]))
		if err != nil {
			return "nothing"
		}
		return strings.Join(colours(img), ", ")
	}
}

// colours names the colours along the middle of a picture, without repetition.
func colours(img image.Image) []string {
	var names []string
	b := img.Bounds()
	for x := b.Min.X + 8; x < b.Max.X-8; x += 16 {
		r, g, bl, _ := img.At(x, b.Min.Y+b.Dy()/2).RGBA()
		if name := nearest(int(r>>8), int(g>>8), int(bl>>8)); len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names
}

// nearest names a colour.
func nearest(r, g, b int) string {
	name := []byte("---")
	for i, v := range []int{r, g, b} {
		if v > 110 {
			name[i] = "RGB"[i]
		}
	}
	return map[string]string{
		"R--": "Red", "-G-": "green", "--B": "blue", "RG-": "yellow", "---": "black", "RGB": "white",
	}[string(name)]
}
