package blur

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	pigo "github.com/esimov/pigo/core"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// TestForest_finds_what_pigo_finds compares all windows, upright and tilted, with those of pigo.
func TestForest_finds_what_pigo_finds(t *testing.T) {
	t.Parallel()
	f, err := newFinder()
	if err != nil {
		t.Fatal(err)
	}
	reference, err := pigo.NewPigo().Unpack(cascade)
	if err != nil {
		t.Fatal(err)
	}
	img := placed(260, 240, astronaut(t), 200, 40, 20, 0)
	p := planeOf(img, 1000)
	for _, turn := range []float64{0, tilt, 1 - tilt} {
		want := reference.RunCascade(pigo.CascadeParams{
			MinSize: leastFace, MaxSize: p.width, ShiftFactor: 0.13, ScaleFactor: 1.12,
			ImageParams: pigo.ImageParams{Pixels: p.pix, Rows: p.height, Cols: p.width, Dim: p.width},
		}, turn)
		inside := func(d pigo.Detection) bool { // pigo bounds columns by the number of rows
			return turn == 0 || d.Col+d.Scale < p.height && d.Row+d.Scale < p.height && d.Col > d.Scale && d.Row > d.Scale
		}
		in := p
		if turn > 0 {
			in = p.padded()
		}
		got := f.forest.run(in, turn, 0.13, 1.12, nil)
		want = slices.DeleteFunc(want, func(d pigo.Detection) bool { return !inside(d) })
		got = slices.DeleteFunc(got, func(d pigo.Detection) bool { return !inside(d) })
		if !slices.Equal(got, want) || turn == 0 && len(want) == 0 {
			t.Errorf("turn %v: %d windows, pigo has %d", turn, len(got), len(want))
		}
	}
}

func TestForest_refuses_a_damaged_file(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 15, 16, 500, len(cascade) / 2, len(cascade) - 1} {
		if _, err := newForest(cascade[:n]); err == nil {
			t.Errorf("%d bytes are accepted", n)
		}
	}
}

// TestFind_leaves_out_dead_parts checks that a face in a dead part is not searched, and that one
// that reaches beyond it is found.
func TestFind_leaves_out_dead_parts(t *testing.T) {
	t.Parallel()
	b := newBlur(t)
	img := placed(640, 640, astronaut(t), 640, 0, 0, 0)
	for name, c := range map[string]struct {
		dead pipeline.Region
		want bool
	}{
		"elsewhere":       {pipeline.Region{X0: 0, Y0: .6, X1: 1, Y1: 1}, true},
		"half the face":   {pipeline.Region{X0: 0, Y0: 0, X1: .43, Y1: 1}, true},
		"all":             {pipeline.Region{X1: 1, Y1: 1}, false},
		"all of the face": {pipeline.Region{X1: 1, Y1: .6}, false},
	} {
		if got := len(b.faces.find(img, sureScore, []pipeline.Region{c.dead})) > 0; got != c.want {
			t.Errorf("%s: found: %v", name, got)
		}
	}
}

// TestGate_bounds_the_work checks that with many pictures at once a few are searched, a few wait,
// and the rest is coarse as a whole at once, and that a slot rests after its search.
func TestGate_bounds_the_work(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := openGate(2)
		g.most, g.wait = 3, 2*time.Second
		entered := make(chan bool, 100)
		for range 100 {
			go func() { entered <- g.enter() }()
		}
		synctest.Wait()
		if n := len(entered); n != 97 {
			t.Fatalf("%d of 100 callers have an answer", n)
		}
		in := 0
		for range 97 {
			if <-entered {
				in++
			}
		}
		if in != 2 {
			t.Errorf("%d callers search at once", in)
		}
		g.leave(time.Second)
		if synctest.Wait(); len(entered) != 0 {
			t.Error("a slot does not rest")
		}
		<-time.After(1500 * time.Millisecond)
		if synctest.Wait(); len(entered) != 1 || !<-entered {
			t.Error("the slot that has rested is not used")
		}
		<-time.After(time.Second)
		if synctest.Wait(); len(entered) != 2 || <-entered || <-entered {
			t.Error("callers wait longer than they should")
		}
		g.leave(0)
		g.leave(0)
		synctest.Wait()
	})
}

// TestPicture_without_room_is_coarse checks a picture that finds no room at the gate.
func TestPicture_without_room_is_coarse(t *testing.T) {
	t.Parallel()
	b := newBlur(t)
	b.gate = openGate(1)
	<-b.gate.slots
	out := sent(t, b, pipeline.Frame{Image: noise(400, 300), Changed: nothing}, nil, briefing.EgressBlurred)
	if d := detail(out, out.Bounds()); d > .12 {
		t.Errorf("edges in %.2f of the pixels", d)
	}
	b.gate.slots <- struct{}{}
	out = sent(t, b, pipeline.Frame{Image: noise(400, 300), Changed: nothing}, nil, briefing.EgressBlurred)
	if d := detail(out, out.Bounds()); d < .5 {
		t.Errorf("with room: edges in %.2f of the pixels", d)
	}
}
