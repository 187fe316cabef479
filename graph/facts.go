package graph

import (
	"context"

	"bis/internal/briefing"
)

// Briefing resolves Query.briefing: null for an unknown id.
func (q query) Briefing(ctx context.Context, id string) (*briefing.Briefing, error) {
	b, err := q.svc.Briefing(ctx, viewer(ctx), briefing.BriefingID(id))
	return orNull(&b, err)
}

// Facts resolves Briefing.facts: null for a briefing that came without figures.
func (report) Facts(_ context.Context, of *briefing.Briefing) (*Facts, error) {
	if !of.Facts.Measured() {
		return nil, nil
	}
	return factsOf(of.Facts, of.Source), nil
}

// factsOf converts facts. source is that of their briefing, or empty.
func factsOf(f briefing.Facts, source string) *Facts {
	answer := &Facts{
		Counts: []FactCount{}, Scene: scenes[f.Scene], Health: f.Health, FrameID: orNone(f.FrameID),
		Boxes: boxesOf(f.Boxes),
	}
	if n, ok := f.People(); ok {
		answer.People = &n
	}
	if change, ok := f.ChangeShare(); ok {
		answer.Change = &change
	}
	if brightness, ok := f.Luma(); ok {
		answer.Brightness = &brightness
	}
	if f.Detector != "" {
		answer.Detector = &f.Detector
	}
	if !f.Counted {
		return answer
	}
	method := methodOf(f, source)
	for _, c := range f.Counts {
		answer.Counts = append(answer.Counts, FactCount{
			Name: c.Name, Count: c.Count, Zone: orNone(c.Zone), Method: method, Estimate: f.Estimate,
		})
	}
	return answer
}

// scenes maps stored scenes to those of the schema. A scene that is missing here is null: there was
// no picture, or it is unknown.
var scenes = map[briefing.Scene]*Scene{
	briefing.SceneLearning: scene(SceneLearning),
	briefing.SceneSteady:   scene(SceneSteady),
	briefing.SceneMoving:   scene(SceneMoving),
	briefing.SceneChanged:  scene(SceneChanged),
	briefing.SceneDark:     scene(SceneDark),
}

func scene(s Scene) *Scene { return &s }

// boxesOf converts boxes. The answer is never nil.
func boxesOf(boxes []briefing.Box) []Box {
	list := make([]Box, len(boxes))
	for i := range boxes {
		b := &boxes[i]
		list[i] = Box{X0: b.X0, Y0: b.Y0, X1: b.X1, Y1: b.Y1, Name: b.Name, Zone: orNone(b.Zone)}
		if b.Score != 0 {
			list[i].Score = &b.Score
		}
	}
	return list
}

// methodOf returns how objects were counted. source is that of their briefing, or empty.
func methodOf(f briefing.Facts, source string) CountMethod {
	if source == briefing.SourceOutside {
		return CountMethodOutside
	}
	return methods[f.CountedBy()]
}

// methods maps the methods of counting to those of the schema.
var methods = map[briefing.CountMethod]CountMethod{
	briefing.MethodMotion: CountMethodMotion,
	briefing.MethodModel:  CountMethodModel,
	briefing.MethodHTTP:   CountMethodHTTP,
	"":                    CountMethodOutside,
}
