package briefing_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"bis/internal/briefing"
)

// declaredRefusals returns every Refusal that the package declares.
func declaredRefusals(t *testing.T) (all []briefing.Refusal) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "refusal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Refusal" {
				text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, briefing.Refusal(text))
			}
		}
		return true
	})
	return all
}

// Each refusal has a Korean sentence of its own that ends in the next step.
func TestRefuse_has_a_sentence_for_each_reason(t *testing.T) {
	t.Parallel()
	all := declaredRefusals(t)
	if len(all) < 30 {
		t.Fatalf("%d refusals are declared", len(all))
	}
	word := regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`)
	seen := map[string]briefing.Refusal{}
	for _, reason := range append(all, briefing.Refusal(briefing.TroubleWantsRTSP)) {
		err, ok := errors.AsType[*briefing.InvalidError](briefing.Refuse(reason, "f", "must be %d", 1))
		if !ok || err.Reason != reason || err.Error() != "f must be 1" || !word.MatchString(string(reason)) {
			t.Errorf("%s: %+v", reason, err)
		}
		korean := err.Korean
		if !strings.HasSuffix(korean, "세요.") || utf8.RuneCountInString(korean) > 120 || strings.Contains(korean, "  ") {
			t.Errorf("%s in Korean: %q", reason, korean)
		}
		if other, twice := seen[korean]; twice {
			t.Errorf("%s and %s have one sentence", reason, other)
		}
		seen[korean] = reason
	}
}

// No refusal of an address, a name, an area or a choice lacks its reason and its Korean sentence,
// and none repeats the noun of its field.
func TestRefusals_of_cameras_are_complete(t *testing.T) {
	t.Parallel()
	refusal := func(what string, err error) {
		t.Helper()
		invalid, ok := errors.AsType[*briefing.InvalidError](err)
		if !ok || invalid.Reason == "" || invalid.Korean == "" {
			t.Errorf("%s: %+v has no reason or no Korean sentence", what, err)
			return
		}
		if strings.Contains(invalid.Error(), "name must have a name") {
			t.Errorf("%s: %s", what, invalid)
		}
	}
	for _, address := range []string{
		"", "x", "http:", "http://", "gopher://cam/", "file:/a", "push:x", "demo:?scene=x", "demo:?seed=-1", "demo:?seed=1&seed=2",
		"demo:?%", "a\nb", strings.Repeat("a", 3000), "cam:554", "http://가/", "http://2001:db8::7/", "http://[fe80::1%eth0]/",
		"http://a:%0a@cam/",
	} {
		_, err := briefing.ParseSource(address)
		refusal("address "+address[:min(len(address), 40)], err)
	}
	for _, name := range []string{"", " ", "a\nb", "\xff", "a\u202eb", strings.Repeat("가", 65), strings.Repeat("가", 1<<16)} {
		for _, field := range []string{"name", "zones"} {
			_, err := briefing.CleanCameraName(field, name)
			refusal(field, err)
		}
	}
	_, err := briefing.CleanFingerprint("ab")
	refusal("a fingerprint", err)
	refusal("a login", briefing.CheckLogin("a\nb"))
	refusal("egress", briefing.CheckEgress([]briefing.ProviderEgress{{Provider: "a", Egress: "X"}}))
	refusal("egress", briefing.CheckEgress([]briefing.ProviderEgress{{Egress: "FULL"}}))
	refusal("egress", briefing.CheckEgress(make([]briefing.ProviderEgress, 21)))
	refusal("what is kept", briefing.CheckKeep("X", 1))
	refusal("how long", briefing.CheckKeep(briefing.KeepLast, 31))
	refusal("areas", briefing.CheckPolygons("masks", make([]briefing.Polygon, 33)))
	refusal("an area", briefing.CheckPolygons("masks", make([]briefing.Polygon, 1)))
	refusal("one camera too many", briefing.ErrTooManyCameras)
}

// A wrong scene is answered with the right ones.
func TestParseDemo_lists_the_scenes(t *testing.T) {
	t.Parallel()
	_, err := briefing.ParseSource("demo:?scene=xx")
	invalid, ok := errors.AsType[*briefing.InvalidError](err)
	for _, scene := range briefing.DemoScenes {
		if !ok || !strings.Contains(invalid.Rule, scene) || !strings.Contains(invalid.Korean, scene) {
			t.Errorf("%v lacks %s", err, scene)
		}
		if _, got, err := briefing.ParseDemo("?seed=9&scene=" + scene); err != nil || got != scene {
			t.Errorf("%s: %s, %v", scene, got, err)
		}
	}
	if seed, scene, err := briefing.ParseDemo(""); seed != 1 || scene != "day" || err != nil {
		t.Errorf("without options: %d, %s, %v", seed, scene, err)
	}
}
