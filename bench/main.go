package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// benchmark answers one question about the machine and prints a table.
type benchmark struct {
	name string // on the command line
	what string // for --help and as the heading
	run  func(ctx context.Context, o options) error
}

// benchmarks are all benchmarks, in the order in which they run.
var benchmarks = []benchmark{
	{"measures", "cost of one run's measures", measures},
	{"gate", "what the change gate notices: disturbances, people by height, days of a shop; and its cost", gate},
	{"count", "people counted in the frames of a folder: error, bias and cost, by motion and by a model", count},
	{"words", "requests to a model in a day of captions, and the time to the first caption in a saved style", words},
	{"inserts", "inserts through the service a second", inserts},
	{"ticks", "lateness of ticks and resident memory with 10,000 and 50,000 active requests at 30 s", ticks},
	{"cameras", "100 cameras at 10 s: lateness, processor share and memory, and beside one that hangs", cameras},
	{"subscriptions", "1,000 subscribers of one topic: processor time a delivery, singly and in bursts, memory a connection, deliveries a second", subscriptions},
	{"crowd", "the same with 10,000 subscribers", crowd},
	{"topics", "10,000 topics with one subscriber each", topics},
	{"mongofeed", "MongoDB: from an insert's acknowledgement to the frame at a WebSocket client", mongoFeed},
	{"mongoidle", "MongoDB: database commands a second with idle subscribers", mongoIdle},
	{"lossless", "a million deliveries with cuts every 2 s and kills of the server", lossless},
	{"storm", "5,000 clients cut at once: until all have caught up", storm},
	{"slow", "1 % of 2,000 clients stop reading: latency of the others, duration of a stop", slow},
	{"connections", "19,000 connections with a live subscription each: memory, goroutines, idle processor time", connections},
	{"query", "a plain query over HTTP", query},
	{"hostile", "p99 of honest callers beside 200 hostile documents a second from another address", beside},
	{"lists", "/getBriefing of 100,000 rows, once and four at once: memory and time", lists},
	{"attacks", "callers that request large answers and read nothing: the server's memory, during and after", attacks},
	{"silent", "5,000 sockets that send nothing: until they are closed with 4408", silent},
	{"floods", "floods of frames and subscriptions over sockets: the server's memory, during and after", floods},
	{"churn", "clients come and go: goroutines and heap before and after", churn},
}

// options are the flags of the command line.
type options struct {
	root      string // folder of the project
	before    string // another build of the server; empty: none
	intervals int    // length of the ticks benchmark
	sizes
}

func main() {
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// start reads the command line and runs the benchmarks that it names, or all. With "gocron",
// "cameras-served" or "hold" as the first argument it is a child process of a benchmark instead.
func start() error {
	o := options{}
	flag.StringVar(&o.root, "root", "..", "the project's folder")
	flag.StringVar(&o.before, "before", "", "another `build` of the server, measured in turn with this one")
	flag.IntVar(&o.intervals, "intervals", 3, "intervals of 30 s that the benchmark of ticks goes on for")
	o.register(flag.CommandLine)
	flag.Usage = usage
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if flag.NArg() == 3 && flag.Arg(0) == "gocron" { // started by bareTicks
		n, err := strconv.Atoi(flag.Arg(1))
		if err != nil {
			return err
		}
		return gocronAlone(ctx, n, flag.Arg(2))
	}
	if flag.NArg() == 1 && flag.Arg(0) == "cameras-served" { // started by cameras
		return serveCameras(ctx)
	}
	if flag.NArg() > 0 && flag.Arg(0) == "hold" { // started by startHolders
		return holdConnections(ctx, flag.Args()[1:])
	}
	// A wrong name fails at once, and not after an hour of benchmarks.
	for _, name := range flag.Args() {
		if !slices.ContainsFunc(benchmarks, func(b benchmark) bool { return b.name == name }) {
			return fmt.Errorf("there is no benchmark %q; see --help", name)
		}
	}
	fmt.Printf("%s, %s/%s, %d processors\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for _, b := range benchmarks {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), b.name) {
			continue
		}
		fmt.Printf("\n== %s: %s\n", b.name, b.what)
		begin := time.Now()
		if err := b.run(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
		fmt.Printf("   (%.0f s)\n", time.Since(begin).Seconds())
	}
	return nil
}

// usage lists the benchmarks and the flags.
func usage() {
	out := flag.CommandLine.Output()
	fmt.Fprintln(out, "usage: bench [flags] [benchmark ...]; without a name all run")
	for _, b := range benchmarks {
		fmt.Fprintf(out, "  %-13s %s\n", b.name, b.what)
	}
	flag.PrintDefaults()
}

// table prints a head and rows in columns. Cells are separated by "|"; all but the first are
// aligned to the right.
func table(head string, rows ...string) {
	all := append([]string{head}, rows...)
	var widths []int
	for _, row := range all {
		for i, cell := range strings.Split(row, "|") {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(strings.TrimSpace(cell))))
		}
	}
	for _, row := range all {
		fmt.Print("  ")
		for i, cell := range strings.Split(row, "|") {
			cell = strings.TrimSpace(cell)
			pad := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			if i == 0 {
				fmt.Print(" ", cell, pad)
			} else {
				fmt.Print("  ", pad, cell)
			}
		}
		fmt.Println()
	}
}

// quantile returns a quantile of a sorted list, and 0 for an empty one.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// ms formats d in milliseconds.
func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }
