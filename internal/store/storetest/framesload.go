package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"bis/internal/briefing"
)

// Sizes of the load: the pictures are as large as those of cameras.
const (
	loadBound   = 1 << 20
	loadWriters = 4
	loadEach    = 15 // pictures of a writer
)

// underLoad checks the bound in bytes with simultaneous writers and readers: it holds afterwards,
// the newest pictures are left, and no reader gets a part of one.
func underLoad(h *framesFixture) {
	all := make([][]briefing.StoredFrame, loadWriters)
	for w := range all {
		random := rand.New(rand.NewPCG(uint64(w), 1))
		for n := range loadEach {
			f := photo(briefing.CameraID(fmt.Sprintf("%024x", w+1)), n, briefing.FrameChanged)
			f.ID = fmt.Sprintf("%016x%016x", w, n)
			f.At, f.Until = f.At.Add(time.Duration(w)*time.Second), f.Until.Add(time.Hour)
			f.JPEG = bytes.Repeat([]byte{0xff, byte(w), byte(n), 7}, 10_000+random.IntN(15_000))
			all[w] = append(all[w], f)
		}
	}
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	errs := make(chan error, 2*loadWriters)
	for w := range all {
		writing.Go(func() {
			for _, f := range all[w] {
				if err := h.SaveFrame(h.Context(), f); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	for r := range 2 {
		reading.Go(func() { errs <- h.readAlong(all[r], done) })
	}
	writing.Wait()
	close(done)
	reading.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			h.Errorf("%v", err)
		}
	}
	h.boundHolds(all)
}

// readAlong reads pictures while they are written, until done is closed.
func (h *framesFixture) readAlong(of []briefing.StoredFrame, done <-chan struct{}) error {
	for n := 0; ; n++ {
		want := of[n%len(of)]
		got, err := h.StoredFrame(h.Context(), want.ID)
		switch {
		case errors.Is(err, briefing.ErrNotFound):
		case err != nil:
			return err
		case !bytes.Equal(got.JPEG, want.JPEG):
			return fmt.Errorf("picture %s has %d bytes, want %d", want.ID, len(got.JPEG), len(want.JPEG))
		}
		if _, err := h.LastFrames(h.Context(), []briefing.CameraID{want.CameraID}); err != nil {
			return err
		}
		select {
		case <-done:
			return nil
		default:
		}
	}
}

// boundHolds checks that the pictures that are left are within the bound, nearly fill it, and that
// each camera's newest one is among them.
func (h *framesFixture) boundHolds(all [][]briefing.StoredFrame) {
	h.Helper()
	left, total := 0, 0
	for w := range all {
		for n, f := range all[w] {
			got, err := h.StoredFrame(h.Context(), f.ID)
			if err == nil {
				left, total = left+1, total+len(got.JPEG)
			} else {
				h.isKind("StoredFrame", err, briefing.ErrNotFound)
			}
			if n == len(all[w])-1 && err != nil {
				h.Errorf("the newest picture of camera %d is gone", w)
			}
		}
	}
	if total > loadBound || total < loadBound/2 {
		h.Errorf("%d pictures with %d bytes are left of %d, want at most %d", left, total, loadWriters*loadEach, loadBound)
	}
}
