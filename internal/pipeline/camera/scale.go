package camera

import "image"

// maxSide bounds the width and the height of a frame in pixels. Larger pictures are scaled down,
// because frames stay in memory, and neither people nor their pictures need more.
const maxSide = 3000

// reduced returns an image of at most maxSide pixels a side. Each pixel is the mean of a square of
// the original. Images of other types than YCbCr and Gray are sampled and become RGBA.
func reduced(img image.Image) image.Image {
	b := img.Bounds()
	by := (max(b.Dx(), b.Dy()) + maxSide - 1) / maxSide
	if by <= 1 {
		return img
	}
	switch img := img.(type) {
	case *image.YCbCr:
		return reduceYCbCr(img, by)
	case *image.Gray:
		w, h := max(1, b.Dx()/by), max(1, b.Dy()/by)
		return &image.Gray{
			Pix: reducePlane(img.Pix, img.Stride, b.Dx(), b.Dy(), w, h), Stride: w,
			Rect: image.Rect(0, 0, w, h),
		}
	}
	return sampled(img, by)
}

// reduceYCbCr reduces each plane of an image whose origin is 0, 0.
func reduceYCbCr(img *image.YCbCr, by int) image.Image {
	width, height := img.Rect.Dx(), img.Rect.Dy()
	w, h := max(1, width/by), max(1, height/by)
	cw, ch := chromaSize(width, height, img.SubsampleRatio)
	ow, oh := chromaSize(w, h, img.SubsampleRatio)
	return &image.YCbCr{
		Y:       reducePlane(img.Y, img.YStride, width, height, w, h),
		Cb:      reducePlane(img.Cb, img.CStride, cw, ch, ow, oh),
		Cr:      reducePlane(img.Cr, img.CStride, cw, ch, ow, oh),
		YStride: w, CStride: ow, SubsampleRatio: img.SubsampleRatio, Rect: image.Rect(0, 0, w, h),
	}
}

// reducePlane returns a plane of width x height samples as one of w x h. Each sample is the mean of
// those in its area, which has at least one.
func reducePlane(pix []byte, stride, width, height, w, h int) []byte {
	out := make([]byte, w*h)
	for y := range h {
		y0, y1 := y*height/h, max((y+1)*height/h, y*height/h+1)
		for x := range w {
			x0, x1 := x*width/w, max((x+1)*width/w, x*width/w+1)
			sum := 0
			for sy := y0; sy < y1; sy++ {
				for _, v := range pix[sy*stride+x0 : sy*stride+x1] {
					sum += int(v)
				}
			}
			out[y*w+x] = byte(sum / ((x1 - x0) * (y1 - y0)))
		}
	}
	return out
}

// sampled returns every by-th pixel of every by-th row of an image.
func sampled(img image.Image, by int) image.Image {
	b := img.Bounds()
	w, h := max(1, b.Dx()/by), max(1, b.Dy()/by)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	fast, ok := img.(image.RGBA64Image) // makes no garbage
	for y := range h {
		for x := range w {
			sx := b.Min.X + min(x*by+by/2, b.Dx()-1)
			sy := b.Min.Y + min(y*by+by/2, b.Dy()-1)
			if ok {
				out.SetRGBA64(x, y, fast.RGBA64At(sx, sy))
			} else {
				out.Set(x, y, img.At(sx, sy))
			}
		}
	}
	return out
}
