// Package imports checks which package may import which. The rules are a table; a test compares
// them with the imports of every file.
package imports

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rule lists the imports that a package may have: packages of this project and outside modules. The
// standard library is free.
type rule struct {
	ours    []string // paths below bis/; "..." allows all
	outside []string // module prefixes
	without []string // packages of the standard library that are not free
}

// rules is the map of docs/architecture.md. A new package needs its row first. The rules do not
// apply to test files, apart from testOnly.
var rules = map[string]rule{
	".":                                 {ours: []string{"internal/app", "internal/config"}},
	"graph":                             {ours: []string{"graph/guard", "internal/briefing", "internal/limit", "internal/service"}, outside: []string{"github.com/99designs/gqlgen", "github.com/hashicorp/golang-lru/v2", "github.com/vektah/gqlparser/v2"}},
	"graph/guard":                       {outside: []string{"github.com/vektah/gqlparser/v2"}},
	"web":                               {},
	"internal/app":                      {ours: []string{"..."}},
	"internal/server":                   {ours: []string{"graph", "internal/auth", "internal/briefing", "internal/explorer", "internal/feed", "internal/legacy", "internal/limit", "internal/observe", "internal/service", "internal/subscribe", "internal/subscribe/ws", "internal/subscribe/sse", "web"}},
	"internal/briefing":                 {outside: []string{"golang.org/x/text/unicode/norm"}},
	"internal/service":                  {ours: []string{"internal/briefing", "internal/retry", "internal/summary"}, outside: []string{"github.com/hashicorp/golang-lru/v2", "golang.org/x/sync"}},
	"internal/summary":                  {ours: []string{"internal/briefing"}},
	"internal/store/sqlite":             {ours: []string{"internal/briefing"}, outside: []string{"modernc.org/sqlite", "github.com/gofrs/flock", "golang.org/x/sys"}},
	"internal/store/mongo":              {ours: []string{"internal/briefing", "internal/retry"}, outside: []string{"go.mongodb.org/mongo-driver/v2"}},
	"internal/store/mongo/mongotest":    {},
	"internal/store/storetest":          {ours: []string{"internal/briefing"}, outside: []string{"github.com/google/go-cmp"}},
	"internal/transfer":                 {ours: []string{"internal/briefing"}, outside: []string{"github.com/schollz/progressbar/v3"}},
	"internal/feed":                     {ours: []string{"internal/briefing", "internal/retry"}},
	"internal/schedule":                 {ours: []string{"internal/briefing", "internal/retry"}, outside: []string{"github.com/go-co-op/gocron/v2", "github.com/google/uuid", "github.com/jonboulle/clockwork"}},
	"internal/pipeline":                 {ours: []string{"internal/briefing"}},
	"internal/nets":                     {},
	"internal/pipeline/camera":          {ours: []string{"internal/briefing", "internal/nets", "internal/pipeline", "internal/pipeline/camera/ffmpeg", "internal/pipeline/camera/rtsp", "internal/retry"}, outside: []string{"golang.org/x/sync"}},
	"internal/pipeline/measure":         {ours: []string{"internal/briefing", "internal/pipeline"}},
	"internal/pipeline/blur":            {ours: []string{"internal/briefing", "internal/pipeline"}, outside: []string{"github.com/esimov/pigo/core"}},
	"internal/pipeline/detect":          {ours: []string{"internal/pipeline/onnx"}},
	"internal/pipeline/onnx":            {outside: []string{"github.com/klauspost/compress/zstd", "github.com/tetratelabs/wazero", "golang.org/x/sys", "google.golang.org/protobuf"}},
	"internal/pipeline/onnx/prepare":    {},
	"internal/pipeline/counting":        {ours: []string{"internal/briefing", "internal/pipeline"}},
	"internal/pipeline/counting/local":  {ours: []string{"internal/pipeline", "internal/pipeline/counting", "internal/pipeline/detect", "internal/pipeline/onnx"}},
	"internal/pipeline/counting/remote": {ours: []string{"internal/briefing", "internal/pipeline", "internal/pipeline/counting"}},
	"internal/frame":                    {ours: []string{"internal/briefing"}},
	"internal/pipeline/wording/hangul":  {},
	"internal/pipeline/wording/sheet":   {ours: []string{"internal/pipeline/wording/hangul"}, outside: []string{"golang.org/x/text/unicode/norm"}},
	"internal/pipeline/wording":         {ours: []string{"internal/briefing", "internal/pipeline", "internal/pipeline/wording/sheet"}, outside: []string{"golang.org/x/text", "golang.org/x/time"}},
	"internal/pipeline/model":           {ours: []string{"internal/briefing", "internal/pipeline", "internal/retry"}, outside: []string{"github.com/openai/openai-go/v3"}},
	"internal/pipeline/model/modeltest": {},
	"internal/pipeline/provider":        {ours: []string{"internal/briefing", "internal/pipeline/model"}, outside: []string{"github.com/sony/gobreaker/v2"}},
	"internal/pipeline/describe":        {ours: []string{"internal/briefing", "internal/pipeline", "internal/pipeline/model", "internal/pipeline/provider", "internal/pipeline/wording/hangul"}, outside: []string{"golang.org/x/text/unicode/norm"}},
	"internal/pipeline/stylist":         {ours: []string{"internal/briefing", "internal/pipeline/model", "internal/pipeline/provider", "internal/pipeline/wording", "internal/pipeline/wording/sheet"}, outside: []string{"github.com/hashicorp/golang-lru/v2", "golang.org/x/text", "golang.org/x/time"}},
	"internal/socket":                   {outside: []string{"github.com/gorilla/websocket"}},
	"internal/explorer":                 {},
	"internal/legacy":                   {ours: []string{"internal/briefing", "internal/limit", "internal/service", "internal/socket"}},
	"internal/auth":                     {ours: []string{"internal/briefing", "internal/limit"}},
	"internal/limit":                    {ours: []string{"internal/briefing"}, outside: []string{"golang.org/x/time"}},
	"internal/observe":                  {ours: []string{"internal/briefing", "internal/limit"}, outside: []string{"github.com/prometheus/client_golang"}},
	"internal/memory":                   {},
	"internal/seal":                     {ours: []string{"internal/briefing"}},
	"internal/await":                    {},
	"internal/retry":                    {outside: []string{"github.com/cenkalti/backoff/v7"}},
	"internal/config":                   {ours: []string{"internal/nets"}, outside: []string{"github.com/alecthomas/kong"}},
	"test/cmd/benchstub":                {ours: []string{"..."}},
	"test/cmd/brokenstore":              {ours: []string{"..."}},
	"test/cmd/otherclock":               {ours: []string{"..."}},
	"test/e2e":                          {ours: []string{"..."}},
	"test/hostile":                      {},
	"test/shape":                        {},
	"internal/pipeline/camera/ffmpeg": {
		ours:    []string{"internal/briefing", "internal/pipeline"},
		outside: []string{"golang.org/x/sync", "golang.org/x/sys"},
	},
	"internal/pipeline/camera/rtsp": {
		ours:    []string{"internal/briefing", "internal/pipeline", "internal/retry"},
		outside: []string{"github.com/bluenviron/gortsplib/v5", "github.com/pion/rtp"},
	},
	"internal/pipeline/measure/measuretest": {ours: []string{"internal/briefing", "internal/pipeline"}},
	"internal/pipeline/onnx/onnxtest": {
		ours:    []string{"internal/pipeline/onnx"},
		outside: []string{"github.com/gofrs/flock"},
	},
	"internal/subscribe": {
		ours:    []string{"graph", "internal/briefing", "internal/feed", "internal/limit"},
		outside: []string{"github.com/99designs/gqlgen", "github.com/vektah/gqlparser/v2"},
		without: []string{"net/http"}, // other packages have the protocols
	},
	"internal/subscribe/ws": {
		ours: []string{"graph", "internal/limit", "internal/socket", "internal/subscribe"},
		outside: []string{
			"github.com/99designs/gqlgen", "github.com/vektah/gqlparser/v2", "github.com/gorilla/websocket",
		},
	},
	"internal/subscribe/sse": {
		ours:    []string{"graph", "internal/briefing", "internal/limit", "internal/socket", "internal/subscribe"},
		outside: []string{"github.com/99designs/gqlgen", "github.com/vektah/gqlparser/v2"},
	},
	"internal/subscribe/subscribetest": {
		ours:    []string{"..."},
		outside: []string{"github.com/99designs/gqlgen", "github.com/gorilla/websocket"},
	},
}

