package camera_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"runtime"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

var moment = time.Date(2026, 11, 26, 14, 5, 0, 0, time.UTC)

// EXIF says how a picture is to be turned. It is turned, whatever its colours and sampling.
func TestFrame_is_turned_as_EXIF_says(t *testing.T) {
	t.Parallel()
	const tl, tr, bl, br = 0, 1, 2, 3
	shown := map[int][4]int{ // which area is shown where
		0: {tl, tr, bl, br}, 1: {tl, tr, bl, br}, 2: {tr, tl, br, bl}, 3: {br, bl, tr, tl}, 4: {bl, br, tl, tr},
		5: {tl, bl, tr, br}, 6: {bl, tl, br, tr}, 7: {br, tr, bl, tl}, 8: {tr, br, tl, bl}, 9: {tl, tr, bl, br},
	}
	for _, name := range []string{"baseline", "progressive", "grey", "cmyk", "rgb", "yuv444", "yuv422", "odd422", "odd444", "restarts"} {
		whole := fixture(t, name+".jpg")
		for orientation, order := range shown {
			for _, bytes := range []string{"II", "MM"} {
				p := segment(whole, 0xe1, exif(bytes, orientation, fixture(t, "grey.jpg")))
				f, err := camera.FrameOf(t.Context(), p, moment)
				if err != nil {
					t.Errorf("%s, orientation %d: %v", name, orientation, err)
					continue
				}
				want, got, size := [4]int{}, areasOf(f.Image), f.Image.Bounds().Size()
				for i, from := range order {
					want[i] = areas[from]
				}
				wide := image.Pt(96, 64)
				if orientation >= 5 && orientation <= 8 {
					wide = image.Pt(64, 96)
				}
				if !similar(got, want) || size != wide || f.Damaged || f.At != moment || f.Still {
					t.Errorf("%s, orientation %d %s: %v of %v, want %v of %v", name, orientation, bytes, got, size, want, wide)
				}
			}
		}
	}
}

// EXIF data of any form are harmless.
func TestFrame_is_upright_without_readable_EXIF(t *testing.T) {
	t.Parallel()
	whole, good := fixture(t, "baseline.jpg"), exif("II", 6, nil)
	for n := range len(good) {
		for _, data := range [][]byte{good[:n], append(append([]byte{}, good[:n]...), 0xff)} {
			f, err := camera.FrameOf(t.Context(), segment(whole, 0xe1, data), moment)
			if err != nil {
				t.Errorf("%d bytes of EXIF: %v", n, err)
			} else if w := f.Image.Bounds().Dx(); w != 96 && n < 39 {
				t.Errorf("%d bytes of EXIF turn the picture", n)
			}
		}
	}
	far := exif("MM", 6, nil)
	copy(far[10:], []byte{0xff, 0xff, 0xff, 0xff}) // the directory is beyond the end
	f, err := camera.FrameOf(t.Context(), segment(whole, 0xe1, far), moment)
	isDrawn(t, "a directory beyond the end", f, err)
}

