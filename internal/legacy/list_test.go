package legacy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/legacy"
)

// long is a store in which every request has n briefings and every user n requests. It records
// reads.
type long struct {
	briefing.Store
	n       int
	failing int // reads fail from this row on; 0 means never
	reading atomic.Int32
	largest int // rows of the largest read
	given   int // rows that were returned
	page    func()
}

var errDisk = errors.New("disk gone")

// next returns the numbers of the first and the last row of a page, counted from 1.
func (l *long) next(after string, limit int) (first, last int, err error) {
	l.reading.Add(1)
	defer l.reading.Add(-1)
	if l.page != nil {
		l.page()
	}
	at := int64(0)
	if after != "" {
		if at, err = strconv.ParseInt(after, 16, 64); err != nil {
			return 0, 0, err
		}
	}
	first, last = int(at)+1, min(int(at)+limit, l.n)
	if l.failing > 0 && last >= l.failing {
		return 0, 0, errDisk
	}
	l.largest, l.given = max(l.largest, limit), l.given+last-first+1
	return first, last, nil
}

func rowID(n int) string { return fmt.Sprintf("%024x", n) }

// rowText returns the text of a row, with all characters that JSON escapes.
func rowText(n int) string {
	return fmt.Sprintf("2024-02-03 14:06_손님이 %d명 \"있습니다\"\n", n)
}

func (l *long) Briefings(_ context.Context, id briefing.RequestID, s briefing.Slice) ([]briefing.Briefing, bool, error) {
	first, last, err := l.next(string(s.After), s.Limit)
	if err != nil {
		return nil, false, err
	}
	var list []briefing.Briefing
	for n := first; n <= last; n++ {
		b := briefing.BriefingID(rowID(n))
		list = append(list, briefing.Briefing{ID: b, RequestID: id, Cursor: briefing.MakeCursor(id, b), Text: rowText(n)})
	}
	return list, last < l.n, nil
}

func (l *long) Requests(_ context.Context, username string, after briefing.RequestID, limit int) ([]briefing.Request, bool, error) {
	first, last, err := l.next(string(after), limit)
	if err != nil {
		return nil, false, err
	}
	var list []briefing.Request
	for n := first; n <= last; n++ {
		list = append(list, briefing.Request{ID: briefing.RequestID(rowID(n)), Username: username, Name: "2024-02-03 14:05:09", EndTime: "18:30"})
	}
	return list, last < l.n, nil
}

// listed returns a house over a long store, with a request.
func listed(t *testing.T, l *long, cfg legacy.Config) (h *house, request string) {
	t.Helper()
	h = openOver(t, cfg, func(st briefing.Store) briefing.Store {
		l.Store = st
		return l
	})
	return h, string(h.startRequest("kim").ID)
}

// lists are the calls whose answers grow with the number of stored rows. Each has its expected
// answer to n rows.
var lists = map[string]struct {
	field    func(request string) (name, value string)
	complete func(n int) string
}{
	"/getBriefing": {func(request string) (string, string) { return "request_id", request }, func(n int) string {
		return array(n, ", ", func(n int) string { return strconv.Quote(rowText(n)) })
	}},
	"/getAllRequest": {func(string) (string, string) { return "username", "kim" }, func(n int) string {
		return array(n, ",", func(n int) string {
			return `{"request_id":"` + rowID(n) + `","request_name":"2024-02-03 14:05:09","endtime":"18:30"}`
		})
	}},
}

func array(n int, separator string, row func(n int) string) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = row(i + 1)
	}
	return "[" + strings.Join(rows, separator) + "]"
}

// recorder is a ResponseWriter that records writes, deadlines and the flush.
type recorder struct {
	header    http.Header
	status    int
	body      bytes.Buffer
	longest   int // bytes of one write
	writes    int
	deadlines []time.Time
	flushed   bool
	writing   func()
}

