package briefing_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"bis/internal/briefing"
)

// area makes a polygon of x, y, x, y, …
func area(xy ...float64) briefing.Polygon {
	var p briefing.Polygon
	for i := 0; i+1 < len(xy); i += 2 {
		p.Points = append(p.Points, briefing.Point{X: xy[i], Y: xy[i+1]})
	}
	return p
}

// ring is a polygon of n points on a circle.
func ring(n int) briefing.Polygon {
	var p briefing.Polygon
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		p.Points = append(p.Points, briefing.Point{X: .5 + .4*cos, Y: .5 + .4*sin})
	}
	return p
}

func TestCheckPolygons(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for name, c := range map[string]struct {
		polygon briefing.Polygon
		rule    string // a part of the refusal; empty: accepted
	}{
		"a triangle":                     {area(0, 0, 1, 0, 0, 1), ""},
		"the other direction":            {area(0, 1, 1, 0, 0, 0), ""},
		"the whole frame":                {area(0, 0, 1, 0, 1, 1, 0, 1), ""},
		"an L":                           {area(0, 0, .5, 0, .5, .5, 1, .5, 1, 1, 0, 1), ""},
		"a corner of 180 degrees":        {area(0, 0, .5, 0, 1, 0, 1, 1), ""},
		"a narrow strip":                 {area(0, .5, 1, .5, 1, .501, 0, .501), ""},
		"the most points":                {ring(briefing.MaxPolygonPoints), ""},
		"a star with a free centre":      {area(.5, 0, .6, .4, 1, .5, .6, .6, .5, 1, .4, .6, 0, .5, .4, .4), ""},
		"nothing":                        {area(), "3 to 32 points"},
		"a point":                        {area(.5, .5), "3 to 32 points"},
		"two points":                     {area(0, 0, 1, 1), "3 to 32 points"},
		"too many points":                {ring(briefing.MaxPolygonPoints + 1), "3 to 32 points"},
		"left of the frame":              {area(-.01, 0, 1, 0, 0, 1), "within the picture"},
		"below the frame":                {area(0, 0, 1, 0, 0, 1.0001), "within the picture"},
		"pixels instead of shares":       {area(0, 0, 640, 0, 640, 360), "within the picture"},
		"no number":                      {area(0, 0, nan, 0, 0, 1), "within the picture"},
		"endless":                        {area(0, 0, math.Inf(1), 0, 0, 1), "within the picture"},
		"the first point again":          {area(0, 0, 1, 0, 0, 1, 0, 0), "each point once"},
		"one point three times":          {area(.2, .2, .2, .2, .2, .2), "each point once"},
		"a bow tie":                      {area(0, 0, 1, 1, 1, 0, 0, 1), "neither cross nor touch"},
		"a pentagram":                    {area(.5, 0, .8, 1, 0, .4, 1, .4, .2, 1), "neither cross nor touch"},
		"a corner on another edge":       {area(0, 0, 1, 0, 1, 1, .5, 0, 0, 1), "neither cross nor touch"},
		"a spike":                        {area(0, 0, 1, 0, 1, 1, 1, .5, 0, 1), "neither cross nor touch"},
		"an edge back over its neighbor": {area(0, 0, 1, 0, .5, 0, .5, 1), "neither cross nor touch"},
		"three points of a line":         {area(.1, .1, .2, .2, .3, .3), "enclose something"},
		"five points of a line":          {area(.1, .2, .2, .4, .15, .3, .3, .6, .4, .8), "enclose something"},
		"a hair":                         {area(0, .5, 1, .5, 1, .5000001), "enclose something"},
		"a grain":                        {area(.5, .5, .5001, .5, .5, .5001), "enclose something"},
	} {
		for _, turned := range []briefing.Polygon{c.polygon, backwards(c.polygon)} {
			err := briefing.CheckPolygons("masks", []briefing.Polygon{area(0, 0, 1, 0, 0, 1), turned})
			if c.rule == "" {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			invalid, ok := errors.AsType[*briefing.InvalidError](err)
			if !ok || invalid.Field != "masks" || !strings.HasPrefix(invalid.Rule, "area 2 must ") || !strings.Contains(invalid.Rule, c.rule) {
				t.Errorf("%s: %v, want the rule %q of masks", name, err, c.rule)
			}
		}
	}
}

// backwards returns the polygon with its points in the other direction.
func backwards(p briefing.Polygon) briefing.Polygon {
	points := slices.Clone(p.Points)
	slices.Reverse(points)
	return briefing.Polygon{Points: points}
}

func TestCheckPolygons_bounds_their_number(t *testing.T) {
	t.Parallel()
	most := slices.Repeat([]briefing.Polygon{ring(5)}, briefing.MaxPolygons)
	if err := briefing.CheckPolygons("zones", most); err != nil {
		t.Errorf("%d polygons: %v", len(most), err)
	}
	if err := briefing.CheckPolygons("zones", nil); err != nil {
		t.Errorf("none: %v", err)
	}
	if err := briefing.CheckPolygons("zones", append(most, ring(5))); !errors.Is(err, briefing.ErrInvalid) {
		t.Errorf("one more: %v", err)
	}
}

func TestPolygon_Contains(t *testing.T) {
	t.Parallel()
	l := area(0, 0, .5, 0, .5, .5, 1, .5, 1, 1, 0, 1)
	whole := area(0, 0, 1, 0, 1, 1, 0, 1)
	for _, c := range []struct {
		polygon briefing.Polygon
		x, y    float64
		want    bool
	}{
		{l, .25, .25, true},
		{l, .75, .75, true},
		{l, .75, .25, false},
		{l, .5, .5, true},    // the inner corner
		{l, .5, .25, true},   // on an edge
		{l, .51, .49, false}, // beside the inner corner
		{l, 1, 1, true},
		{whole, .3, 1, true}, // the feet of a person at the bottom
		{whole, 0, 0, true},
		{whole, .3, 1.001, false},
		{whole, -.001, .5, false},
		{area(.5, .1, .9, .5, .5, .9, .1, .5), .2, .5, true}, // the ray passes a corner
		{area(.5, .1, .9, .5, .5, .9, .1, .5), 0, .5, false},
		{area(.5, .1, .9, .5, .5, .9, .1, .5), .2, .1, false}, // the ray touches a corner
		{briefing.Polygon{}, 0, 0, false},
	} {
		for _, p := range []briefing.Polygon{c.polygon, backwards(c.polygon)} {
			if got := p.Contains(briefing.Point{X: c.x, Y: c.y}); got != c.want {
				t.Errorf("Contains(%v, %v) = %v, want %v in %v", c.x, c.y, got, c.want, p.Points)
			}
		}
	}
}

// Whatever is accepted encloses a part of the frame, and no order of its points changes the answer.
func FuzzPolygon(f *testing.F) {
	f.Add(0., 0., 1., 0., 1., 1., 0., 1.)
	f.Add(0., 0., 1., 1., 1., 0., 0., 1.)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i float64) {
		p := area(a, b, c, d, e, g, h, i)
		err := briefing.CheckPolygons("masks", []briefing.Polygon{p})
		if again := briefing.CheckPolygons("masks", []briefing.Polygon{backwards(p)}); (err == nil) != (again == nil) {
			t.Errorf("%v: %v, backwards %v", p.Points, err, again)
		}
		if err == nil && !p.Contains(p.Points[0]) {
			t.Errorf("%v does not contain its corner", p.Points)
		}
	})
}
