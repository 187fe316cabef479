package legacy_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// anyID matches ids, which differ from run to run.
var anyID = regexp.MustCompile(`[0-9a-f]{24}`)

// golden compares got with a file after it has replaced ids by zeros.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	got = anyID.ReplaceAll(got, bytes.Repeat([]byte("0"), 24))
	file := filepath.Join("testdata", name+".golden")
	if *update {
		must(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// exchange is one call of an old endpoint.
type exchange struct {
	name   string
	method string // empty: POST
	path   string
	header map[string]string
	body   string
}

// post returns a call in the form of the old app's calls.
func post(name, path string, pairs ...string) exchange {
	fields := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		fields.Add(pairs[i], pairs[i+1])
	}
	return exchange{name: name, path: path, body: fields.Encode(), header: map[string]string{
		"Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
	}}
}

// with adds headers, given as pairs of name and value.
func (e exchange) with(pairs ...string) exchange {
	header := map[string]string{}
	for k, v := range e.header {
		header[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		header[pairs[i]] = pairs[i+1]
	}
	e.header = header
	return e
}

// call makes the exchange and returns the answer.
func (h *house) call(e exchange) (*http.Response, []byte) {
	h.t.Helper()
	if e.method == "" {
		e.method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(h.t.Context(), e.method, h.url+e.path, strings.NewReader(e.body))
	must(h.t, err)
	for name, value := range e.header {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(r) // follows no redirect
	must(h.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(h.t, err)
	return resp, body
}

// record makes the exchanges in order and compares the answers with a golden file: status, all
// headers except the date, and body.
func (h *house) record(file string, list ...exchange) {
	h.t.Helper()
	var all bytes.Buffer
	for _, e := range list {
		resp, body := h.call(e)
		resp.Header.Del("Date")
		fmt.Fprintf(&all, "=== %s: %s %s\n%s\n", e.name, resp.Request.Method, e.path, resp.Status)
		must(h.t, resp.Header.Write(&all))
		fmt.Fprintf(&all, "\n%s\n", body)
	}
	golden(h.t, file, bytes.ReplaceAll(all.Bytes(), []byte("\r\n"), []byte("\n")))
}
