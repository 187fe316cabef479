package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bis/internal/config"
)

var (
	links     = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	blocks    = regexp.MustCompile("(?s)```sh\n(.*?)```")
	documents = regexp.MustCompile("(?s)```graphql\n(.*?)```")
	// streamed matches the first briefing of a stream: SSE, or an old socket.
	streamed = regexp.MustCompile(`event: next|\d{4}-\d\d-\d\d \d\d:\d\d_.`)
)

func TestDocs_links_lead_somewhere(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(root, "docs/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "CHANGELOG.md")) {
		page, _ = filepath.Rel(root, page)
		text := read(t, page)
		for _, m := range links.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			}
		}
	}
}

// The page names files so that a newcomer finds them without searching. Each of its two tables names
// a file once, where it is entered first.
func TestDocs_architecture_names_files_that_exist_and_each_once_a_way(t *testing.T) {
	t.Parallel()
	page := read(t, "docs/architecture.md")
	for _, m := range regexp.MustCompile("`((?:graph|internal|test)/[a-z0-9_/.]+)`").FindAllStringSubmatch(page, -1) {
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
			t.Errorf("docs/architecture.md names %s: %v", m[1], err)
		}
	}
	ways := 0
	for _, section := range strings.Split(page, "\n### ")[1:] {
		rows := regexp.MustCompile(`(?m)^\| \d+ \| `+"`([^`]+)`").FindAllStringSubmatch(section, -1)
		seen := map[string]bool{}
		for _, m := range rows {
			if seen[m[1]] {
				t.Errorf("%s is on one way twice", m[1])
			}
			seen[m[1]] = true
		}
		if len(rows) > 0 {
			ways++
		}
	}
	if ways != 2 {
		t.Errorf("docs/architecture.md lists the files of %d ways, want 2", ways)
	}
}

func TestDocs_configuration_lists_every_setting(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile(`--[a-z]+(-[a-z]+)*|(BIS|OPENAI|DATABASE)(_[A-Z]+)+`).FindAllString(help(t), -1)
	text := read(t, "docs/configuration.md")
	for _, name := range names {
		if name != "--help" && name != "--version" && !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/configuration.md does not list %s", name)
		}
	}
	if len(names) < 25 {
		t.Errorf("--help names %q alone", names)
	}
}

// The file has a line for each setting, and all of its lines together are accepted.
func TestDocs_example_has_every_setting(t *testing.T) {
	t.Parallel()
	example := read(t, ".env.example")
	for _, name := range regexp.MustCompile(`(BIS|OPENAI|DATABASE)(_[A-Z]+)+`).FindAllString(help(t), -1) {
		if !strings.Contains(example, "\n#"+name+"=") {
			t.Errorf(".env.example has no line for %s", name)
		}
	}
	dir := t.TempDir()
	lines := regexp.MustCompile(`(?m)^#([A-Z])`).ReplaceAllString(example, "$1")
	if err := os.WriteFile(filepath.Join(dir, config.EnvFile), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Source{Dir: dir})
	if err != nil || len(cfg.Warnings) > 0 {
		t.Errorf("%v, %v", err, cfg.Warnings)
	}
}

// No setting of a shell reaches the servers of tests and benchmarks.
func TestScripts_unset_every_setting(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile(`(BIS|OPENAI|DATABASE)(_[A-Z]+)+`).FindAllString(help(t), -1)
	cmd := exec.CommandContext(t.Context(), "bash", "-euc", ". scripts/settings.sh; env")
	cmd.Dir, cmd.Env = root, []string{"PATH=" + os.Getenv("PATH"), "BIS_TEST_STREET=stays", "DATABASE_URI_FILE=x"}
	for _, name := range names {
		cmd.Env = append(cmd.Env, name+"=x")
	}
	out, err := cmd.Output()
	if err != nil || strings.Contains(string(out), "=x\n") || !strings.Contains(string(out), "BIS_TEST_STREET=stays\n") {
		t.Errorf("%v: of %q remain\n%s", err, names, out)
	}
	for _, script := range []string{"test", "bench"} {
		if !strings.Contains(read(t, "scripts/"+script+".sh"), "scripts/settings.sh\n") {
			t.Errorf("scripts/%s.sh unsets no setting", script)
		}
	}
}

func TestReadme_is_short(t *testing.T) {
	t.Parallel()
	if lines := strings.Count(read(t, "README.md"), "\n"); lines >= 200 {
		t.Errorf("README.md has %d lines, want under 200", lines)
	}
}

// TestReadme_commands runs each curl command of README.md as written, apart from the port, and then
// the documents for the explorers.
func TestReadme_commands(t *testing.T) {
	t.Parallel()
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Fatalf("the samples need curl: apt-get install -y curl: %v", err)
	}
	c := startChild(t, options{})
	ran := 0
	for _, m := range blocks.FindAllStringSubmatch(read(t, "README.md"), -1) {
		for _, command := range strings.Split(strings.ReplaceAll(m[1], "\\\n", " "), "\n") {
			if !strings.HasPrefix(command, "curl ") {
				continue
			}
			ran++
			out := sample(t, strings.ReplaceAll(strings.Replace(command, "curl", curl, 1), "http://127.0.0.1:8000", c.url))
			if out == "" || strings.Contains(out, `"errors"`) || strings.Contains(out, `"detail"`) {
				t.Errorf("%s\nsays %s", command, out)
			}
		}
	}
	if ran < 8 {
		t.Errorf("%d commands were found in README.md", ran)
	}
	for _, m := range documents.FindAllStringSubmatch(read(t, "README.md"), -1) {
		ran++
		if _, next := overSocket(t, c, m[1]); next().Caption == "" { // as the explorers run it
			t.Errorf("%s\nbrings no caption", m[1])
		}
	}
	if ran < 9 {
		t.Error("README.md has no document for the explorers")
	}
}

// sample runs a command until it ends, or until the first briefing of a stream.
func sample(t *testing.T, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", "exec "+command)
	var out lockedBuffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if streamed.MatchString(out.String()) {
				cancel()
				<-ended
				return out.String()
			}
		case err := <-ended:
			if err != nil {
				t.Errorf("%s: %v, after %s", command, err, &out)
			}
			return out.String()
		}
	}
}

// help returns what --help prints.
func help(t *testing.T) string {
	t.Helper()
	var said strings.Builder
	if _, err := config.Load(config.Source{Args: []string{"--help"}, Dir: t.TempDir(), Out: &said}); !errors.Is(err, config.ErrDone) {
		t.Fatal(err)
	}
	return said.String()
}

// read reads a file of the project by its path from the root.
func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
