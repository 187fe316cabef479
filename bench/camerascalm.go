package main

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"strconv"
	"time"
)

// A calm camera shows each picture for five runs, so that four of five runs are unchanged. The
// noise differs from second to second, as that of a sensor does.
const (
	calmTime   = 5 * camerasInterval
	calmScenes = 8
	calmNoises = 5
	calmSpread = 4 // of the noise, 0 to 255, to both sides
)

// calm has the pictures of calm cameras.
type calm [calmScenes][calmNoises][]byte

// newCalm draws the pictures: scenes of the demo shop that are seconds apart.
func newCalm(ctx context.Context) (*calm, error) {
	const apart = 7
	frames, _, err := demoFrames(ctx, apart*calmScenes)
	if err != nil {
		return nil, err
	}
	random, c := rand.New(rand.NewPCG(1, 2)), &calm{}
	for scene := range c {
		large := image.NewRGBA(image.Rect(0, 0, 1280, 720))
		for noise := range c[scene] {
			enlarge(large, frames[apart*scene].Image)
			for i := range large.Pix {
				v := int(large.Pix[i]) + random.IntN(2*calmSpread+1) - calmSpread
				large.Pix[i] = uint8(min(max(v, 0), 255))
			}
			var b bytes.Buffer
			if err := jpeg.Encode(&b, large, nil); err != nil {
				return nil, err
			}
			c[scene][noise] = b.Bytes()
		}
	}
	return c, nil
}

// now returns the picture of a user's camera. The cameras change one after the other.
func (c *calm) now(user string) []byte {
	n, _ := strconv.Atoi(user[len("user"):])
	at := time.Now()
	own := at.Add(time.Duration(n) * calmTime / camerasN)
	scene := own.UnixMilli()/calmTime.Milliseconds() + int64(n)
	return c[scene%calmScenes][at.Unix()%calmNoises]
}
