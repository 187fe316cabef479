package camera_test

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"bis/internal/pipeline/camera"
)

const okHead = "HTTP/1.1 200 OK\r\n"

// snapshotZoo are the answers of cameras to a request for a picture. Each shows the drawn picture.
func snapshotZoo(t *testing.T) map[string][]byte {
	p := fixture(t, "baseline.jpg")
	n := len(p)
	typed := func(kind string) []byte {
		return join(okHead, "Content-Type: ", kind, "\r\nContent-Length: ", n, "\r\n\r\n", p)
	}
	zoo := map[string][]byte{
		// the head
		"a plain answer":                   typed("image/jpeg"),
		"no content type":                  join(okHead, "Content-Length: ", n, "\r\n\r\n", p),
		"text/html as content type":        typed("text/html"),
		"text/plain as content type":       typed("text/plain; charset=utf-8"),
		"octet-stream as content type":     typed("application/octet-stream"),
		"image/jpg as content type":        typed("image/jpg"),
		"image/png for a JPEG":             typed("image/png"),
		"a malformed content type":         typed("image/jpeg; ; =x"),
		"HTTP/1.0":                         join("HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n", p),
		"HTTP/1.1 without a length":        join(okHead, "\r\n", p),
		"ICY":                              join("ICY 200 OK\r\nContent-Type: image/jpeg\r\n\r\n", p),
		"HTTP without a version":           join("HTTP 200 OK\r\n\r\n", p),
		"http in small letters":            join("http/1.1 200 ok\r\n\r\n", p),
		"a status without a phrase":        join("HTTP/1.1 200\r\n\r\n", p),
		"two blanks in the status line":    join("HTTP/1.1  200  OK\r\n\r\n", p),
		"lines that end with LF":           join("HTTP/1.1 200 OK\nContent-Type: image/jpeg\nContent-Length: ", n, "\n\n", p),
		"no status line":                   join("Content-Type: image/jpeg\r\nContent-Length: ", n, "\r\n\r\n", p),
		"no head":                          p,
		"no head, after an empty line":     join("\r\n", p),
		"no empty line behind the head":    join(okHead, "Content-Type: image/jpeg\r\n", p),
		"a header line without a name":     join(okHead, "Tue, 12 Jun 2012 05:51:48 GMT\r\nContent-Length: ", n, "\r\n\r\n", p),
		"a header line without a colon":    join(okHead, "no-cache\r\nContent-Type image/jpeg\r\n\r\n", p),
		"a header line of a colon":         join(okHead, ": x\r\n:\r\n\r\n", p),
		"a blank before the colon":         join(okHead, "Content-Length : ", n, "\r\n\r\n", p),
		"a continued header line":          join(okHead, "X: a\r\n\tb\r\n  c\r\n\r\n", p),
		"a continued line without a first": join(okHead, "  c\r\n\r\n", p),
		"bytes of 8 bits in a header":      join(okHead, "Server: \xc4\xab\xb8\xde\xb6\xf3\r\nX: \x00\x01\r\n\r\n", p),
		"a head of 8 KB":                   join(okHead, strings.Repeat("X: "+strings.Repeat("y", 100)+"\r\n", 80), "\r\n", p),
		"a header line of 12 KB":           join(okHead, "X: ", strings.Repeat("y", 12<<10), "\r\n\r\n", p),
		"100 Continue before it":           join("HTTP/1.1 100 Continue\r\n\r\n", okHead, "Content-Length: ", n, "\r\n\r\n", p),
		"a cookie that nobody wants":       join(okHead, "Set-Cookie: a=b\r\nContent-Length: ", n, "\r\n\r\n", p),
		// lengths
		"length 48 too large":                 join(okHead, "Content-Length: ", n+48, "\r\n\r\n", p),
		"length far too large":                join(okHead, "Content-Length: 99999999\r\n\r\n", p),
		"length too small":                    join(okHead, "Content-Length: ", n-100, "\r\n\r\n", p),
		"length 0":                            join(okHead, "Content-Length: 0\r\n\r\n", p),
		"length -1":                           join(okHead, "Content-Length: -1\r\n\r\n", p),
		"length that is no number":            join(okHead, "Content-Length: many\r\n\r\n", p),
		"length beyond 64 bits":               join(okHead, "Content-Length: 99999999999999999999999\r\n\r\n", p),
		"two different lengths":               join(okHead, "Content-Length: ", n, "\r\nContent-Length: 17\r\n\r\n", p),
		"two lengths in one line":             join(okHead, "Content-Length: ", n, ", 17\r\n\r\n", p),
		"a length and chunks":                 join(okHead, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", chunked(p, 100), "0\r\n\r\n"),
		"chunks":                              join(okHead, "Transfer-Encoding: chunked\r\n\r\n", chunked(p, 100), "0\r\n\r\n"),
		"chunks without the last one":         join(okHead, "Transfer-Encoding: chunked\r\n\r\n", chunked(p, 100)),
		"chunks with extensions":              join(okHead, "Transfer-Encoding: chunked\r\n\r\n", strings.ReplaceAll(string(chunked(p, n)), fmt.Sprintf("%x\r\n", n), fmt.Sprintf("%X ;x=y\r\n", n)), "0\r\n\r\n"),
		"chunks whose lines end with LF":      join(okHead, "Transfer-Encoding: chunked\r\n\r\n", fmt.Sprintf("%x\n", n), p, "\n0\n\n"),
		"chunks announced, but none sent":     join(okHead, "Transfer-Encoding: chunked\r\n\r\n", p),
		"chunks, and a picture cut from them": join(okHead, "Transfer-Encoding: chunked\r\n\r\n", fmt.Sprintf("%x\r\n", n+500), p),
		"gzip":                                join(okHead, "Content-Encoding: gzip\r\n\r\n", gzipped(p)),
		"gzip in chunks":                      join(okHead, "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", chunked(gzipped(p), 64), "0\r\n\r\n"),
		"gzip announced, but none sent":       join(okHead, "Content-Encoding: gzip\r\n\r\n", p),
		// the picture
		"CR LF before it":             join(okHead, "\r\n", "\r\n", p),
		"NUL before it":               join(okHead, "\r\n", []byte{0, 0, 0}, p),
		"bytes before it, counted":    join(okHead, "Content-Length: ", n+4, "\r\n\r\n\r\n\r\n", p),
		"text before it":              join(okHead, "\r\n", "IMAGE=", p),
		"bytes behind it":             join(okHead, "\r\n", p, "\r\n\r\nend", []byte{0, 0xff, 0xd9, 0xff}),
		"another picture behind it":   join(okHead, "\r\n", p, fixture(t, "grey.jpg")),
		"the start marker twice":      join(okHead, "\r\n", p[:2], p),
		"fill bytes before a marker":  join(okHead, "\r\n", p[:2], []byte{0xff, 0xff}, p[2:]),
		"the end marker missing":      join(okHead, "\r\n", p[:n-2]),
		"half of the end marker":      join(okHead, "\r\n", p[:n-1]),
		"a part of a stream, alone":   join(okHead, "Content-Type: image/jpeg\r\n\r\n--b\r\nContent-Type: image/jpeg\r\nContent-Length: ", n, "\r\n\r\n", p, "\r\n--b--\r\n"),
		"no Huffman tables":           join(okHead, "\r\n", without(p, 0xc4)),
		"no tables and no end marker": join(okHead, "\r\n", without(p[:n-2], 0xc4)),
		"EXIF with a thumbnail":       join(okHead, "\r\n", segment(p, 0xe1, exif("II", 1, fixture(t, "grey.jpg")))),
		"an end marker in a comment":  join(okHead, "\r\n", segment(p, 0xfe, []byte("\xff\xd9 \xff\xd8\xff\xda"))),
		"a PNG":                       join(okHead, "Content-Type: image/png\r\n\r\n", fixture(t, "picture.png")),
		"a PNG as image/jpeg":         join(okHead, "Content-Type: image/jpeg\r\n\r\n", fixture(t, "picture.png")),
		"a PNG with bytes around it":  join(okHead, "\r\n", "\r\n", fixture(t, "picture.png"), "\r\n"),
	}
	for _, name := range []string{"progressive", "cmyk", "grey", "rgb", "yuv444", "yuv422", "odd422", "odd444", "restarts", "optimized"} {
		zoo["a JPEG, "+name] = join(okHead, "\r\n", fixture(t, name+".jpg"))
	}
	return zoo
}

// A snapshot camera may break many rules. A picture is read from every answer that has one.
func TestZoo_snapshots(t *testing.T) {
	t.Parallel()
	zoo := snapshotZoo(t)
	for name, answer := range zoo {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := open(t, "http://"+fixed(t, answer)+"/snap.jpg", camera.Config{})
			f, err := src.Frame(t.Context())
			isDrawn(t, name, f, err)
			f, err = src.Frame(t.Context())
			isDrawn(t, name+", again", f, err)
		})
	}
	t.Logf("%d dialects of snapshots", len(zoo))
}

