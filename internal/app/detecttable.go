package app

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// print writes a table.
func (d detected) print(out io.Writer) error {
	kind := ""
	if d.Kind != "" {
		kind = " (" + d.Kind + ")"
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s%s, loaded in %.0f ms\n", d.Detector, kind, d.LoadMs)
	for _, p := range d.Pictures {
		if p.Error != "" {
			fmt.Fprintf(w, "\n%s\n", p.Error)
			continue
		}
		fmt.Fprintf(w, "\n%s, %d x %d pixels, %.0f ms: %s\n", shownName(p.Picture), p.Width, p.Height, p.Ms, counted(p.Counts))
		for i, b := range p.Boxes {
			if i == 0 {
				fmt.Fprint(w, "  class\tscore\tleft\ttop\tright\tbottom\n")
			}
			fmt.Fprintf(w, "  %s\t%.2f\t%.4f\t%.4f\t%.4f\t%.4f\n", b.Name, b.Score, b.X0, b.Y0, b.X1, b.Y1)
		}
	}
	fmt.Fprintf(w, "\n%d pictures, %.0f ms, median %.0f ms: %s\n",
		d.Totals.Pictures, d.Totals.Ms, d.Totals.MedianMs, counted(d.Totals.Counts))
	return w.Flush()
}

// counted returns counts as text.
func counted(counts []detectedCount) string {
	if len(counts) == 0 {
		return "nothing"
	}
	var all []string
	for _, c := range counts {
		all = append(all, fmt.Sprintf("%s %d", c.Name, c.Count))
	}
	return strings.Join(all, ", ")
}

// shownName returns the name of a file for a terminal.
func shownName(file string) string {
	if quoted := fmt.Sprintf("%q", file); quoted != `"`+file+`"` {
		return quoted
	}
	return file
}
