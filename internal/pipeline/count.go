package pipeline

import (
	"cmp"
	"context"
	"image"
	"runtime/debug"
	"slices"
	"time"

	"bis/internal/briefing"
)

// count counts by the detector if a run needs it, and by zones. Nothing is counted on a damaged
// picture, on that of a blind camera, and while the light changes.
func (c *sharedCamera) count(of *capture, seen *sight) {
	asks, every := c.decide(of)
	burst := seen.burst
	seen.burst = nil // while it waits for its turn
	if seen.err != nil || seen.result.state != briefing.CameraOK || seen.damaged {
		return
	}
	defer func() {
		if cause := recover(); cause != nil {
			c.cfg.Log.Error("counting panicked",
				"camera", c.id, "panic", cause, "stack", string(debug.Stack()))
			seen.gate, seen.looked = nil, true
		}
	}()
	seen.gate = newGate(c.serial, seen.sketch, of.of.Zones)
	seen.looked = slices.ContainsFunc(asks, func(a ask) bool { return a.wants(seen.gate) })
	if seen.looked {
		room := of.room(every, c.cfg.Clock())
		ctx, cancel := context.WithTimeout(c.ctx, room)
		defer cancel()
		if c.admit(of, cancel) {
			wait := min(room, share(every, turnShare))
			seen.refused = !c.cfg.detect(ctx, seen, burst, c.masks, wait)
		}
	}
	seen.locate(of.of.Zones)
	c.remember(seen)
}

// mayCount reports whether there is a detector that may get the pictures of a camera.
func (cfg *Config) mayCount(of briefing.Camera) bool {
	if cfg.Counter == nil {
		return false
	}
	of.Egress = briefing.ResolveProviders(of.Egress, cfg.Providers)
	provider := cfg.Counter.Provider()
	return provider == "" || of.EgressOf(provider) == briefing.EgressFull
}

// detect counts by the detector, and reports whether it did. A detector also counts in pictures
// that motion cannot count in, because it needs no background.
func (cfg *Config) detect(
	ctx context.Context, seen *sight, burst []image.Image, masks []briefing.Polygon,
	wait time.Duration,
) bool {
	pictures := make([]image.Image, len(burst))
	for i, img := range burst {
		pictures[i] = Mask(img, masks)
	}
	found, ok := cfg.Counter.Count(ctx, pictures, wait)
	if !ok || len(found.Pictures) == 0 {
		return false
	}
	seen.found = surely(found.Pictures)
	f := &seen.facts
	f.Counted, f.Estimate, f.Detector, f.Method = true, false, found.Detector, found.Method
	switch f.Scene {
	case briefing.SceneLearning:
		f.Scene = briefing.SceneSteady
	case briefing.SceneChanged: // a crowd
		f.Scene = briefing.SceneMoving
	}
	seen.people = []Region{}
	for _, b := range seen.found[len(seen.found)-1] {
		if b.Name == briefing.Person {
			seen.people = append(seen.people, Region{X0: b.X0, Y0: b.Y0, X1: b.X1, Y1: b.Y1})
		}
	}
	return true
}

// leastThing is the score from which a thing other than a person counts. Detectors report people
// from a low score, because few are missed then. Among 79 other classes that finds kites and cows.
const leastThing = 0.5

// Certain reports whether a box of a detector counts.
func Certain(b Box) bool { return b.Name == briefing.Person || b.Score >= leastThing }

// surely leaves out things with a low score.
func surely(pictures [][]Box) [][]Box {
	sure := make([][]Box, len(pictures))
	for i, boxes := range pictures {
		for _, b := range boxes {
			if Certain(b) {
				sure[i] = append(sure[i], b)
			}
		}
	}
	return sure
}

// locate makes the counts of what was found, by zone. A measurer that has no boxes has counts
// alone, and they are not located.
func (s *sight) locate(zones []briefing.Zone) {
	if len(s.found) == 0 || !s.facts.Counted {
		return
	}
	s.facts.Counts = Counts(s.found, zones)
	boxes := slices.Clone(s.found[len(s.found)-1])
	slices.SortStableFunc(boxes, func(a, b Box) int { return cmp.Compare(b.Score, a.Score) })
	boxes = boxes[:min(len(boxes), briefing.MaxBoxes)]
	for i := range boxes {
		boxes[i].Zone = briefing.ZoneOf(zones, boxes[i].Foot())
	}
	s.facts.Boxes = boxes
}

// Counts returns the median of each class in each zone over the pictures of a burst, the lower one
// of two. A box belongs to the first zone that holds its foot point. With zones, boxes outside of
// all are not counted. People have an entry for each zone, or one. A zone has at most
// briefing.MaxCounts entries: those of people and of the most frequent classes. There is at least
// one picture.
func Counts(pictures [][]Box, zones []briefing.Zone) []briefing.ObjectCount {
	places := []string{""}
	if len(zones) > 0 {
		places = nil
		for _, z := range zones {
			places = append(places, z.ID)
		}
	}
	type what struct{ class, zone string }
	numbers := map[what][]int{}
	for _, zone := range places {
		numbers[what{briefing.Person, zone}] = make([]int, len(pictures))
	}
	for i, boxes := range pictures {
		for _, b := range boxes {
			key := what{b.Name, briefing.ZoneOf(zones, b.Foot())}
			if len(zones) > 0 && key.zone == "" {
				continue
			}
			if numbers[key] == nil {
				numbers[key] = make([]int, len(pictures))
			}
			numbers[key][i]++
		}
	}
	counts := []briefing.ObjectCount{}
	for key, list := range numbers {
		slices.Sort(list)
		if n := list[(len(list)-1)/2]; n > 0 || key.class == briefing.Person {
			counts = append(counts, briefing.ObjectCount{Name: key.class, Zone: key.zone, Count: n})
		}
	}
	counts = mostFrequent(counts)
	slices.SortFunc(counts, func(a, b briefing.ObjectCount) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name),
			cmp.Compare(slices.Index(places, a.Zone), slices.Index(places, b.Zone)))
	})
	return counts
}

// rank sorts people first.
func rank(c briefing.ObjectCount) int {
	if c.Name == briefing.Person {
		return 0
	}
	return 1
}

// mostFrequent leaves out the rarest classes of zones with too many. A detector elsewhere may
// answer any number of names.
func mostFrequent(counts []briefing.ObjectCount) []briefing.ObjectCount {
	slices.SortFunc(counts, func(a, b briefing.ObjectCount) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Count, a.Count),
			cmp.Compare(a.Name, b.Name))
	})
	number := map[string]int{}
	return slices.DeleteFunc(counts, func(c briefing.ObjectCount) bool {
		number[c.Zone]++
		return number[c.Zone] > briefing.MaxCounts
	})
}

// remember notes where people were found, for pictures in which they are blurred. A picture that
// nobody looked at is like an earlier one.
func (c *sharedCamera) remember(seen *sight) {
	if seen.people != nil || seen.looked {
		c.people = seen.people
	}
	seen.frame.People = c.people
}