// Cameras that do not close the connection after a picture do not delay it until the deadline.
func TestZoo_snapshots_of_cameras_that_do_not_hang_up(t *testing.T) {
	t.Parallel()
	p := fixture(t, "baseline.jpg")
	n := len(p)
	for name, answer := range map[string][]byte{
		"with its length":               join(okHead, "Content-Length: ", n, "\r\n\r\n", p),
		"without a length":              join(okHead, "\r\n", p),
		"with a length too large":       join(okHead, "Content-Length: ", n+48, "\r\n\r\n", p),
		"with a length too small":       join(okHead, "Content-Length: ", n-48, "\r\n\r\n", p),
		"without an end marker":         join(okHead, "Content-Length: ", n-2, "\r\n\r\n", p[:n-2]),
		"without end marker and length": join(okHead, "\r\n", p[:n-2]),
		"in chunks without the last":    join(okHead, "Transfer-Encoding: chunked\r\n\r\n", chunked(p, 100)),
		"as a PNG":                      join(okHead, "\r\n", fixture(t, "picture.png")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := rawCamera(t, func(c net.Conn, _ string, _ int) { _, _ = c.Write(answer); waitClosed(c) })
			begun := time.Now()
			f, err := open(t, "http://"+at, camera.Config{Timeout: 2 * time.Minute}).Frame(t.Context())
			isDrawn(t, name, f, err)
			if took := time.Since(begun); took > time.Minute {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// A camera gets each request on a connection of its own, with what its request line needs.
func TestZoo_requests(t *testing.T) {
	t.Parallel()
	p := fixture(t, "baseline.jpg")
	requests := make(chan string, 10)
	at := rawCamera(t, func(c net.Conn, request string, _ int) {
		requests <- request
		_, _ = c.Write(join(okHead, "Content-Length: ", len(p), "\r\n\r\n", p))
	})
	src := open(t, " HTTP://"+at+"/cgi-bin/Snap.cgi?ch=1&x=가 b%2Fc&y=%#z", camera.Config{})
	f, err := src.Frame(t.Context())
	isDrawn(t, "a picture", f, err)
	got := <-requests
	for _, want := range []string{
		"GET /cgi-bin/Snap.cgi?ch=1&x=%EA%B0%80%20b%2Fc&y=%25%23z HTTP/1.1\r\n", "\r\nHost: " + at + "\r\n", "\r\nConnection: close\r\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the request is %q, want %q in it", got, want)
		}
	}
	for _, never := range []string{"Authorization", "Cookie", "Accept-Encoding", "Referer"} {
		if strings.Contains(got, never) {
			t.Errorf("the request is %q, want no %s", got, never)
		}
	}
}

// stream is a dialect of a stream.
type stream struct {
	head string // the header Content-Type, or none
	part func(p []byte) []byte
}

// streamZoo are the streams of cameras.
func streamZoo() map[string]stream {
	const kind = "Content-Type: multipart/x-mixed-replace"
	part := func(boundary string, headers ...string) func([]byte) []byte {
		return func(p []byte) []byte {
			return join(boundary, "\r\n", strings.ReplaceAll(lines(append(headers, "")...), "LEN", fmt.Sprint(len(p))), p, "\r\n")
		}
	}
	jpeg, length := "Content-Type: image/jpeg", "Content-Length: LEN"
	usual := part("--b", jpeg, length)
	wrong := func(d int) func([]byte) []byte {
		return func(p []byte) []byte {
			return join("--b\r\nContent-Type: image/jpeg\r\nContent-Length: ", len(p)+d, "\r\n\r\n", p, "\r\n")
		}
	}
	zoo := map[string]stream{
		"as the standard has it":              {kind + "; boundary=b", usual},
		"a quoted boundary":                   {kind + `; boundary="b"`, usual},
		"no boundary in the header":           {kind, usual},
		"an empty boundary":                   {kind + ";boundary=", usual},
		"dashes in the header":                {kind + ";boundary=--b", usual},
		"dashes only in the header":           {kind + ";boundary=--b", part("b", jpeg, length)},
		"no dashes in the body":               {kind + ";boundary=b", part("b", jpeg, length)},
		"dashes twice":                        {kind + ";boundary=--b", part("----b", jpeg, length)},
		"dashes on both sides":                {kind + ";boundary=b", part("--b--", jpeg, length)},
		"the boundary twice":                  {kind + ";boundary=b", part("--b\r\n--b", jpeg, length)},
		"another boundary than the header's":  {kind + ";boundary=b", part("--other", jpeg, length)},
		"a boundary with a space":             {kind + "; boundary=video boundary--", part("--video boundary--", jpeg, length)},
		"a boundary with an @":                {kind + "; boundary=a@b", part("--a@b", jpeg, length)},
		"a boundary with a colon":             {kind + "; boundary=a:b", part("--a:b", jpeg, length)},
		"a boundary with a slash and =":       {kind + "; boundary=a/b=c", part("--a/b=c", jpeg, length)},
		"a boundary in angle brackets":        {kind + "; boundary=<b>", part("--<b>", jpeg, length)},
		"multipart/mixed":                     {"Content-Type: multipart/mixed; boundary=b", usual},
		"MULTIPART in capitals":               {"CONTENT-TYPE: MULTIPART/X-MIXED-REPLACE;BOUNDARY=b", usual},
		"no semicolon":                        {kind + " boundary=b", usual},
		"no content type":                     {"X: y", usual},
		"image/jpeg as content type":          {jpeg, usual},
		"video/x-motion-jpeg as content type": {"Content-Type: video/x-motion-jpeg", usual},
		"parts without a length":              {kind + ";boundary=b", part("--b", jpeg)},
		"parts without a type":                {kind + ";boundary=b", part("--b", length)},
		"parts without headers":               {kind + ";boundary=b", part("--b")},
		"pictures without parts":              {kind + ";boundary=b", bytes.Clone},
		"headers in small letters":            {kind + ";boundary=b", part("--b", "content-type:image/jpeg", "content-length:LEN")},
		"headers without names":               {kind + ";boundary=b", part("--b", "2012-06-12 05:51:48", jpeg, length)},
		"timestamps":                          {kind + ";boundary=b", part("--b", jpeg, length, "X-Timestamp: 1.000000", "X-Framerate: 5")},
		"parts that are image/jpg":            {kind + ";boundary=b", part("--b", "Content-Type: image/jpg", length)},
		"parts that are text/plain":           {kind + ";boundary=b", part("--b", "Content-Type: text/plain", length)},
		"part lengths too large":              {kind + ";boundary=b", wrong(48)},
		"part lengths too small":              {kind + ";boundary=b", wrong(-100)},
		"part lengths of 0":                   {kind + ";boundary=b", part("--b", jpeg, "Content-Length: 0")},
		"LF alone": {kind + ";boundary=b", func(p []byte) []byte {
			return join("--b\nContent-Type: image/jpeg\nContent-Length: ", len(p), "\n\n", p, "\n")
		}},
		"the boundary right behind a picture": {kind + ";boundary=b", func(p []byte) []byte {
			return join("\r\nContent-Type: image/jpeg\r\n\r\n", p, "--b")
		}},
		"empty lines before a picture": {kind + ";boundary=b", func(p []byte) []byte {
			return join("--b\r\nContent-Type: image/jpeg\r\nContent-Length: ", len(p)+4, "\r\n\r\n\r\n\r\n", p, "\r\n")
		}},
		"NUL behind a picture": {kind + ";boundary=b", func(p []byte) []byte {
			return join("--b\r\nContent-Type: image/jpeg\r\n\r\n", p, make([]byte, 64), "\r\n")
		}},
		"no end markers": {kind + ";boundary=b", func(p []byte) []byte {
			return join("--b\r\nContent-Type: image/jpeg\r\nContent-Length: ", len(p)-2, "\r\n\r\n", p[:len(p)-2], "\r\n")
		}},
		"no end markers and no lengths": {kind + ";boundary=b", func(p []byte) []byte {
			return join("--b\r\nContent-Type: image/jpeg\r\n\r\n", p[:len(p)-2], "\r\n")
		}},
		"no Huffman tables": {kind + ";boundary=b", func(p []byte) []byte { return usual(without(p, 0xc4)) }},
		"EXIF with a thumbnail": {kind + ";boundary=b", func(p []byte) []byte {
			return usual(segment(p, 0xe1, exif("MM", 1, p)))
		}},
		"parts of text between": {kind + ";boundary=b", func(p []byte) []byte {
			return join("--b\r\nContent-Type: application/json\r\n\r\n{\"motion\":1}\r\n", usual(p))
		}},
	}
	return zoo
}

// A stream may mark its parts in many wrong ways. Its pictures are read from each.
func TestZoo_streams(t *testing.T) {
	t.Parallel()
	p, png := fixture(t, "baseline.jpg"), fixture(t, "picture.png")
	zoo := streamZoo()
	for name, dialect := range zoo {
		for scheme, protocol := range map[string]string{"mjpeg+http": "HTTP/1.0", "http": "HTTP/1.1"} {
			if scheme == "http" && !strings.Contains(strings.ToLower(dialect.head), "multipart") && dialect.head != "X: y" {
				continue // it looks like one picture, and is read as one
			}
			t.Run(scheme+" "+name, func(t *testing.T) {
				t.Parallel()
				at := rawCamera(t, func(c net.Conn, _ string, _ int) {
					_, _ = c.Write(join(protocol, " 200 OK\r\n", dialect.head, "\r\n\r\n"))
					loop(c, 50*time.Millisecond, func(int) []byte { return dialect.part(p) })
				})
				src := open(t, scheme+"://"+at+"/video", camera.Config{Timeout: 20 * time.Second})
				for range 2 {
					f, err := src.Frame(t.Context())
					isDrawn(t, name, f, err)
				}
			})
		}
	}
	t.Run("PNG", func(t *testing.T) {
		t.Parallel()
		at := rawCamera(t, func(c net.Conn, _ string, _ int) {
			_, _ = c.Write(join(okHead, "Content-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n"))
			loop(c, 50*time.Millisecond, func(int) []byte { return join("--b\r\nContent-Type: image/png\r\n\r\n", png, "\r\n") })
		})
		f, err := open(t, "mjpeg+http://"+at, camera.Config{}).Frame(t.Context())
		isDrawn(t, "PNG", f, err)
	})
	t.Logf("%d dialects of streams", len(zoo)+1)
}