// testOnly are packages that only tests may import.
var testOnly = []string{
	"internal/store/storetest", "internal/store/mongo/mongotest",
	"internal/subscribe/subscribetest", "internal/await", "internal/pipeline/onnx/onnxtest",
	"internal/pipeline/measure/measuretest", "internal/pipeline/model/modeltest",
}

// root is the folder of go.mod. Tests run in their package's folder.
const root = "../.."

// TestImports fails when a package imports more than its row allows.
func TestImports(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != root && (strings.HasPrefix(d.Name(), ".") || skipDir(file, d.Name())):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		pkg, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg = filepath.ToSlash(pkg)
		seen[pkg] = true
		checkFile(t, pkg, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range rules {
		if !seen[pkg] {
			t.Errorf("the table has a row for %s, which has no code", pkg)
		}
	}
}

// skipDir reports whether a folder has files of another kind, or a module of its own.
func skipDir(file, name string) bool {
	if name == "testdata" || name == "node_modules" {
		return true
	}
	_, err := os.Stat(filepath.Join(file, "go.mod"))
	return err == nil
}

// checkFile reports the imports of a file that its package's row does not allow.
func checkFile(t *testing.T, pkg, file string) {
	t.Helper()
	allowed, ok := rules[pkg]
	if !ok {
		t.Errorf("%s: package %s has no row in the table", file, pkg)
		return
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	for _, spec := range f.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value) // the parser checked it
		if !allowed.permits(pkg, imported) {
			t.Errorf("%s: %s may not import %s", file, pkg, imported)
		}
	}
}

