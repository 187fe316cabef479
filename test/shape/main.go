// Shape measures the project's files against its house rules and prints the faults.
//
// It reads every Go and Markdown file that git tracks below the current folder. It exits with 1 if
// a rule is broken, and with 2 when the files cannot be read. The rules bind everything but tests
// and generated code:
//
//   - no file has more than 350 lines,
//   - no function has more than 60 lines,
//   - no comment, and no line of Markdown prose, is wider than 100 columns,
//   - between 16 and 25 of 100 lines with code or comment have a comment.
//
// With --packages it also prints the share of comment in each folder.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
)

// The limits of the house rules, in lines, columns and percent.
const (
	maxFile     = 350
	maxFunction = 60
	maxColumns  = 100
	leastShare  = 16
	mostShare   = 25
)

func main() {
	packages := flag.Bool("packages", false, "print the share of comment in each folder")
	flag.Parse()
	files, err := tracked()
	if err != nil {
		fmt.Fprintln(os.Stderr, "shape: list the files:", err)
		os.Exit(2)
	}
	r := report{folders: map[string]count{}}
	for _, name := range files {
		if err := r.read(name); err != nil {
			fmt.Fprintln(os.Stderr, "shape:", err)
			os.Exit(2)
		}
	}
	if *packages {
		r.printFolders(os.Stdout)
	}
	if !r.print(os.Stdout) {
		os.Exit(1)
	}
}

// tracked lists the existing files that git tracks or would add.
func tracked() ([]string, error) {
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.go", "*.md").Output()
	if err != nil {
		return nil, err
	}
	list := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	return slices.DeleteFunc(list, func(name string) bool {
		_, err := os.Stat(name)
		return err != nil // deleted and not yet committed
	}), nil
}

// count has the numbers of a folder's lines: those with code or comment, and those with a comment,
// alone or after code.
type count struct{ lines, comments int }

// share is the percentage of lines that have a comment.
func (c count) share() float64 { return 100 * float64(c.comments) / float64(max(1, c.lines)) }

// report gathers the measurements of all files.
type report struct {
	faults  []string
	folders map[string]count // by path, without tests and generated code
	all     count

	longestFile, longestFunction, widest int
}

// read measures one file.
func (r *report) read(name string) error {
	text, err := os.ReadFile(name)
	switch {
	case err != nil:
		return err
	case strings.HasSuffix(name, ".md"):
		r.markdown(name, string(text))
		return nil
	case exempt(name, text):
		return nil
	}
	return r.goFile(name, text)
}

// exempt reports whether a Go file is a test or generated.
func exempt(name string, text []byte) bool {
	if strings.HasSuffix(name, "_test.go") {
		return true
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strings.HasPrefix(first, "// Code generated ") && strings.HasSuffix(first, " DO NOT EDIT.")
}

func (r *report) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// print prints the faults and a closing line. It reports whether there are none.
func (r *report) print(w io.Writer) bool {
	if share := r.all.share(); share < leastShare || share > mostShare {
		r.fault("%.1f of 100 lines have a comment; want %d to %d", share, leastShare, mostShare)
	}
	for _, f := range r.faults {
		fmt.Fprintln(w, f)
	}
	fmt.Fprintf(w, "shape: %d faults; longest file %d of %d lines, function %d of %d, widest comment %d of %d columns, comment in %.1f of 100 lines\n",
		len(r.faults), r.longestFile, maxFile, r.longestFunction, maxFunction, r.widest, maxColumns, r.all.share())
	return len(r.faults) == 0
}

// printFolders prints a line for each folder, by path.
func (r *report) printFolders(w io.Writer) {
	var names []string
	for name := range r.folders {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c := r.folders[name]
		fmt.Fprintf(w, "%-36s %5d lines %5.1f %% comment\n", name, c.lines, c.share())
	}
}

// add counts a Go file's lines for its folder and for the whole.
func (r *report) add(name string, c count) {
	folder := path.Dir(name)
	sum := r.folders[folder]
	r.folders[folder] = count{sum.lines + c.lines, sum.comments + c.comments}
	r.all = count{r.all.lines + c.lines, r.all.comments + c.comments}
}
