package rtsp_test

import (
	"bytes"
	"image/jpeg"
	"runtime"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"

	"bis/internal/briefing"
	"bis/internal/pipeline/camera/rtsp"
)

// formats are those whose packets a source joins.
func formats() map[string]format.Format {
	return map[string]format.Format{
		"MJPEG": &format.MJPEG{}, "H.264": &format.H264{PayloadTyp: 96, PacketizationMode: 1},
		"H.264 in mode 7": &format.H264{PayloadTyp: 96, PacketizationMode: 7},
		"H.265":           &format.H265{PayloadTyp: 96}, "H.265 with numbers": &format.H265{PayloadTyp: 96, MaxDONDiff: 2},
	}
}

func TestJoin_skips_a_picture_with_a_gap(t *testing.T) {
	t.Parallel()
	encode := encoder(t, &format.MJPEG{})
	var packets []*rtp.Packet
	for n := range 4 {
		all, err := encode(noiseOf(t, 512))
		must(t, err)
		for _, p := range all {
			p.Timestamp = uint32(n)
		}
		packets = append(packets, all...)
	}
	each := len(packets) / 4
	if each < 3 {
		t.Fatalf("a picture has %d packets, want 3 for this test", each)
	}
	// The second picture lacks a packet.
	packets = append(packets[:each+1:each+1], packets[each+2:]...)
	pictures, err := rtsp.Join(&format.MJPEG{}, packets)
	if err != nil || len(pictures) != 3 {
		t.Errorf("%d pictures, %v; want 3", len(pictures), err)
	}
}

// Some cameras send restart intervals, and quantization tables only with the first picture.
func TestJoin_of_JPEG_dialects(t *testing.T) {
	t.Parallel()
	encode := encoder(t, &format.MJPEG{})
	var packets []*rtp.Packet
	for n := range 3 {
		all, err := encode(noiseOf(t, 512))
		must(t, err)
		for i, p := range all {
			p.Timestamp = uint32(n)
			head, rest := bytes.Clone(p.Payload[:8]), p.Payload[8:]
			head[4] += 64 // with restart intervals
			head[5] = 200 // a number of tables that stay the same
			head = append(head, 0x0f, 0xff, 0xff, 0xff)
			if i == 0 && n > 0 {
				size := int(rest[2])<<8 | int(rest[3])
				head, rest = append(head, 0, 0, 0, 0), rest[4+size:]
			}
			p.Payload = append(head, rest...)
		}
		packets = append(packets, all...)
	}
	pictures, err := rtsp.Join(&format.MJPEG{}, packets)
	if err != nil || len(pictures) != 3 {
		t.Fatalf("%d pictures, %v; want 3", len(pictures), err)
	}
	for _, p := range pictures {
		img, err := jpeg.Decode(bytes.NewReader(p))
		if err != nil || img.Bounds().Dx() != 512 || !bytes.Contains(p, []byte{0xff, 0xdd, 0, 4, 0x0f, 0xff}) {
			t.Errorf("a picture: %v", err)
		}
	}
	// Without the first picture there are no tables.
	if pictures, err = rtsp.Join(&format.MJPEG{}, packets[len(packets)/3:]); err != nil || len(pictures) > 0 {
		t.Errorf("%d pictures without tables, %v", len(pictures), err)
	}
}

// It is not parallel because it counts allocated bytes.
func TestJoin_of_an_endless_picture_needs_no_memory_without_end(t *testing.T) {
	for name, f := range formats() {
		for kind, payload := range map[string][]byte{
			"empty fragments": {0, 0, 0, 0, 1, 50, 8, 8},
			"H.264 fragments": append([]byte{0x7c, 0x05}, make([]byte, 1000)...),
			"H.265 fragments": append([]byte{0x62, 0x01, 0x13}, make([]byte, 1000)...),
			"H.264 starts":    {0x7c, 0x85},
			"single units":    append([]byte{0x41}, make([]byte, 1000)...),
		} {
			var packets []*rtp.Packet
			for n := range 2*rtsp.MaxPackets + 10 {
				packets = append(packets, &rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(n)}, Payload: payload})
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			pictures, err := rtsp.Join(f, packets)
			runtime.GC()
			runtime.ReadMemStats(&after)
			if err != nil || len(pictures) > 0 {
				t.Errorf("%s of %s: %d pictures, %v", name, kind, len(pictures), err)
			}
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 {
				t.Errorf("%s of %s: %d bytes more", name, kind, grown)
			}
		}
	}
}

// FuzzJoin checks that no packets make the joiner panic, and that its pictures are bounded. Each
// packet of the input begins with its length, a flag and a number.
func FuzzJoin(f *testing.F) {
	for name := range formats() {
		f.Add(name, []byte{4, 1, 1, 0x67, 1, 2, 3, 4, 1, 2, 0x65, 0x88, 1, 2})
		f.Add(name, []byte{12, 1, 1, 0, 0, 0, 0, 1, 50, 8, 8, 1, 2, 3, 4})
		f.Add(name, []byte{20, 1, 1, 0, 0, 0, 0, 65, 200, 8, 8, 0, 1, 255, 255, 0, 0, 0, 0, 1, 2, 3, 4})
	}
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		chosen, ok := formats()[name]
		if !ok {
			return
		}
		var packets []*rtp.Packet
		for len(b) > 3 {
			size := min(int(b[0]), len(b)-3)
			packets = append(packets, &rtp.Packet{
				Header:  rtp.Header{Marker: b[1]&1 == 1, SequenceNumber: uint16(b[2]), Timestamp: uint32(b[1] >> 1)},
				Payload: bytes.Clone(b[3 : 3+size]),
			})
			b = b[3+size:]
		}
		pictures, err := rtsp.Join(chosen, packets)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pictures {
			if len(p) > 11<<20 {
				t.Errorf("a picture of %d bytes", len(p))
			}
		}
	})
}

// FuzzAnswer checks that no answer of a camera ends the process, and that nothing is left running.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\nRTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 75\r\n\r\n" +
		"v=0\r\no=- 0 0 IN IP4 0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:t\r\n     RTSP/1.0 200 OK\r\nCSeq: 3\r\n"))
	f.Add([]byte("RTSP/1.0 401 no\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"y\", algorithm=SHA-256\r\n\r\n"))
	f.Add([]byte("$\x00\x00\x04abcdRTSP/1.0 302 x\r\nLocation: rtsp://127.0.0.1:1/\r\n\r\n"))
	f.Add([]byte("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := greets(t, string(b))
		cfg := config()
		cfg.Timeout = 50 * time.Millisecond
		cfg.Dial = loopback
		s := open(t, at(c), cfg)
		if got := troubleOf(t, s); len(got.Words) > briefing.MaxTroubleWords {
			t.Errorf("%d bytes of words", len(got.Words))
		}
	})
}