// permits reports whether a package with this rule may import a path.
func (r rule) permits(pkg, imported string) bool {
	if ours, ok := strings.CutPrefix(imported, "bis/"); ok {
		if slices.Contains(testOnly, ours) && !slices.Contains(testOnly, pkg) {
			return false
		}
		return slices.Contains(r.ours, "...") || slices.Contains(r.ours, ours)
	}
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") {
		return !slices.Contains(r.without, imported) // the standard library
	}
	return slices.ContainsFunc(r.outside, func(module string) bool {
		return imported == module || strings.HasPrefix(imported, module+"/")
	})
}

// TestImports_can_fail shows that the table refuses forbidden imports.
func TestImports_can_fail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pkg, imported string }{
		{"internal/briefing", "bis/internal/feed"},
		{"internal/briefing", "github.com/gorilla/websocket"},
		{"internal/feed", "bis/internal/store/sqlite"},
		{"internal/app", "bis/internal/store/storetest"},
		{".", "bis/internal/briefing"},
		{"internal/legacy", path.Join("github.com", "gorilla", "websocket")},
		{"internal/subscribe", "bis/internal/legacy"},
		{"internal/subscribe", "net/http"},
		{"internal/subscribe", "bis/internal/subscribe/ws"},
		{"internal/subscribe", "bis/internal/subscribe/sse"},
		{"internal/subscribe/ws", "bis/internal/subscribe/sse"},
		{"internal/subscribe/sse", "bis/internal/subscribe/ws"},
		{"internal/briefing", "bis/internal/service"},
		{"internal/summary", "bis/internal/service"},
		{"internal/store/sqlite", "bis/internal/service"},
		{"internal/schedule", "bis/internal/service"},
	} {
		if rules[c.pkg].permits(c.pkg, c.imported) {
			t.Errorf("%s may import %s", c.pkg, c.imported)
		}
	}
}

// TestImports_root_is_main_alone keeps the root to one short file: wiring belongs to internal/app.
func TestImports_root_is_main_alone(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || filepath.Base(files[0]) != "server.go" {
		t.Fatalf("Go files of the root: %v, want server.go alone", files)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n >= 60 {
		t.Errorf("server.go has %d lines, want fewer than 60", n)
	}
}
