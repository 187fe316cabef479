package briefing

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// DemoScenes are the scenes of the demo shop, as its address names them.
var DemoScenes = []string{"covered", "day", "daynight", "freezer", "night", "queue"}

// ParseDemo returns the seed and the scene of what follows "demo:", such as "?seed=7&scene=night".
// Without options the seed is 1 and the scene is "day". Any other option, and an option that comes
// twice, is an InvalidError on field "source" that lists the scenes.
func ParseDemo(options string) (seed uint64, scene string, err error) {
	seed, scene = 1, "day"
	query, err := url.ParseQuery(strings.TrimPrefix(options, "?"))
	good := err == nil
	for name, values := range query {
		switch {
		case len(values) != 1:
			good = false
		case name == "seed":
			seed, err = strconv.ParseUint(values[0], 10, 64)
			good = good && err == nil
		case name == "scene":
			scene = values[0]
			good = good && slices.Contains(DemoScenes, scene)
		default:
			good = false
		}
	}
	if !good {
		return 0, "", Refuse(RefuseDemo, "source", "must have a seed and a scene alone after demo:, "+
			"such as demo:?seed=7&scene=night; the scenes are %s", strings.Join(DemoScenes, ", "))
	}
	return seed, scene, nil
}
