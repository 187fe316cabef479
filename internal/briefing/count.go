package briefing

import (
	"slices"
)

// CountMethod says how objects were counted. The values are stored.
type CountMethod string

// The methods. Facts without one are older than this field, or from outside.
const (
	MethodMotion CountMethod = "motion" // by areas that move or differ from the empty shop
	MethodModel  CountMethod = "model"  // by a model on this machine
	MethodHTTP   CountMethod = "http"   // by a detector that is called over HTTP
)

// ObjectCount is the number of objects of one class, in one zone or in the picture.
type ObjectCount struct {
	Name  string `json:"name"` // lower-case COCO class: "person", "bottle"
	Count int    `json:"count"`
	// Zone is the ID of the zone of the camera that the objects stand in. Empty: the camera had no
	// zones, so that the whole picture counts.
	Zone string `json:"zone,omitempty"`
}

// Person is the COCO class of people.
const Person = "person"

// MaxBoxes is the most boxes of a briefing. Those with the highest scores are stored.
const MaxBoxes = 100

// Box is a thing that was found in a picture. Its edges are shares of the picture's width and
// height, 0 to 1, with four decimals.
type Box struct {
	X0    float64 `json:"x0" bson:"x0"`
	Y0    float64 `json:"y0" bson:"y0"`
	X1    float64 `json:"x1" bson:"x1"`
	Y1    float64 `json:"y1" bson:"y1"`
	Name  string  `json:"name" bson:"name"`                       // lower-case COCO class
	Score float64 `json:"score,omitempty" bson:"score,omitempty"` // 0 to 1; 0: it has no score
	Zone  string  `json:"zone,omitempty" bson:"zone,omitempty"`   // of the foot point; empty: none
}

// Foot returns the point where a thing stands: the middle of the box's lower edge.
func (b Box) Foot() Point { return Point{X: (b.X0 + b.X1) / 2, Y: b.Y1} }

// ZoneOf returns the ID of the first zone that holds a point, or "".
func ZoneOf(zones []Zone, at Point) string {
	for _, z := range zones {
		if z.Polygon.Contains(at) {
			return z.ID
		}
	}
	return ""
}

// People returns the number of people in all zones, and whether people were counted at all. Without
// an entry for people, nobody searched for them.
func (f Facts) People() (n int, ok bool) {
	for _, c := range f.Counts {
		if c.Name == Person {
			n, ok = n+c.Count, f.Counted
		}
	}
	return n, ok
}

// ByClass returns the counts of each class over all zones, in the order in which the classes occur.
func (f Facts) ByClass() []ObjectCount {
	if f.Counts == nil {
		return nil
	}
	all := make([]ObjectCount, 0, len(f.Counts))
	at := make(map[string]int, len(f.Counts))
	for _, c := range f.Counts {
		i, ok := at[c.Name]
		if !ok {
			i = len(all)
			at[c.Name] = i
			all = append(all, ObjectCount{Name: c.Name})
		}
		all[i].Count += c.Count
	}
	return all
}

// SameCounts reports whether two briefings have the same counts of each class and zone, in any
// order.
func (f *Facts) SameCounts(g *Facts) bool {
	if f.Counted != g.Counted || len(f.Counts) != len(g.Counts) {
		return false
	}
	if slices.Equal(f.Counts, g.Counts) {
		return true
	}
	counts := make(map[ObjectCount]int, len(f.Counts))
	for i := range f.Counts {
		counts[f.Counts[i]]++
		counts[g.Counts[i]]--
	}
	for _, n := range counts {
		if n != 0 {
			return false
		}
	}
	return true
}

// CountedBy returns how objects were counted. Facts that are older than Method have the detector's
// name alone. Empty: nothing was counted, or it was counted outside.
func (f Facts) CountedBy() CountMethod {
	switch {
	case f.Method != "" || !f.Counted:
		return f.Method
	case f.Estimate, f.Detector == DetectorMotion:
		return MethodMotion
	case f.Detector != "":
		return MethodModel
	}
	return ""
}

// Counting says who counts on this server now, and how fast.
type Counting struct {
	Method CountMethod
	Name   string // of the model's file or of the detector's host; empty: motion counts
	// MedianMs is the median time of the last pictures, in milliseconds a picture; 0: none yet.
	MedianMs int
	// Wanted is the name of the configured detector while it does not count; empty: it counts, or
	// none is configured.
	Wanted string
	// Reason says in one stable word why the configured detector does not count, such as
	// "PREPARING". Detail is the same as a sentence for owners, in Korean.
	Reason, Detail string
}
