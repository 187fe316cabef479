package camera_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

// part is a segment of a JPEG.
func part(marker byte, body ...byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
	return append(b, body...)
}

// manyScans is a grey progressive JPEG of 64 x 64 whose scans after the first have a few bytes each
// and no coefficients.
func manyScans(scans int) []byte {
	one := append([]byte{1}, make([]byte, 15)...) // a table of one code, "0"
	b := slices.Concat([]byte{0xff, 0xd8},
		part(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...),
		part(0xc2, 8, 0, 64, 0, 64, 1, 1, 0x11, 0),
		part(0xc4, append(append([]byte{0x00}, one...), 0)...),
		part(0xc4, append(append([]byte{0x10}, one...), 0xe0)...), // a run of 16,384 blocks and more
		part(0xda, 1, 1, 0, 0, 0, 0), make([]byte, 8))
	scan := append(part(0xda, 1, 1, 0, 1, 63, 0), 0, 0)
	return append(append(b, bytes.Repeat(scan, scans-1)...), 0xff, 0xd9)
}

// Each scan takes as long as a picture. A camera must not occupy the decoder for minutes.
func TestFrame_of_too_many_scans_is_refused(t *testing.T) {
	t.Parallel()
	for scans, reason := range map[int]briefing.TroubleReason{
		10: "", 100: "", 101: briefing.TroubleTooLarge, 400_000: briefing.TroubleTooLarge,
	} {
		_, err := camera.FrameOf(t.Context(), manyScans(scans), time.Time{})
		if got := reasonOf(err); got != reason {
			t.Errorf("%d scans: %v, want reason %q", scans, err, reason)
		}
	}
	base := photo(t, 64, 48)
	at := bytes.Index(base, []byte{0xff, 0xda})
	again := slices.Concat(base[:len(base)-2], base[at:])
	if _, err := camera.FrameOf(t.Context(), again, time.Time{}); reasonOf(err) != briefing.TroubleTooLarge {
		t.Errorf("a baseline picture with its scan twice: %v", err)
	}
}

// A body of beginnings alone is read once, not once for each of them.
func TestFrame_of_millions_of_beginnings_is_refused_soon(t *testing.T) {
	t.Parallel()
	for name, unit := range map[string]string{
		"start markers": "\xff\xd8\xff", "with a segment": "\xff\xd8\xff\xe0\x00\x02", "with a comment": "\xff\xd8\xff\xfe\x00\x12content-length",
	} {
		done := make(chan error, 1)
		go func() {
			_, err := camera.FrameOf(context.Background(), []byte(strings.Repeat(unit, (2<<20)/len(unit))), time.Time{})
			done <- err
		}()
		select {
		case err := <-done:
			if !errors.Is(err, pipeline.ErrUnreadable) {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: 2 MiB take more than a minute", name)
		}
	}
}

// A kind of JPEG that is not decoded is named. It is no damage: a restart would not help.
func TestFrame_names_kinds_of_JPEG_that_it_cannot_read(t *testing.T) {
	t.Parallel()
	for marker, name := range map[byte]string{
		0xc3: "lossless JPEG", 0xc5: "hierarchical JPEG", 0xc7: "hierarchical JPEG", 0xc9: "arithmetic JPEG", 0xca: "arithmetic JPEG",
	} {
		b := photo(t, 32, 32)
		b[bytes.Index(b, []byte{0xff, 0xc0})+1] = marker
		wantFormat(t, b, name)
	}
	b := photo(t, 32, 32)
	at := bytes.Index(b, []byte{0xff, 0xc0})
	b[at+4] = 12
	wantFormat(t, b, "12-bit JPEG")
	b[at+4] = 8
	copy(b[at+5:], []byte{0, 0})
	if _, err := camera.FrameOf(t.Context(), b, time.Time{}); reasonOf(err) != briefing.TroubleBroken {
		t.Errorf("a picture without lines: %v, want a broken one", err)
	}
}

func wantFormat(t *testing.T, b []byte, name string) {
	t.Helper()
	_, err := camera.FrameOf(t.Context(), b, time.Time{})
	trouble, _ := errors.AsType[*pipeline.Trouble](err)
	if trouble == nil || trouble.Reason != briefing.TroubleFormat || trouble.Words != name {
		t.Errorf("%v, want a format with the words %q", err, name)
	}
}

// reasonOf returns the reason of an error.
func reasonOf(err error) briefing.TroubleReason {
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok {
		return trouble.Reason
	}
	return ""
}
