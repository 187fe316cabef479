package camera

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// orientationTag is the number of the orientation in EXIF.
const orientationTag = 0x0112

// orientationOf returns the orientation of EXIF data, 1 to 8. It is 1 for anything that cannot be
// read: most pictures are upright.
func orientationOf(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(tiff, []byte("MM")):
		order = binary.BigEndian
	case !bytes.HasPrefix(tiff, []byte("II")):
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for n := int(order.Uint16(tiff[at:])); n > 0 && len(entries) >= 12; n-- {
		if order.Uint16(entries) == orientationTag {
			v := int(order.Uint16(entries[8:]))
			if order.Uint16(entries[2:]) == 4 { // a long instead of a short
				v = int(order.Uint32(entries[8:]))
			}
			if v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// turned returns an image as EXIF's orientation says that it is to be shown: 2 is mirrored, 3 is
// upside down, 4 is both, and 5 to 8 lie on a side.
func turned(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	switch img := img.(type) {
	case *image.Gray:
		b := img.Bounds()
		pix, w, h := turnPlane(img.Pix, img.Stride, b.Dx(), b.Dy(), orientation)
		return &image.Gray{Pix: pix, Stride: w, Rect: image.Rect(0, 0, w, h)}
	case *image.YCbCr:
		if ratio, ok := turnedRatio(img.SubsampleRatio, orientation); ok {
			return turnYCbCr(img, ratio, orientation)
		}
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if orientation > 4 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sx, sy := turnedFrom(x, y, b.Dx(), b.Dy(), orientation)
			out.Set(x, y, color.RGBAModel.Convert(img.At(b.Min.X+sx, b.Min.Y+sy)))
		}
	}
	return out
}

// turnYCbCr turns the three planes of an image whose origin is 0, 0.
func turnYCbCr(img *image.YCbCr, ratio image.YCbCrSubsampleRatio, orientation int) image.Image {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	cw, ch := chromaSize(w, h, img.SubsampleRatio)
	luma, width, height := turnPlane(img.Y, img.YStride, w, h, orientation)
	cb, stride, _ := turnPlane(img.Cb, img.CStride, cw, ch, orientation)
	cr, _, _ := turnPlane(img.Cr, img.CStride, cw, ch, orientation)
	return &image.YCbCr{
		Y: luma, Cb: cb, Cr: cr, YStride: width, CStride: stride,
		SubsampleRatio: ratio, Rect: image.Rect(0, 0, width, height),
	}
}

// turnedRatio returns the subsampling of a turned image. Two ratios have no counterpart.
func turnedRatio(
	r image.YCbCrSubsampleRatio, orientation int,
) (image.YCbCrSubsampleRatio, bool) {
	if orientation < 5 {
		return r, true
	}
	switch r {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return r, true
	case image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	}
	return r, false
}

// chromaSize returns the size of the chroma planes of an image whose origin is 0, 0.
func chromaSize(w, h int, r image.YCbCrSubsampleRatio) (int, int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return (w + 1) / 2, h
	case image.YCbCrSubsampleRatio420:
		return (w + 1) / 2, (h + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return w, (h + 1) / 2
	case image.YCbCrSubsampleRatio411:
		return (w + 3) / 4, h
	case image.YCbCrSubsampleRatio410:
		return (w + 3) / 4, (h + 1) / 2
	}
	return w, h
}

// turnPlane returns a plane of one byte per sample, turned, and its new size.
func turnPlane(pix []byte, stride, w, h, orientation int) (out []byte, width, height int) {
	width, height = w, h
	if orientation > 4 {
		width, height = h, w
	}
	out = make([]byte, width*height)
	for y := range height {
		for x := range width {
			sx, sy := turnedFrom(x, y, w, h, orientation)
			out[y*width+x] = pix[sy*stride+sx]
		}
	}
	return out, width, height
}

// turnedFrom returns the place in an image of w x h from which a place in the turned one comes.
func turnedFrom(x, y, w, h, orientation int) (sx, sy int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
