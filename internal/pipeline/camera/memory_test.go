package camera_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/jpeg"
	"image/png"
	"runtime"
	"strings"
	"testing"

	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

// pngHeader is a PNG that announces a picture and has no pixels. Depth is in bits per channel; kind
// 0 is gray, 2 is RGB and 6 is RGBA.
func pngHeader(width, height uint32, depth, kind byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	head = append(binary.BigEndian.AppendUint32(head, height), depth, kind, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

// jpegHeader is a JPEG that announces a picture of three components and has no pixels. Marker 0xc0
// is baseline and 0xc2 is progressive; luma is the sampling factors of the first component.
func jpegHeader(width, height uint16, marker, luma byte) []byte {
	b := []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff")
	b = append(b, marker, 0, 17, 8)
	b = binary.BigEndian.AppendUint16(b, height)
	b = binary.BigEndian.AppendUint16(b, width)
	return append(b, 3, 1, luma, 0, 2, 0x11, 1, 3, 0x11, 1)
}

// TestDecode_bounds_the_memory_of_a_picture refuses pictures by the memory for decoding them,
// before any is allocated, and admits those of real cameras.
func TestDecode_bounds_the_memory_of_a_picture(t *testing.T) {
	for name, c := range map[string]struct {
		picture []byte
		refused bool
	}{
		"PNG of 16 bits, 5000 x 5000":      {pngHeader(5_000, 5_000, 16, 6), true},
		"PNG of 16 bits without alpha":     {pngHeader(5_000, 5_000, 16, 2), true},
		"PNG of 16 bits, 4K":               {pngHeader(3_840, 2_160, 16, 6), true},
		"PNG of 8 bits, 5000 x 5000":       {pngHeader(5_000, 5_000, 8, 6), true},
		"PNG of 8 bits, 4K":                {pngHeader(3_840, 2_160, 8, 6), false},
		"gray PNG, 5000 x 5000":            {pngHeader(5_000, 5_000, 8, 0), false},
		"JPEG, 24 million pixels":          {jpegHeader(6_000, 4_000, 0xc0, 0x22), false},
		"JPEG of 4:4:4, 24 million pixels": {jpegHeader(6_000, 4_000, 0xc0, 0x11), false},
		"progressive JPEG, 4K":             {jpegHeader(3_840, 2_160, 0xc2, 0x22), false},
		// These are decoded at an eighth of their size.
		"progressive JPEG of 4:4:4, 4K":       {jpegHeader(3_840, 2_160, 0xc2, 0x11), false},
		"progressive JPEG, 24 million pixels": {jpegHeader(6_000, 4_000, 0xc2, 0x22), false},
		"JPEG of 4:4:4, 40 million pixels":    {jpegHeader(8_000, 5_000, 0xc0, 0x11), false},
		"JPEG, 41 million pixels":             {jpegHeader(8_200, 5_000, 0xc0, 0x22), true},
		"too many pixels":                     {pngHeader(1<<16, 1<<16, 8, 0), true},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := camera.Decode(c.picture)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, pipeline.ErrUnreadable) {
				t.Fatalf("decoding what has no pixels: %v", err)
			}
			refused := strings.Contains(err.Error(), "to decode") || strings.HasSuffix(err.Error(), "pixels")
			if refused != c.refused {
				t.Errorf("refused: %v (%v), want %v", refused, err, c.refused)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; c.refused && allocated > 1<<20 {
				t.Errorf("the refusal took %d bytes", allocated)
			}
		})
	}
}

// TestDecodedBytes_is_an_upper_bound decodes real pictures and counts what that allocates.
func TestDecodedBytes_is_an_upper_bound(t *testing.T) {
	area := image.Rect(0, 0, 1_200, 900)
	for name, img := range map[string]image.Image{
		"gray":         image.NewGray(area),
		"gray 16 bits": image.NewGray16(area),
		"palette":      image.NewPaletted(area, palette.WebSafe),
		"RGBA":         image.NewRGBA(area),
		"NRGBA":        image.NewNRGBA(area),
		"16 bits":      image.NewNRGBA64(area),
		"JPEG":         nil,
		"gray JPEG":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			var err error
			switch name {
			case "JPEG":
				err = jpeg.Encode(&file, image.NewRGBA(area), nil)
			case "gray JPEG":
				err = jpeg.Encode(&file, image.NewGray(area), nil)
			default:
				err = png.Encode(&file, img)
			}
			if err != nil {
				t.Fatal(err)
			}
			estimate := camera.DecodedBytes(file.Bytes())
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = camera.Decode(file.Bytes())
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			const buffers = 256 << 10 // of the decoders themselves
			if took := int64(after.TotalAlloc - before.TotalAlloc); took > estimate+buffers {
				t.Errorf("decoding took %d bytes, the estimate is %d", took, estimate)
			}
		})
	}
}