func (w *recorder) Header() http.Header    { return w.header }
func (w *recorder) WriteHeader(status int) { w.status = status }
func (w *recorder) FlushError() error      { w.flushed = true; return nil }

func (w *recorder) Write(p []byte) (int, error) {
	w.writes++
	w.longest = max(w.longest, len(p))
	if w.writing != nil {
		w.writing()
	}
	return w.body.Write(p)
}

func (w *recorder) SetWriteDeadline(at time.Time) error {
	w.deadlines = append(w.deadlines, at)
	return nil
}

// callInto makes a call whose answer goes to w.
func (h *house) callInto(w *recorder, path, name, value string) {
	w.header = http.Header{}
	mux := http.NewServeMux()
	h.handler.Mount(nil, func(pattern, _ string, handler http.Handler) { mux.Handle(pattern, handler) })
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(url.Values{name: {value}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	mux.ServeHTTP(w, r)
}

// Only one page and one piece of text of 100,000 rows are in memory: earlier rows are written
// before the next page is read. Each piece has its own deadline, and no read is open during a
// write.
func TestLists_buffer_a_page_and_a_piece(t *testing.T) {
	t.Parallel()
	const rows, pageLen, pieceLen, rowLen = 100_000, briefing.MaxPage, 64 << 10, 120
	for path, c := range lists {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			l, w := &long{n: rows}, &recorder{}
			h, request := listed(t, l, legacy.Config{WriteTimeout: time.Hour})
			want := c.complete(rows)
			most := 0
			l.page = func() { most = max(most, l.given*len(want)/rows-w.body.Len()) }
			w.writing = func() {
				if l.reading.Load() != 0 {
					t.Error("the store is read while the caller takes a piece")
				}
			}
			begin := time.Now()
			name, value := c.field(request)
			h.callInto(w, path, name, value)
			if got := w.body.String(); got != want || w.status != http.StatusOK {
				t.Fatalf("%d and %d bytes, want 200 and %d", w.status, len(got), len(want))
			}
			if most > pageLen*rowLen+pieceLen || l.largest > pageLen || w.longest > pieceLen+1<<10 {
				t.Errorf("at most %d bytes were held, %d rows read at once and %d bytes written at once", most, l.largest, w.longest)
			}
			if w.header.Get("Content-Length") != "" || w.writes < len(want)/pieceLen {
				t.Errorf("Content-Length %q and %d writes of a long list", w.header.Get("Content-Length"), w.writes)
			}
			if n := len(w.deadlines); n != w.writes+1 || !w.deadlines[n-1].IsZero() || !w.flushed {
				t.Errorf("%d deadlines for %d writes, want one each, and none in the end", n, w.writes)
			}
			for _, at := range w.deadlines[:len(w.deadlines)-1] {
				if at.Before(begin.Add(time.Hour)) {
					t.Errorf("a piece has until %s, want an hour", at)
				}
			}
		})
	}
}

// A list that fits into one piece has the Content-Length that the old server sent.
func TestLists_that_are_short_have_a_length(t *testing.T) {
	t.Parallel()
	for path, c := range lists {
		h, request := listed(t, &long{n: 500}, legacy.Config{})
		name, value := c.field(request)
		res, body := h.call(post("", path, name, value))
		if string(body) != c.complete(500) || res.ContentLength != int64(len(body)) || len(res.TransferEncoding) != 0 {
			t.Errorf("%s: %d bytes, Content-Length %d, %v", path, len(body), res.ContentLength, res.TransferEncoding)
		}
	}
}

