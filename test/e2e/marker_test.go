package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// A marker is what makes the pictures of one camera known again: a pattern of light and dark cells,
// and a text in the EXIF data and in the comment of each picture.
type marker struct {
	seed uint64
	text string
}

const markerCols, markerRows = 16, 9

func (m marker) light(col, row int) bool {
	return rand.New(rand.NewPCG(m.seed, uint64(row*markerCols+col))).IntN(2) == 1
}

// picture returns the n-th JPEG of the marker. Pictures differ by noise.
func (m marker) picture(t testing.TB, n int) []byte {
	t.Helper()
	const side = 20
	img := image.NewGray(image.Rect(0, 0, markerCols*side, markerRows*side))
	noise := rand.New(rand.NewPCG(m.seed, uint64(n)+1000))
	for i := range img.Pix {
		v := 60
		if m.light(i%img.Stride/side, i/img.Stride/side) {
			v = 190
		}
		img.Pix[i] = uint8(v + noise.IntN(9))
	}
	var w bytes.Buffer
	if err := jpeg.Encode(&w, img, nil); err != nil {
		t.Fatal(err)
	}
	segment := func(kind byte, text string) []byte {
		n := len(text) + 2
		return append([]byte{0xff, kind, byte(n >> 8), byte(n)}, text...)
	}
	// The EXIF data have the text as the camera's make (tag 0x10f, ASCII).
	tiff := "II*\x00\x08\x00\x00\x00\x01\x00\x0f\x01\x02\x00" + string([]byte{byte(len(m.text)), 0, 0, 0}) + "\x1a\x00\x00\x00\x00\x00\x00\x00" + m.text
	out := append([]byte{0xff, 0xd8}, segment(0xe1, "Exif\x00\x00"+tiff)...)
	out = append(out, segment(0xfe, m.text)...)
	return append(out, w.Bytes()[2:]...)
}

// shows reports whether an image has the pattern, in any size.
func (m marker) shows(img image.Image) bool {
	b, right := img.Bounds(), 0
	luma := func(col, row int) uint8 {
		x := b.Min.X + (2*col+1)*b.Dx()/(2*markerCols)
		y := b.Min.Y + (2*row+1)*b.Dy()/(2*markerRows)
		return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y
	}
	for row := range markerRows {
		for col := range markerCols {
			if m.light(col, row) == (luma(col, row) > 125) {
				right++
			}
		}
	}
	return right > markerCols*markerRows*85/100
}

// signs are what a picture of the marker leaves in text or bytes: its beginning, raw and encoded, and
// the text in its data, raw and encoded at each place of a base64 group.
func (m marker) signs() []string {
	list := []string{
		"\xff\xd8\xff", "\x89PNG", "/9j/", "_9j_", "iVBORw0KGgo", "ffd8ffe1", "ffd8ffdb",
		"data:image", "image_url", "Exif\x00", m.text, hex.EncodeToString([]byte(m.text)),
	}
	for i := range 3 {
		inner := []byte(m.text)[i:]
		list = append(list, base64.StdEncoding.EncodeToString(inner[:len(inner)/3*3]))
	}
	return list
}

var encodedRun = regexp.MustCompile(`[A-Za-z0-9+/_-]{200,}={0,2}`)

// picturesIn returns the images in a text, raw or in base64.
func picturesIn(text string) (found []image.Image) {
	add := func(b []byte) {
		for _, sign := range []string{"\xff\xd8\xff", "\x89PNG"} {
			for at := 0; ; at++ {
				i := bytes.Index(b[at:], []byte(sign))
				if i < 0 {
					break
				}
				at += i
				if img, _, err := image.Decode(bytes.NewReader(b[at:])); err == nil {
					found = append(found, img)
				}
			}
		}
	}
	add([]byte(text))
	for _, run := range encodedRun.FindAllString(text, -1) {
		run = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(run, "="))
		if b, err := base64.RawStdEncoding.DecodeString(run); err == nil {
			add(b)
		}
	}
	return found
}

// leaksIn reports each sign of a marker's pictures in a text.
func (m marker) leaksIn(t *testing.T, place, text string) {
	t.Helper()
	for _, sign := range m.signs() {
		if i := strings.Index(text, sign); i >= 0 {
			t.Errorf("%s has %q: %.80q", place, sign, text[max(i-20, 0):])
		}
	}
	for _, img := range picturesIn(text) {
		t.Errorf("%s has a picture of %v; it shows the marker: %v", place, img.Bounds().Size(), m.shows(img))
	}
}
