package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"bis/bench/proc"
	"bis/internal/pipeline"
	"bis/internal/pipeline/detect"
	"bis/internal/pipeline/measure"
	"bis/internal/pipeline/onnx"
)

// The variables that name the folder of frames and the model's file.
const (
	framesVariable = "BIS_TEST_STREET"
	modelVariable  = "BIS_TEST_DETECTOR"
)

// shot is a frame of a folder, and how many people are in it.
type shot struct {
	name   string
	image  image.Image
	people int // -1: not counted
}

// counted matches a frame's name and its count in a text.
var counted = regexp.MustCompile(`([\w-]+)[ ,;:\t]+(\d+)\b`)

// readShots returns the frames of a folder in the order of their names. Any text file in it may
// have the counts: a frame's name without its extension, and the number of people.
func readShots(dir string) ([]shot, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	var all []shot
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch ext := strings.ToLower(filepath.Ext(name)); ext {
		case ".md", ".txt", ".csv":
			b, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			for _, m := range counted.FindAllStringSubmatch(string(b), -1) {
				if counts[m[1]], err = strconv.Atoi(m[2]); err != nil {
					return nil, err
				}
			}
		case ".jpg", ".jpeg", ".png":
			f, err := os.Open(name)
			if err != nil {
				return nil, err
			}
			img, _, err := image.Decode(f)
			f.Close()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			all = append(all, shot{strings.TrimSuffix(e.Name(), filepath.Ext(name)), img, -1})
		}
	}
	for i := range all {
		if n, ok := counts[all[i].name]; ok {
			all[i].people = n
		}
	}
	return all, nil
}

// score sums up errors of counts.
type score struct{ n, errors, bias, within int }

func (s *score) add(got, want int) {
	d := got - want
	s.n, s.bias, s.errors = s.n+1, s.bias+d, s.errors+int(math.Abs(float64(d)))
	if d >= -1 && d <= 1 {
		s.within++
	}
}

func (s score) row(name, cost string) string {
	n := float64(max(1, s.n))
	return fmt.Sprintf("%s | %d | %.2f | %+.2f | %.0f %% | %s",
		name, s.n, float64(s.errors)/n, float64(s.bias)/n, 100*float64(s.within)/n, cost)
}

// count prints how far the counts of people are from the truth, and what they cost: by motion, and
// by a model on the whole frame, on tiles, and on tiles of a burst of five frames. The bursts are
// of neighbouring frames, a second apart, because the folder has no others. Then it prints what the
// model costs a server.
//
// Wanted for a model on tiles: an error of at most 0.7, and 80 % within one; for motion at most
// 2.2. Two tiles of 320 pixels should take under 120 ms.
func count(ctx context.Context, o options) error {
	dir := os.Getenv(framesVariable)
	if dir == "" {
		fmt.Printf("   not measured: %s must name a folder of frames and their counts\n", framesVariable)
		return nil
	}
	shots, err := readShots(dir)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(shots, func(s shot) bool { return s.people >= 0 }) {
		return fmt.Errorf("no frame of %s has a count", dir)
	}
	motion, err := countMotion(shots)
	if err != nil {
		return err
	}
	rows := []string{motion}
	file := os.Getenv(modelVariable)
	if file == "" {
		fmt.Printf("   no model: %s must name its file\n", modelVariable)
	} else {
		more, err := countModel(ctx, shots, file)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	table("method | frames | error | bias | within one | processor a frame", rows...)
	fmt.Println("   wanted: on tiles at most 0.7 and 80 %, by motion at most 2.2")
	if file == "" {
		return nil
	}
	if dir, err = filepath.Abs(dir); err == nil {
		file, err = filepath.Abs(file)
	}
	if err != nil {
		return err
	}
	return countServer(ctx, o, dir, file)
}

// countMotion counts by motion in all frames, in order.
func countMotion(shots []shot) (string, error) {
	m, err := measure.New(measure.Config{})
	if err != nil {
		return "", err
	}
	var s score
	at, begin := time.Now(), proc.Thread()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for i, f := range shots {
		got := m.Measure([]pipeline.Frame{{Image: f.image, At: at.Add(time.Duration(i) * time.Second)}})
		if f.people >= 0 {
			people := 0
			for _, c := range got.Facts.Counts {
				people += c.Count
			}
			s.add(people, f.people)
		}
	}
	return s.row("motion", ms((proc.Thread()-begin)/time.Duration(len(shots)))), nil
}

// countModel counts by a model, and prints what starting it costs.
func countModel(ctx context.Context, shots []shot, file string) ([]string, error) {
	cache, err := filepath.Abs("../.cache/onnx-bench")
	if err != nil {
		return nil, err
	}
	if err := onnx.Compile(ctx, cache); err != nil {
		return nil, err
	}
	runtime.GC()
	before, begin := residentOf(os.Getpid()), time.Now()
	engine, err := onnx.New(ctx, onnx.Config{Cache: cache, CachedOnly: true})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	model, err := detect.ReadModel(file)
	if err != nil {
		return nil, err
	}
	loaded := time.Since(begin)
	var rows []string
	for _, whole := range []bool{true, false} {
		begin := time.Now()
		d, err := detect.New(ctx, detect.Config{Engine: engine, Model: model, Whole: whole})
		if err != nil {
			return nil, err
		}
		opened := time.Since(begin)
		more, err := countBy(ctx, d, shots, whole)
		if err != nil {
			return nil, errors.Join(err, d.Close())
		}
		rows = append(rows, more...)
		if !whole {
			runtime.GC()
			fmt.Printf("   %s model: the runtime loads in %s, the model opens in %s; %d MiB resident, before %d MiB\n",
				d.Kind(), ms(loaded), ms(opened), residentOf(os.Getpid())>>20, before>>20)
		}
		if err := d.Close(); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// countBy counts by a detector, in single frames and bursts.
func countBy(ctx context.Context, d *detect.Detector, shots []shot, whole bool) ([]string, error) {
	const burst = 5
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	found := make([][]pipeline.Box, len(shots))
	begin, least := proc.Thread(), time.Hour
	for i, f := range shots {
		single := proc.Thread()
		boxes, err := d.Detect(ctx, f.image)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		least = min(least, proc.Thread()-single)
		for _, b := range boxes {
			found[i] = append(found[i], pipeline.Box{Name: b.Class})
		}
	}
	mean := (proc.Thread() - begin) / time.Duration(len(shots))
	cost := ms(mean)
	var single, bursts score
	for i, f := range shots {
		if f.people < 0 {
			continue
		}
		single.add(peopleIn(found[i:i+1]), f.people)
		first := max(0, i-burst/2)
		bursts.add(peopleIn(found[first:min(len(found), i+burst/2+1)]), f.people)
	}
	if whole {
		return []string{single.row("model, whole frame", cost), bursts.row("model, whole frame, burst of 5", "")}, nil
	}
	const views = 3 // the whole frame and two tiles
	fmt.Printf("   two tiles take %s at best, and %s on average; wanted: under 120 ms for tiles of 320\n",
		ms(2*least/views), ms(2*mean/views))
	return []string{single.row("model, whole frame and tiles", cost), bursts.row("model, whole frame and tiles, burst of 5", "")}, nil
}

// peopleIn returns how many people a run counts in a burst.
func peopleIn(burst [][]pipeline.Box) int {
	n, _ := pipeline.Facts{Counted: true, Counts: pipeline.Counts(burst, nil)}.People()
	return n
}