// An error in the middle aborts the connection, so that no caller mistakes a part for the complete
// list. An error before the first byte gets the usual answer.
func TestLists_whose_reading_fails(t *testing.T) {
	t.Parallel()
	for path, c := range lists {
		for _, failing := range []int{1, 501, 5_000, 9_999} {
			var log bytes.Buffer
			h, request := listed(t, &long{n: 10_000, failing: failing}, legacy.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
			name, value := c.field(request)
			res, err := http.PostForm(h.url+path, url.Values{name: {value}})
			must(t, err)
			body, err := io.ReadAll(res.Body)
			res.Body.Close()
			switch early := failing <= 501; {
			case early && (err != nil || res.StatusCode != http.StatusInternalServerError || string(body) != "Internal Server Error"):
				t.Errorf("%s failing at row %d: %s %.40q, %v; want a plain 500", path, failing, res.Status, body, err)
			case !early && (err == nil || json.Valid(body)):
				t.Errorf("%s failing at row %d: %d bytes as if they were all, %v; want a broken connection", path, failing, len(body), err)
			}
			if n := strings.Count(log.String(), "disk gone"); n != 1 {
				t.Errorf("%s failing at row %d: the log tells the cause %d times: %s", path, failing, n, &log)
			}
		}
	}
}

// A call ends if its caller reads nothing.
func TestLists_of_callers_that_read_nothing(t *testing.T) {
	t.Parallel()
	h, request := listed(t, &long{n: 500_000}, legacy.Config{WriteTimeout: 50 * time.Millisecond})
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	must(t, err)
	defer conn.Close()
	fields := url.Values{"request_id": {request}}.Encode()
	_, err = fmt.Fprintf(conn, "POST /getBriefing HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(fields), fields)
	must(t, err)
	select {
	case path := <-h.ended:
		if path != "/getBriefing" {
			t.Errorf("%s ended first", path)
		}
	case <-time.After(time.Minute):
		t.Error("the call waits for a caller that takes nothing")
	}
}

// counted is a store that records its largest page.
type counted struct {
	briefing.Store
	largest, pages atomic.Int64
}

func (c *counted) Briefings(ctx context.Context, id briefing.RequestID, s briefing.Slice) ([]briefing.Briefing, bool, error) {
	c.pages.Add(1)
	c.largest.Store(max(c.largest.Load(), int64(s.Limit)))
	return c.Store.Briefings(ctx, id, s)
}

// The first message of /reloadBriefing is also read by pages.
func TestReload_reads_its_past_by_pages(t *testing.T) {
	t.Parallel()
	const rows = 2*briefing.MaxPage + 1
	c := &counted{}
	h := openOver(t, legacy.Config{}, func(st briefing.Store) briefing.Store {
		c.Store = st
		return c
	})
	h.startLong("kim")
	want := make([]string, rows)
	for i := range want {
		h.brief("kim", "x")
		want[i] = `"` + briefing.Text(time.Date(2024, 2, 3, 14, 6+i, 0, 0, seoul), seoul, "x") + `"`
	}
	h.dial("/reloadBriefing?username=kim").receives(`{"briefing_data":[` + strings.Join(want, ",") + `]}`)
	if c.pages.Load() != 3 || c.largest.Load() > briefing.MaxPage {
		t.Errorf("%d pages of at most %d rows, want 3 of at most %d", c.pages.Load(), c.largest.Load(), briefing.MaxPage)
	}
}

// The first message goes out while the store is read. A caller that does not read makes the reading
// of the store wait.
func TestReload_buffers_no_long_past(t *testing.T) {
	t.Parallel()
	const rows = 500_000 // 30 MB of text, beyond what the kernel holds
	var pages atomic.Int64
	h, _ := listed(t, &long{n: rows, page: func() { pages.Add(1) }}, legacy.Config{})
	p := h.dial("/reloadBriefing?username=kim")
	_, message, err := p.NextReader()
	must(t, err)
	got := make([]byte, 64<<10)
	_, err = io.ReadFull(message, got)
	must(t, err)
	if read := pages.Load(); read >= rows/briefing.MaxPage {
		t.Errorf("%d pages were read for a caller that took 64 KiB", read)
	}
	if want := `{"briefing_data":["2024-02-03 14:06_\uc190\ub2d8`; !strings.HasPrefix(string(got), want) {
		t.Errorf("it begins with %.80q, want %q", got, want)
	}
}