// photo is a JPEG of noise: all its blocks have codes.
func photo(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	state := uint32(1)
	for i := range img.Pix {
		state = state*1664525 + 1013904223
		img.Pix[i] = byte(128 + int(state>>28) + i/4%width*60/width)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A picture that is cut anywhere in its data is read, and damaged: the rest has one colour. Before
// the data there is nothing to read.
func TestFrame_of_a_cut_picture_is_damaged(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string][]byte{
		"noise": photo(t, 160, 120), "baseline": fixture(t, "baseline.jpg"), "grey": fixture(t, "grey.jpg"), "restarts": fixture(t, "restarts.jpg"),
		"no tables": without(photo(t, 160, 120), 0xc4), "odd422": fixture(t, "odd422.jpg"), "yuv444": fixture(t, "yuv444.jpg"), "optimized": fixture(t, "optimized.jpg"),
	} {
		size, err := jpeg.DecodeConfig(bytes.NewReader(whole))
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.LastIndex(whole, []byte{0xff, 0xda})
		readable := 0
		step := max(1, (len(whole)-at)/60)
		for n := at + 20; n < len(whole)-2; n += step {
			for _, end := range [][]byte{nil, {0xff, 0xd9}, {0xff}} {
				f, err := camera.FrameOf(t.Context(), join(whole[:n], end), moment)
				if err != nil {
					if reason(err) != briefing.TroubleBroken {
						t.Errorf("%s, cut at %d of %d: %v", name, n, len(whole), err)
					}
					continue
				}
				readable++
				if f.Image.Bounds().Dx() != size.Width || f.Image.Bounds().Dy() != size.Height {
					t.Errorf("%s, cut at %d: %v", name, n, f.Image.Bounds())
				}
				if !f.Damaged && n < len(whole)-5 {
					t.Errorf("%s, cut at %d of %d, is not damaged", name, n, len(whole))
				}
			}
		}
		if all := 3 * ((len(whole) - at - 22) / step); readable < all*8/10 {
			t.Errorf("%s: only %d of %d cut pictures can be read", name, readable, all)
		}
	}
	// What is there is shown as it is.
	whole := photo(t, 160, 120)
	all, err := camera.FrameOf(t.Context(), whole, moment)
	half, err2 := camera.FrameOf(t.Context(), whole[:len(whole)/2+300], moment)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	for y := range 40 {
		for x := range 160 {
			if all.Image.At(x, y) != half.Image.At(x, y) {
				t.Fatalf("the pixel at %d, %d of a cut picture is %v, want %v", x, y, half.Image.At(x, y), all.Image.At(x, y))
			}
		}
	}
	if low, last := half.Image.At(3, 118), half.Image.At(150, 118); low != last {
		t.Errorf("the rest has the colours %v and %v", low, last)
	}
}

// A progressive picture that is cut in a later scan shows what the earlier ones have.
func TestFrame_of_a_cut_progressive_picture_is_damaged(t *testing.T) {
	t.Parallel()
	whole := fixture(t, "progressive.jpg")
	shown := 0
	for n := 200; n < len(whole)-2; n++ {
		f, err := camera.FrameOf(t.Context(), whole[:n], moment)
		if err != nil {
			if reason(err) != briefing.TroubleBroken {
				t.Errorf("cut at %d: %v", n, err)
			}
			continue
		}
		if shown++; !f.Damaged && n < len(whole)-4 {
			t.Errorf("cut at %d of %d, is not damaged", n, len(whole))
		}
	}
	if shown < 50 {
		t.Errorf("%d cut pictures are shown", shown)
	}
}

// The rest of a cut picture of two components with restart markers is completed with markers, too.
func TestFrame_with_damage_inside_is_broken(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string][]byte{"noise": photo(t, 160, 120), "restarts": fixture(t, "restarts.jpg")} {
		b := append([]byte(nil), whole...)
		at := len(b) - len(b)/5
		b[at], b[at+1] = 0xff, 0x2f // a marker that no scan has
		if _, err := camera.FrameOf(t.Context(), b, moment); reason(err) != briefing.TroubleBroken {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Large pictures are scaled down, and decoded within the bound of memory up to 40 million pixels.
// It is not parallel because it counts allocated bytes.
func TestFrame_of_a_large_picture_is_scaled_down(t *testing.T) {
	for _, c := range []struct {
		width, height int
		luma          byte // its sampling
		want          image.Point
		reason        briefing.TroubleReason
	}{
		{2592, 1944, 0x22, image.Pt(2592, 1944), ""},
		{3840, 2160, 0x22, image.Pt(1920, 1080), ""},
		{8000, 5000, 0x22, image.Pt(2666, 1666), ""},
		{8000, 5000, 0x11, image.Pt(1000, 625), ""}, // at an eighth
		{8000, 5008, 0x22, image.Point{}, briefing.TroubleTooLarge},
		{65535, 65535, 0x22, image.Point{}, briefing.TroubleTooLarge},
	} {
		t.Run(fmt.Sprintf("%dx%d %x", c.width, c.height, c.luma), func(t *testing.T) {
			p := flat(c.width, c.height, c.luma)
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := camera.FrameOf(t.Context(), p, moment)
			runtime.ReadMemStats(&after)
			if c.reason != "" {
				isTrouble(t, "too large", err, briefing.CameraIllegible, c.reason, "")
				return
			}
			if err != nil || f.Image.Bounds().Size() != c.want || f.Damaged {
				t.Fatalf("%v, %v; want %v", f.Image, err, c.want)
			}
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 110 {
				t.Errorf("decoding took %d MiB", took)
			}
			if got := areasOf(f.Image); !similar(got, [4]int{128, 128, 128, 128}) {
				t.Errorf("areas %v", got)
			}
		})
	}
}

// flat returns a JPEG of one colour of any size, made without the memory of its pixels: each block
// has the same two codes. luma is the sampling of the first component, 0x22 or 0x11.
func flat(width, height int, luma byte) []byte {
	img := image.NewYCbCr(image.Rect(0, 0, 16, 16), image.YCbCrSubsampleRatio420)
	for _, plane := range [][]byte{img.Y, img.Cb, img.Cr} {
		for i := range plane {
			plane[i] = 128
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	p := b.Bytes()
	at := bytes.Index(p, []byte{0xff, 0xc0})
	p[at+5], p[at+6], p[at+7], p[at+8], p[at+11] = byte(height>>8), byte(height), byte(width>>8), byte(width), luma
	scan := bytes.Index(p, []byte{0xff, 0xda})
	scan += 2 + int(p[scan+2])<<8 + int(p[scan+3])
	// A block of luma is 00 for no difference and 1010 for the end; one of chroma is 00 and 00.
	side, bits, mcus := 16, strings.Repeat("001010", 4)+"00000000", 1
	if luma == 0x11 {
		side, bits, mcus = 8, strings.Repeat("001010"+"00000000", 4), 4 // four fill bytes
	}
	one := make([]byte, len(bits)/8)
	for i, c := range bits {
		one[i/8] |= byte(c-'0') << (7 - i%8)
	}
	n := (width + side - 1) / side * ((height + side - 1) / side) / mcus
	if n > 200_000 {
		n = 1
	}
	return join(p[:scan], bytes.Repeat(one, n+1), []byte{0xff, 0xd9})
}

// A picture that is too large for its whole size is decoded at an eighth of it, whatever its
// sampling and coding.
func TestFrame_at_an_eighth_shows_the_same(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"baseline", "progressive", "grey", "rgb", "yuv444", "yuv422", "odd422", "odd444", "restarts", "optimized"} {
		whole := fixture(t, name+".jpg")
		img, damaged, err := camera.DecodeEighth(whole)
		if err != nil || damaged || img.Bounds() != image.Rect(0, 0, 12, 8) || !similar(areasOf(img), areas) {
			t.Errorf("%s: %v, damaged %v, %v; want %v", name, areasOf(img), damaged, err, areas)
		}
		scan := bytes.Index(whole, []byte{0xff, 0xda})
		for n := scan; n < len(whole); n++ {
			img, damaged, err := camera.DecodeEighth(whole[:n])
			if (img == nil) != (err != nil) {
				t.Errorf("%s, cut at %d: %v, %v", name, n, img, err)
			}
			if name != "progressive" && err == nil && !damaged && n < len(whole)-4 {
				t.Errorf("%s, cut at %d of %d, is not damaged", name, n, len(whole))
			}
		}
	}
}

// FuzzEighth checks that any bytes give a picture or an error.
func FuzzEighth(f *testing.F) {
	for _, name := range []string{"baseline", "progressive", "grey", "rgb", "odd422", "restarts"} {
		f.Add(fixture(f, name+".jpg"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if size, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || size.Width*size.Height > 1<<22 {
			return
		}
		if img, _, err := camera.DecodeEighth(b); (img == nil) != (err != nil) {
			t.Errorf("%v, %v", img, err)
		}
	})
}

// A file of the operator is a still picture: equal frames are no fault.
func TestFrame_of_a_file_is_still(t *testing.T) {
	t.Parallel()
	f, err := open(t, "file:testdata/baseline.jpg", camera.Config{}).Frame(t.Context())
	isDrawn(t, "a file", f, err)
	demo, err2 := open(t, "DEMO:", camera.Config{}).Frame(t.Context())
	if err2 != nil || !f.Still || !demo.Still {
		t.Errorf("still: %v and %v, %v", f.Still, demo.Still, err2)
	}
	_, err = open(t, "FILE:testdata/picture.png", camera.Config{}).Frame(t.Context())
	if err != nil {
		t.Error(err)
	}
}

// FuzzFrame checks for any bytes that a frame or an ErrUnreadable comes, within the bounds.
func FuzzFrame(f *testing.F) {
	for _, name := range []string{"baseline", "progressive", "grey", "cmyk", "rgb", "yuv422", "odd422", "restarts"} {
		p := fixture(f, name+".jpg")
		f.Add(p)
		f.Add(p[:len(p)*9/10])
		f.Add(without(p, 0xc4))
		f.Add(segment(p, 0xe1, exif("MM", 7, p)))
	}
	f.Add(fixture(f, "picture.png"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if size, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && size.Width*size.Height > 1<<20 {
			return // within the limits, but slow to fuzz
		}
		frame, err := camera.FrameOf(t.Context(), b, moment)
		if (frame.Image == nil) != (err != nil) || err != nil && !errors.Is(err, pipeline.ErrUnreadable) {
			t.Fatalf("frame %v, %v", frame.Image != nil, err)
		}
		if err == nil {
			_ = areasOf(frame.Image)
		}
	})
}

// FuzzScanner checks that the pieces in which bytes come do not matter for the first picture.
func FuzzScanner(f *testing.F) {
	p := fixture(f, "baseline.jpg")
	f.Add(join("--b\r\nContent-Type: image/jpeg\r\nContent-Length: ", len(p), "\r\n\r\n", p, "\r\n--b\r\n"), 100)
	f.Add(join("--b\r\nContent-Length: 5\r\n\r\n", p[:len(p)-2], "\r\n--b\r\n", p), 1)
	f.Add(join(p[:300], p, p), 7)
	f.Add(fixture(f, "picture.png"), 3)
	f.Add(fixture(f, "progressive.jpg"), 3)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		n = max(1, min(n, len(b)))
		got, err := camera.Carve(b)
		if got == nil && err == nil || len(got) > len(b) {
			t.Fatalf("%d bytes of %d, %v", len(got), len(b), err)
		}
		var pieces [][]byte
		for rest := b; len(rest) > 0; {
			k := min(n, len(rest))
			pieces, rest = append(pieces, rest[:k]), rest[k:]
		}
		if p, err := camera.Carve(pieces...); p == nil && err == nil || len(p) > len(b) {
			t.Fatalf("in pieces: %d bytes of %d, %v", len(p), len(b), err)
		}
	})
}

// FuzzHead reads any answer of a camera.
func FuzzHead(f *testing.F) {
	for name, answer := range map[string]string{
		"a": "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "b": "ICY 200\n\nx", "c": "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"d": "SSH-2.0", "e": "A:b\n c\n:\n\n", "f": "HTTP/1.1 200\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b", "g": "\x15\x03\x01",
	} {
		_ = name
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		status, body, err := camera.ReadHead(b)
		if err != nil && !errors.Is(err, pipeline.ErrOffline) || err == nil && (status < 100 || status > 999) || len(body) > 1<<20 {
			t.Fatalf("status %d, %d bytes, %v", status, len(body), err)
		}
	})
}
