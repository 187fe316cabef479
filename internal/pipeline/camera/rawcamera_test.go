package camera_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"image"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/pipeline"
)

// rawCamera is a camera of bytes: answer writes what it likes for the n-th request, from 1 on. The
// connection is closed when answer returns. It returns its address and ends with the test.
func rawCamera(t testing.TB, answer func(c net.Conn, request string, n int)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveRaw(t, l, answer)
	return l.Addr().String()
}

func serveRaw(t testing.TB, l net.Listener, answer func(c net.Conn, request string, n int)) {
	var all sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	n := 0
	one := func(c net.Conn) {
		defer func() {
			mu.Lock()
			delete(open, c)
			mu.Unlock()
			c.Close()
		}()
		var request []byte
		b := make([]byte, 4096)
		for !bytes.Contains(request, []byte("\r\n\r\n")) {
			k, err := c.Read(b)
			if err != nil {
				return
			}
			request = append(request, b[:k]...)
		}
		mu.Lock()
		n++
		number := n
		mu.Unlock()
		answer(c, string(request), number)
	}
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			all.Go(func() { one(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
}

// fixed is a camera that answers every request with the same bytes.
func fixed(t testing.TB, text ...any) string {
	t.Helper()
	b := join(text...)
	return rawCamera(t, func(c net.Conn, _ string, _ int) { _, _ = c.Write(b) })
}

// join joins texts and bytes.
func join(parts ...any) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			b.Write(p)
		default:
			fmt.Fprint(&b, p)
		}
	}
	return b.Bytes()
}

// waitClosed blocks until the peer closes the connection.
func waitClosed(c net.Conn) {
	b := make([]byte, 1)
	for {
		if _, err := c.Read(b); err != nil {
			return
		}
	}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// areas are the means of luma of the four areas of the drawn picture: top left, top right, bottom
// left, bottom right.
var areas = [4]int{216, 137, 86, 26}

// areasOf returns the luma in the middle of each quarter of an image.
func areasOf(img image.Image) (got [4]int) {
	b := img.Bounds()
	for i := range got {
		x, y := b.Min.X+b.Dx()*(1+2*(i%2))/4, b.Min.Y+b.Dy()*(1+2*(i/2))/4
		r, g, bl, _ := img.At(x, y).RGBA()
		got[i] = int((299*r + 587*g + 114*bl) / 1000 >> 8)
	}
	return got
}

// similar reports whether two sets of areas are of the same picture.
func similar(a, b [4]int) bool {
	for i := range a {
		if d := a[i] - b[i]; d > 14 || d < -14 {
			return false
		}
	}
	return true
}

// isDrawn checks that a frame shows the drawn picture.
func isDrawn(t *testing.T, name string, f pipeline.Frame, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if b := f.Image.Bounds(); b.Dx() != 96 || b.Dy() != 64 || !similar(areasOf(f.Image), areas) || f.Damaged || f.At.IsZero() {
		t.Errorf("%s: %v of %v, damaged %v, at %v; want %v", name, areasOf(f.Image), b, f.Damaged, f.At, areas)
	}
}

// segment returns a JPEG with a segment behind its start marker.
func segment(jpeg []byte, marker byte, body []byte) []byte {
	n := len(body) + 2
	return join(jpeg[:2], []byte{0xff, marker, byte(n >> 8), byte(n)}, body, jpeg[2:])
}

// without returns a JPEG without the segments of a marker before its scan.
func without(jpeg []byte, marker byte) []byte {
	out := append([]byte(nil), jpeg[:2]...)
	for i := 2; ; {
		if jpeg[i+1] == 0xda {
			return append(out, jpeg[i:]...)
		}
		n := 2 + int(jpeg[i+2])<<8 + int(jpeg[i+3])
		if jpeg[i+1] != marker {
			out = append(out, jpeg[i:i+n]...)
		}
		i += n
	}
}

// exif returns EXIF data with an orientation, and a thumbnail with an end marker of its own.
func exif(order string, orientation int, thumbnail []byte) []byte {
	short := func(v int) []byte {
		if order == "MM" {
			return []byte{byte(v >> 8), byte(v)}
		}
		return []byte{byte(v), byte(v >> 8)}
	}
	long := func(v int) []byte {
		if order == "MM" {
			return append(short(v>>16), short(v)...)
		}
		return append(short(v), short(v>>16)...)
	}
	return join("Exif\x00\x00", order, short(42), long(8), short(2),
		short(0x010f), short(2), long(4), "abc\x00",
		short(0x0112), short(3), long(1), short(orientation), short(0), long(0), thumbnail)
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	z.Close()
	return out.Bytes()
}

// chunked returns a body in chunks of n bytes, without the last one.
func chunked(b []byte, n int) []byte {
	var out bytes.Buffer
	for len(b) > 0 {
		k := min(n, len(b))
		fmt.Fprintf(&out, "%x\r\n%s\r\n", k, b[:k])
		b = b[k:]
	}
	return out.Bytes()
}

// loop writes parts to a connection until it is closed: a stream.
func loop(c net.Conn, pause time.Duration, part func(n int) []byte) {
	gone := make(chan struct{})
	go func() { waitClosed(c); close(gone) }()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for n := 1; ; n++ {
		if _, err := c.Write(part(n)); err != nil {
			break
		}
		select {
		case <-gone:
			return
		case <-tick.C:
		}
	}
	c.Close()
	<-gone
}

// lines joins lines by CR LF.
func lines(all ...string) string { return strings.Join(all, "\r\n") + "\r\n" }
