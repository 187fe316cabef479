package e2e

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"bis/internal/config"
)

// These tests need no container engine. They check the files and the binary that it would use.

// composition is the part of compose.yaml that is checked.
type composition struct {
	Services map[string]service
	Volumes  map[string]any
	Secrets  map[string]struct{ File string }
}

type service struct {
	Image       string
	Build       string
	Environment map[string]string
	Secrets     []string
	Volumes     []string
	Ports       []string
	ReadOnly    bool `yaml:"read_only"`
	Healthcheck struct{ Test []string }
	DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	CapDrop     []string                              `yaml:"cap_drop"`
}

func TestCompose(t *testing.T) {
	t.Parallel()
	var c composition
	if err := yaml.Unmarshal([]byte(read(t, "compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != 2 || c.Services["mongo"].Image == "" || c.Services["bis"].Build != "." {
		t.Fatalf("services: %+v", c.Services)
	}
	made := read(t, "scripts/secrets.sh")
	for name, s := range c.Secrets {
		if s.File != "./secrets/"+name || !strings.Contains(made, name) {
			t.Errorf("secret %s lies in %s, and scripts/secrets.sh makes it: %v", name, s.File, strings.Contains(made, name))
		}
	}
	for name, s := range c.Services {
		checkService(t, c, name, s)
	}
	bis := c.Services["bis"]
	if bis.DependsOn["mongo"].Condition != "service_healthy" || !bis.ReadOnly || !slices.Equal(bis.CapDrop, []string{"ALL"}) {
		t.Errorf("the server: %+v", bis)
	}
	if want := []string{"CMD", "/bis", "health"}; !slices.Equal(bis.Healthcheck.Test, want) {
		t.Errorf("the server's health check is %q, want %q", bis.Healthcheck.Test, want)
	}
	for _, port := range bis.Ports {
		if !strings.HasPrefix(port, "127.0.0.1:") {
			t.Errorf("port %s is open to others, who may act for any user", port)
		}
	}
}

func checkService(t *testing.T, c composition, name string, s service) {
	t.Helper()
	if len(s.Healthcheck.Test) == 0 || s.Healthcheck.Test[0] != "CMD" {
		t.Errorf("%s: health check %q, want one without a shell", name, s.Healthcheck.Test)
	}
	for _, secret := range s.Secrets {
		if _, ok := c.Secrets[secret]; !ok {
			t.Errorf("%s: there is no secret %s", name, secret)
		}
	}
	for key, value := range s.Environment {
		secret, isFile := strings.CutPrefix(value, "/run/secrets/")
		if strings.HasSuffix(key, "_FILE") != isFile || isFile && !slices.Contains(s.Secrets, secret) {
			t.Errorf("%s: %s is %s, which the service is not given", name, key, value)
		}
		if strings.Contains(key, "PASSWORD") && !isFile {
			t.Errorf("%s: %s is no file", name, key)
		}
	}
	for _, v := range s.Volumes {
		from, _, _ := strings.Cut(v, ":")
		if strings.HasPrefix(from, "./") {
			if _, err := os.Stat(filepath.Join(root, from)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if _, ok := c.Volumes[from]; !ok {
			t.Errorf("%s: there is no volume %s", name, from)
		}
	}
}

// The server accepts the settings of compose.yaml, with the secrets that the script makes.
func TestCompose_settings(t *testing.T) {
	t.Parallel()
	var c composition
	if err := yaml.Unmarshal([]byte(read(t, "compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "scripts"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "scripts", "secrets.sh"), []byte(read(t, "scripts/secrets.sh")), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // an existing file stays
		if out, err := exec.Command("bash", filepath.Join(dir, "scripts", "secrets.sh")).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	environ := []string{"BIS_ADDR=0.0.0.0:8000"} // as Dockerfile has it
	for key, value := range c.Services["bis"].Environment {
		environ = append(environ, key+"="+strings.Replace(value, "/run/secrets/", dir+"/secrets/", 1))
	}
	cfg, err := config.Load(config.Source{Environ: environ, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^mongodb://bis:[0-9a-f]{64}@mongo:27017/\?replicaSet=rs0&authSource=admin$`)
	if !want.MatchString(string(cfg.Database.URI)) {
		t.Errorf("the address is not as it should be: %s", want)
	}
}

// instructions returns the lines of Dockerfile without comments.
func instructions(t *testing.T) (list []string) {
	for line := range strings.Lines(read(t, "Dockerfile")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	list := instructions(t)
	last := slices.Index(list, "FROM scratch")
	if last < 0 {
		t.Fatal("the last stage is not scratch")
	}
	for _, want := range []string{"USER 65532:65532", `ENTRYPOINT ["/bis"]`, "ENV BIS_ADDR=0.0.0.0:8000 BIS_DATA=/data"} {
		if !slices.Contains(list[last:], want) {
			t.Errorf("the last stage lacks %q", want)
		}
	}
	for _, line := range list[last:] {
		if strings.HasPrefix(line, "RUN") || strings.Contains(line, "BIS_AUTH") {
			t.Errorf("%q in the last stage", line)
		}
		if strings.HasPrefix(line, "HEALTHCHECK") && !strings.HasSuffix(line, `CMD ["/bis", "health"]`) {
			t.Errorf("%q needs a shell", line)
		}
	}
}

// The build command of Dockerfile makes a binary that needs nothing else. It runs as a user without
// rights, in a folder that it cannot write, and reports its own health.
func TestDockerfile_build(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "bis-image-") // others cannot reach into t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "bis")
	list := instructions(t)
	i := slices.IndexFunc(list, func(line string) bool { return strings.Contains(line, "go build") })
	if i < 0 {
		t.Fatal("Dockerfile builds nothing")
	}
	build := exec.Command("sh", "-c", strings.Replace(strings.TrimPrefix(list[i], "RUN "), "-o /bis", "-o "+binary, 1))
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", list[i], err, out)
	}
	file, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	libraries, err := file.ImportedLibraries()
	if err != nil || len(libraries) > 0 || file.Section(".interp") != nil {
		t.Errorf("the binary is not static: it wants %q, %v", libraries, err)
	}
	if deps := goList(t, "-deps", "."); !slices.Contains(deps, "time/tzdata") {
		t.Error("the binary brings no zones, and the image has none")
	}
	data, err := os.MkdirTemp("", "bis-image-data-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(data) })
	if os.Getuid() == 0 {
		if err := os.Chown(data, 65_534, 65_534); err != nil {
			t.Fatal(err)
		}
	}
	c := startChild(t, options{binary: binary, data: data, nobody: os.Getuid() == 0})
	addr := strings.TrimPrefix(c.url, "http://")
	checkHealth(t, options{binary: binary, data: data, nobody: os.Getuid() == 0, args: []string{"--addr", addr, "health"}}, 0, "")
	c.stop(t)
	checkHealth(t, options{binary: binary, data: data, args: []string{"--addr", addr, "health"}}, 1, "bis: nothing answers at "+addr+": connection refused\n")
}

func checkHealth(t *testing.T, o options, wantCode int, want string) {
	t.Helper()
	if code, said := exits(t, o); code != wantCode || said != want {
		t.Errorf("health: exit code %d, %q; want %d, %q", code, said, wantCode, want)
	}
}

// .dockerignore must not exclude what the build copies, and must exclude secrets.
func TestDockerignore(t *testing.T) {
	t.Parallel()
	ignored := strings.Fields(read(t, ".dockerignore"))
	for _, name := range []string{"secrets", ".env*", ".git", "bis-data"} {
		if !slices.Contains(ignored, name) {
			t.Errorf("%s gets into the image", name)
		}
	}
	compiled := goList(t, "-deps", "-f", `{{with .Module}}{{if .Main}}{{range $.GoFiles}}{{$.Dir}}/{{.}} {{end}}{{range $.EmbedFiles}}{{$.Dir}}/{{.}} {{end}}{{end}}{{end}}`, ".")
	for _, path := range compiled {
		path, _ = filepath.Rel(root, path)
		top, _, _ := strings.Cut(path, "/")
		if slices.Contains(ignored, top) || strings.Contains(path, "testdata") {
			t.Errorf("%s is shut out of the build", path)
		}
	}
}

// goList runs go list in the project's folder and returns the words of its output.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	list := exec.Command("go", append([]string{"list"}, args...)...)
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list %q: %v", args, err)
	}
	return strings.Fields(string(out))
}
