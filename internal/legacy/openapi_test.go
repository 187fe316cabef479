package legacy_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bis/internal/legacy"
)

// object is a JSON object.
type object = map[string]any

// description is the served OpenAPI document.
type description struct {
	t    testing.TB
	root object
}

func describe(t testing.TB) description {
	t.Helper()
	d := description{t: t}
	if err := json.Unmarshal(openAPI("", nil).Body.Bytes(), &d.root); err != nil {
		t.Fatal(err)
	}
	return d
}

// openAPI answers a GET for the document of a version.
func openAPI(version string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/openapi.json", nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	legacy.OpenAPI(version).ServeHTTP(w, r)
	return w
}

// at returns the object under the names, resolving references, or nil.
func (d description) at(in object, names ...string) object {
	for _, name := range names {
		in, _ = d.resolve(in)[name].(object)
	}
	return d.resolve(in)
}

// resolve follows a reference within the document.
func (d description) resolve(in object) object {
	ref, ok := in["$ref"].(string)
	if !ok {
		return in
	}
	target := d.at(d.root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	if target == nil {
		d.t.Fatalf("nothing is at %s", ref)
	}
	return target
}

func TestOpenAPI_has_the_version_of_the_server(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"": "(devel)", "v1.2.3": "v1.2.3", `a "b" \`: `a "b" \`} {
		var got struct{ Info struct{ Version string } }
		must(t, json.Unmarshal(openAPI(version, nil).Body.Bytes(), &got))
		if got.Info.Version != want {
			t.Errorf("the document of version %q has %q, want %q", version, got.Info.Version, want)
		}
	}
}

func TestOpenAPI_is_sent_once(t *testing.T) {
	t.Parallel()
	first := openAPI("v1", nil)
	tag := first.Header().Get("ETag")
	if first.Code != 200 || first.Header().Get("Content-Type") != "application/json" || first.Header().Get("Cache-Control") != "no-cache" || tag == "" {
		t.Errorf("answers %d with %v", first.Code, first.Header())
	}
	if again := openAPI("v1", http.Header{"If-None-Match": {tag}}); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("asked again, answers %d with %d bytes", again.Code, again.Body.Len())
	}
	if other := openAPI("v2", http.Header{"If-None-Match": {tag}}); other.Code != http.StatusOK {
		t.Errorf("another version answers %d to the old tag", other.Code)
	}
}

// TestOpenAPI_lists_what_is_mounted compares paths and methods in both directions. A path with a
// slash at its end only redirects; the document describes this in prose.
func TestOpenAPI_lists_what_is_mounted(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	d := describe(t)
	listed := d.at(d.root, "paths")
	mounted := map[string]bool{}
	mux := http.NewServeMux()
	h.handler.Mount(nil, func(pattern, _ string, handler http.Handler) {
		mux.Handle(pattern, handler)
		if pattern == "/{$}" {
			mounted["/"] = true
		} else if pattern != "/" && !strings.HasSuffix(pattern, "/{$}") {
			mounted[pattern] = true
		}
	})
	for path := range mounted {
		if listed[path] == nil {
			t.Errorf("%s is mounted, but not in the document", path)
		}
	}
	for path := range listed {
		if !mounted[path] {
			t.Errorf("%s is in the document, but not mounted", path)
		}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
			r := httptest.NewRequest(method, path, nil)
			r.Header.Set("Connection", "Upgrade") // so that the socket paths also check the method
			r.Header.Set("Upgrade", "websocket")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			if has := d.at(listed, path, strings.ToLower(method)) != nil; has != (w.Code != http.StatusMethodNotAllowed) {
				t.Errorf("%s %s answers %d; in the document: %v", method, path, w.Code, has)
			}
		}
	}
}

// TestOpenAPI_fits_the_goldens reads every recorded answer. Its status, content type and body must
// be in the document.
func TestOpenAPI_fits_the_goldens(t *testing.T) {
	t.Parallel()
	d := describe(t)
	files, err := filepath.Glob("testdata/*.golden")
	must(t, err)
	answered := map[string]bool{}
	for _, file := range files {
		for _, a := range recorded(t, file) {
			if operation := d.at(d.root, "paths", a.path, strings.ToLower(a.method)); operation != nil {
				d.fits(operation, a)
				answered[a.path] = true
			} else if !a.outside(d.at(d.root, "paths", a.path) != nil) {
				t.Errorf("%s is not in the document", a)
			}
		}
	}
	for path := range d.at(d.root, "paths") {
		if !answered[path] && path != "/reloadBriefing" { // its plain HTTP answers equal those of /ws
			t.Errorf("no golden file has an answer of %s", path)
		}
	}
}

// outside reports whether prose describes the answer: another method, another path, a redirect, a
// preflight, or the refusal of a foreign page.
func (a recordedAnswer) outside(listed bool) bool {
	switch a.status {
	case "403":
		return strings.Contains(a.body, "--origins")
	case "405":
		return listed
	case "307", "404":
		return !listed || a.path == "/ws" || a.path == "/reloadBriefing"
	case "200":
		return a.method == http.MethodOptions && a.body == "OK"
	}
	return false
}

// fits compares an answer with its operation.
func (d description) fits(operation object, a recordedAnswer) {
	d.t.Helper()
	response := d.at(operation, "responses", a.status)
	if response == nil {
		d.t.Errorf("%s has a status that is not in the document", a)
		return
	}
	kind := d.at(response, "content", a.kind)
	if kind == nil {
		d.t.Errorf("%s has a content type that is not in the document", a)
		return
	}
	schema, ok := kind["schema"].(object)
	if !ok {
		return // the body is not JSON
	}
	var body any = a.body
	if strings.HasPrefix(a.kind, "application/json") && json.Unmarshal([]byte(a.body), &body) != nil {
		d.t.Errorf("%s: the body %q is no JSON", a, a.body)
		return
	}
	if fault := d.check(schema, body); fault != "" {
		d.t.Errorf("%s: %s", a, fault)
	}
}

// TestOpenAPI_examples_fit checks the document's own examples of bodies and fields.
func TestOpenAPI_examples_fit(t *testing.T) {
	t.Parallel()
	d := describe(t)
	n := 0
	var walk func(where string, in any)
	walk = func(where string, in any) {
		switch in := in.(type) {
		case []any:
			for i, one := range in {
				walk(fmt.Sprint(where, "/", i), one)
			}
		case object:
			schema, hasSchema := in["schema"].(object)
			examples, _ := in["examples"].([]any)
			if example, ok := in["example"]; ok && hasSchema {
				examples = append(examples, example)
			} else if !hasSchema {
				schema = in
			}
			for _, example := range examples {
				n++
				if fault := d.check(schema, example); fault != "" {
					t.Errorf("%s: %s", where, fault)
				}
			}
			for name, one := range in {
				walk(where+"/"+name, one)
			}
		}
	}
	walk("", d.root)
	if n < 15 {
		t.Errorf("found %d examples, want more", n)
	}
}

// recordedAnswer is one answer of a golden file.
type recordedAnswer struct {
	file, name, method, path, status, kind, body string
}

func (a recordedAnswer) String() string {
	return fmt.Sprintf("%s: %s: %s %s, %s %s", a.file, a.name, a.method, a.path, a.status, a.kind)
}

// recorded reads a golden file.
func recorded(t *testing.T, file string) (list []recordedAnswer) {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	for one := range strings.SplitSeq(strings.Trim(string(text), "=\n "), "\n=== ") {
		head, body, _ := strings.Cut(one, "\n\n")
		lines := strings.Split(head, "\n")
		at := strings.LastIndex(lines[0], ": ")
		method, path, _ := strings.Cut(lines[0][at+2:], " ")
		path, _, _ = strings.Cut(path, "?")
		a := recordedAnswer{file: file, name: lines[0][:at], method: method, path: path, status: lines[1][:3], body: body}
		if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "Content-Type: ") }); i > 0 {
			a.kind = strings.TrimPrefix(lines[i], "Content-Type: ")
		}
		list = append(list, a)
	}
	return list
}
