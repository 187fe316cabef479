package camera

import (
	"image"
	"image/color"

	"golang.org/x/sync/semaphore"
)

// decodedBytes returns an upper bound of the memory for decoding a picture, from its first bytes
// and the result of image.DecodeConfig.
//
// A PNG of 16 bits per channel needs 8 bytes per pixel, and an interlaced one needs its passes in
// addition to the picture. A progressive JPEG needs 4 bytes of coefficients per sample until its
// end.
func decodedBytes(b []byte, size image.Config, format string) int64 {
	pixels := int64(size.Width) * int64(size.Height)
	if format != "jpeg" {
		return 2 * pixels * bytesPerPixel(size.ColorModel)
	}
	frame, ok := findFrame(b)
	if !ok {
		frame = jpegFrame{samples: 4, progressive: true} // the most expensive kind
	}
	bytes := pixels * frame.samples
	if frame.progressive {
		bytes *= 5
	}
	if size.ColorModel == color.CMYKModel {
		bytes += 4 * pixels // the four planes are put together at the end
	}
	return bytes
}

// eighthBytes returns an upper bound of the memory for decoding a JPEG at an eighth of its size:
// three bytes for each block of each component, and four for a pixel of the result.
func eighthBytes(size image.Config) int64 {
	blocks := (int64(size.Width)/8 + 5) * (int64(size.Height)/8 + 5)
	return blocks * (3*3 + 4)
}

// bytesPerPixel is what image/png stores for a pixel.
func bytesPerPixel(m color.Model) int64 {
	switch m {
	case color.GrayModel, color.AlphaModel:
		return 1
	case color.Gray16Model, color.Alpha16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 4
}

// jpegFrame describes a JPEG's samples by its frame header.
type jpegFrame struct {
	samples     int64 // per pixel, over all components, rounded up
	progressive bool
}

// findFrame reads the frame header of a JPEG: marker SOF0, SOF1 or SOF2 (ITU-T T.81, B.2.2).
func findFrame(b []byte) (jpegFrame, bool) {
	for i := 2; i+4 <= len(b); {
		if b[i] != 0xff {
			return jpegFrame{}, false
		}
		marker := b[i+1]
		if marker == 0xff { // a fill byte
			i++
			continue
		}
		length := int(b[i+2])<<8 | int(b[i+3])
		if marker >= 0xc0 && marker <= 0xc2 {
			return readFrame(b[i+4:min(len(b), i+2+length)], marker == 0xc2)
		}
		i += 2 + length
	}
	return jpegFrame{}, false
}

// readFrame reads a frame header after its length: precision, height, width, and for each component
// its id, its sampling factors and its table.
func readFrame(b []byte, progressive bool) (jpegFrame, bool) {
	if len(b) < 6 || len(b) < 6+3*int(b[5]) || b[5] == 0 {
		return jpegFrame{}, false
	}
	var all, most int64
	for c := range int(b[5]) {
		factors := b[6+3*c+1]
		h, v := int64(factors>>4), int64(factors&15)
		all += h * v
		most = max(most, h*v)
	}
	if most == 0 {
		return jpegFrame{}, false
	}
	return jpegFrame{samples: (all + most - 1) / most, progressive: progressive}, true
}

// decoding bounds the memory of all pictures that are being decoded at once. One picture always
// fits, since maxDecoded is the bound of each.
var decoding = semaphore.NewWeighted(maxDecoded)
