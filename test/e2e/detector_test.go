package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/pipeline/onnx/onnxtest"
	"bis/internal/store/mongo/mongotest"
)

// compileTime is generous: the runtime of models is compiled beside all other tests.
const compileTime = 4 * time.Minute

// model returns a copy of a test's network that any user can read. It finds a person in the middle
// of each view.
func model(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "internal/pipeline/counting/testdata/sound.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(openDir(t), "sound.onnx")
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// openDir returns a folder that any user can read.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bis-test-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// countedBy has what a server says of its counts.
type countedBy struct {
	About struct {
		Counting struct{ Method, Name, Wanted, Reason, Detail string }
	}
	User struct {
		ActiveRequest struct {
			Briefings struct {
				Edges []struct {
					Node struct {
						Degraded *string
						Facts    struct{ Counts []struct{ Method string } }
					}
				}
			}
		}
	}
}

// counted asks a server who counts, and returns the methods of all briefings of kim, in order.
func counted(t *testing.T, c *child) (a countedBy, methods []string) {
	t.Helper()
	err := c.graphql(t.Context(), `{ about { counting { method name wanted reason detail } } user(username: "kim") {
		activeRequest { briefings(last: 500) { edges { node { degraded facts { counts { method } } } } } } } }`, &a)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range a.User.ActiveRequest.Briefings.Edges {
		if e.Node.Degraded != nil {
			t.Errorf("a briefing is degraded: %s", *e.Node.Degraded)
		}
		for _, count := range e.Node.Facts.Counts {
			methods = append(methods, count.Method)
		}
	}
	return a, methods
}

// until waits for a condition on what counted returns, and returns that.
func until(t *testing.T, c *child, what string, cond func(countedBy, []string) bool) []string {
	t.Helper()
	for begin := time.Now(); ; pass(100 * time.Millisecond) {
		a, methods := counted(t, c)
		if cond(a, methods) {
			return methods
		}
		if time.Since(begin) > compileTime {
			t.Fatalf("not within %v: %s: %+v %s", compileTime, what, a, c.errs)
		}
	}
}

// briefKim starts briefings of kim. A database that is busy may refuse the first calls.
func briefKim(t *testing.T, c *child) {
	t.Helper()
	query := fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q}) { id } }`, later())
	await.True(t, "a request starts", func() bool { return c.graphql(t.Context(), query, nil) == nil })
}

// The first start with a model compiles the runtime in a child of the server. The store is in use
// meanwhile, and motion counts. The next start loads what was compiled, if nothing has happened to it.
func TestDetector_is_prepared_beside_the_server(t *testing.T) {
	t.Parallel()
	data, args := t.TempDir(), []string{"--detector", model(t)}
	c := startChild(t, options{data: data, args: args})
	if !strings.Contains(c.out.String(), "motion until model sound.onnx is prepared") {
		t.Errorf("the greeting is %s", c.out)
	}
	if a, _ := counted(t, c); a.About.Counting.Method != "MOTION" || a.About.Counting.Reason != "PREPARING" ||
		a.About.Counting.Wanted != "sound.onnx" || a.About.Counting.Detail == "" {
		t.Errorf("at the start %+v counts", a.About.Counting)
	}
	briefKim(t, c)
	methods := until(t, c, "the model counts", func(a countedBy, methods []string) bool {
		return len(methods) > 0 && methods[len(methods)-1] == "MODEL" && a.About.Counting.Name == "sound.onnx"
	})
	if methods[0] != "MOTION" {
		t.Errorf("the briefings are counted by %v, want motion first", methods)
	}
	err := filepath.WalkDir(filepath.Join(data, "detector"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[d.IsDir()]; info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	c.stop(t)
	for text, want := range map[string]int{"is being prepared": 1, "the detector counts": 1, "does not count": 0} {
		if n := strings.Count(c.errs.String(), text); n != want {
			t.Errorf("the log has %q %d times, want %d: %s", text, n, want, c.errs)
		}
	}
	c = startChild(t, options{data: data, args: args})
	until(t, c, "the model counts again", func(a countedBy, _ []string) bool { return a.About.Counting.Method == "MODEL" })
	if !strings.Contains(c.out.String(), "counting  model sound.onnx\n") || strings.Contains(c.errs.String(), "is being prepared") {
		t.Errorf("the second start prepares the detector again: %s%s", c.out, c.errs)
	}
	c.stop(t)
	cutCode(t, filepath.Join(data, "detector"))
	c = startChild(t, options{data: data, args: args})
	until(t, c, "a cut cache is replaced", func(a countedBy, _ []string) bool { return a.About.Counting.Method == "MODEL" })
	if !strings.Contains(c.errs.String(), "is being prepared") {
		t.Errorf("the cut cache is used: %s", c.errs)
	}
	// A loaded file may disappear. The next start says that it is missing.
	if err := os.Remove(args[1]); err != nil {
		t.Fatal(err)
	}
	_, before := counted(t, c)
	methods = until(t, c, "further briefings", func(_ countedBy, methods []string) bool { return len(methods) > len(before)+2 })
	if last := methods[len(methods)-1]; last != "MODEL" {
		t.Errorf("without its file the model does not count: %v", methods)
	}
	c.stop(t)
	c = startChild(t, options{data: data, args: args})
	until(t, c, "the file is missing", func(a countedBy, methods []string) bool {
		return a.About.Counting.Reason == "MISSING" && methods[len(methods)-1] == "MOTION"
	})
}

// cutCode cuts the compiled code of a folder in half.
func cutCode(t *testing.T, dir string) {
	t.Helper()
	cuts := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Size() < 2<<20 {
			return err
		}
		cuts++
		return os.Truncate(path, info.Size()/2)
	})
	if err != nil || cuts == 0 {
		t.Fatalf("%d files of code in %s: %v", cuts, dir, err)
	}
}

// With MongoDB the folder holds the compiled runtime alone. If the server cannot write there,
// motion counts, and one sentence in the log and in the settings says why.
func TestDetector_with_MongoDB(t *testing.T) {
	t.Parallel()
	mongotest.Need(t)
	env, args := []string{"DATABASE_URI=" + mongotest.Own(t).URI()}, []string{"--detector", model(t)}
	if os.Getuid() != 0 {
		c := startChild(t, options{args: args, env: env})
		briefKim(t, c)
		c.stop(t)
	} else { // only root can start a server that may not write there
		c := startChild(t, options{data: openDir(t), args: args, env: env, nobody: true})
		briefKim(t, c)
		until(t, c, "motion counts", func(a countedBy, methods []string) bool {
			return a.About.Counting.Reason == "NO_CACHE" && a.About.Counting.Method == "MOTION" &&
				a.About.Counting.Detail != "" && len(methods) > 1
		})
		if n := strings.Count(c.errs.String(), "NO_CACHE"); n != 1 {
			t.Errorf("the log says %d times why: %s", n, c.errs)
		}
		c.stop(t)
	}
	data := t.TempDir()
	if err := onnxtest.Copy(filepath.Join(data, "detector")); err != nil {
		t.Fatal(err)
	}
	c := startChild(t, options{data: data, args: args, env: env}) // it continues the request
	until(t, c, "the model counts", func(_ countedBy, methods []string) bool {
		return len(methods) > 0 && methods[len(methods)-1] == "MODEL"
	})
}
