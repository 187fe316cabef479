package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
)

const (
	cameraFields = `id username name source hasCredentials certificate hasFrameToken
		zones { name polygon { points { x y } } } masks { points { x y } } egress { provider egress }
		keepFrames keepDays health { state reason words } lastFrame { id }`
	saveDocument = `mutation($in: SaveCameraInput!) { saveCamera(input: $in) { credentialsCleared camera { ` + cameraFields + ` } } }`
)

// save saves a camera of kim and returns its id.
func (h *house) save(in map[string]any) string {
	h.t.Helper()
	a := h.ask(`mutation($in: SaveCameraInput!) { saveCamera(input: $in) { camera { id } } }`, "in", in)
	if len(a.Errors) > 0 {
		h.t.Fatal(a.Errors)
	}
	var data struct{ Camera struct{ ID string } }
	must(h.t, json.Unmarshal(a.Data["saveCamera"], &data))
	return data.Camera.ID
}

func (h *house) login(names ...string) {
	h.t.Helper()
	for _, name := range names {
		_, _, err := h.store.EnsureUser(h.t.Context(), name, nil)
		must(h.t, err)
	}
}

func TestSaveCamera(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.login("kim")
	area := `{"points":[{"x":0,"y":0},{"x":0.5,"y":0},{"x":0,"y":1}]}`
	var polygon map[string]any
	must(t, json.Unmarshal([]byte(area), &polygon))
	in := map[string]any{
		"username": "kim", "name": "문 앞", "source": "HTTP://admin:p@ss@192.0.2.7/a.jpg?pwd=hunter2",
		"zones": []any{map[string]any{"name": "계산대", "polygon": polygon}}, "masks": []any{polygon},
		"egress":     []any{map[string]any{"provider": "api.example", "egress": "BLURRED"}},
		"keepFrames": "LAST", "keepDays": 3, "certificate": strings.Repeat("0a", 32),
	}
	id := h.save(in)
	full := fmt.Sprintf(`{"id":%q,"username":"kim","name":"문 앞","source":"http://192.0.2.7/a.jpg?pwd=***","hasCredentials":true,`+
		`"certificate":%q,"hasFrameToken":false,"zones":[{"name":"계산대","polygon":%s}],"masks":[%s],`+
		`"egress":[{"provider":"api.example","egress":"BLURRED"}],"keepFrames":"LAST","keepDays":3,`+
		`"health":{"state":"UNKNOWN","reason":null,"words":null},"lastFrame":null}`, id, strings.Repeat("0a", 32), area, area)
	h.gets(`query($id: ID!) { camera(id: $id) { `+cameraFields+` } }`, `{"camera":`+full+`}`, "id", id)
	h.gets(saveDocument, `{"saveCamera":{"credentialsCleared":false,"camera":`+strings.Replace(full, "문 앞", "뒤", 1)+`}}`,
		"in", map[string]any{"id": id, "name": "뒤"})
	plain := fmt.Sprintf(`{"id":%q,"username":"kim","name":"뒤","source":"http://192.0.2.8/","hasCredentials":false,`+
		`"certificate":null,"hasFrameToken":false,"zones":[],"masks":[],"egress":[],"keepFrames":"NONE","keepDays":7,`+
		`"health":{"state":"UNKNOWN","reason":null,"words":null},"lastFrame":null}`, id)
	h.gets(saveDocument, `{"saveCamera":{"credentialsCleared":true,"camera":`+plain+`}}`, "in", map[string]any{
		"id": id, "source": "http://192.0.2.8", "zones": nil, "masks": nil, "egress": nil, "keepFrames": nil, "keepDays": nil,
	})
	h.gets(`mutation($id: ID!) { saveCamera(input: {id: $id, credentials: {username: "a", password: "b"}}) { camera { source hasCredentials } } }`,
		`{"saveCamera":{"camera":{"source":"http://192.0.2.8/","hasCredentials":true}}}`, "id", id)
	h.gets(`mutation($id: ID!) { saveCamera(input: {id: $id, credentials: null}) { camera { hasCredentials } } }`,
		`{"saveCamera":{"camera":{"hasCredentials":false}}}`, "id", id)
	h.gets(`query { cameras(username: "kim") { id username source keepFrames egress { egress } } }`,
		fmt.Sprintf(`{"cameras":[{"id":"default","username":null,"source":null,"keepFrames":"NONE","egress":[]},`+
			`{"id":%q,"username":"kim","source":"http://192.0.2.8/","keepFrames":"NONE","egress":[]}]}`, id))
	if text := h.log.String(); strings.Contains(text, "p@ss") || strings.Contains(text, "hunter2") {
		t.Errorf("the log has credentials:\n%s", text)
	}
}

func TestSaveCamera_refusals(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.login("kim", "lee")
	id := h.save(map[string]any{"username": "kim", "name": "a", "source": "demo:"})
	points := func(xy ...float64) map[string]any {
		var list []any
		for i := 0; i+1 < len(xy); i += 2 {
			list = append(list, map[string]any{"x": xy[i], "y": xy[i+1]})
		}
		return map[string]any{"points": list}
	}
	with := func(field string, value any) map[string]any {
		in := map[string]any{"username": "kim", "name": "a", "source": "http://192.0.2.7/"}
		in[field] = value
		return in
	}
	for name, c := range map[string]struct {
		in    map[string]any
		field string
	}{
		"no name":             {with("name", ""), "name"},
		"a null name":         {with("name", nil), "name"},
		"a null source":       {with("source", nil), "source"},
		"a file":              {with("source", "file:/etc/passwd"), "source"},
		"no host":             {with("source", "http://"), "source"},
		"a number as source":  {with("source", 7), "source"},
		"a mask of 2 points":  {with("masks", []any{points(0, 0, 1, 1)}), "masks"},
		"a mask outside":      {with("masks", []any{points(0, 0, 1.5, 0, 0, 1)}), "masks"},
		"a mask that crosses": {with("masks", []any{points(0, 0, 1, 1, 1, 0, 0, 1)}), "masks"},
		"a point as text":     {with("masks", []any{map[string]any{"points": []any{map[string]any{"x": "0", "y": 0}}}}), "x"},
		"another egress":      {with("egress", []any{map[string]any{"provider": "a", "egress": "ALL"}}), "egress"},
		"other frames":        {with("keepFrames", "ALL"), "keepFrames"},
		"31 days":             {with("keepDays", 31), "keepDays"},
		"half a day":          {with("keepDays", 0.5), "keepDays"},
		"another field":       {with("colour", "red"), "colour"},
		"of the settings":     {with("id", "default"), "id"},
		"no user":             {with("username", nil), "username"},
	} {
		f := h.refuses("BAD_USER_INPUT", saveDocument, "in", c.in)
		if f.Extensions["field"] != c.field || strings.Contains(f.Message, "passwd") {
			t.Errorf("%s: field %v, want %s: %s", name, f.Extensions["field"], c.field, f.Message)
		}
	}
	for _, in := range []map[string]any{
		{"id": unknown, "name": "b"}, {"id": "yard", "name": "b"}, {"id": id, "username": "lee", "name": "b"},
		{"username": "nobody", "name": "b", "source": "demo:"},
	} {
		h.refuses("NOT_FOUND", saveDocument, "in", in)
	}
	h.refuses("NOT_FOUND", `{ cameras(username: "nobody") { id } }`)
	h.gets(`query($id: ID!) { camera(id: $id) { id } }`, `{"camera":null}`, "id", unknown)
	for _, id := range []string{unknown, "yard"} {
		h.refuses("NOT_FOUND", `mutation($id: ID!) { deleteCamera(id: $id) { id } }`, "id", id)
		h.refuses("NOT_FOUND", `mutation($id: ID!) { createFrameToken(cameraId: $id) { token } }`, "id", id)
		h.refuses("NOT_FOUND", `mutation($id: ID!) { revokeFrameToken(cameraId: $id) { camera { id } } }`, "id", id)
		h.refuses("NOT_FOUND", `mutation($id: ID!) { testCamera(input: {id: $id}) { latencyMs } }`, "id", id)
		h.refuses("NOT_FOUND", `mutation($id: ID!) { endBriefing(username: "kim", cameraId: $id) { id } }`, "id", id)
	}
	for _, operation := range []string{`deleteCamera(id: "default") { id }`, `createFrameToken(cameraId: "default") { token }`} {
		h.refuses("BAD_USER_INPUT", `mutation { `+operation+` }`)
	}
}

func TestSaveCamera_at_most_200_of_a_user(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.login("kim", "lee")
	for i := range briefing.MaxCameras {
		_, err := h.store.SaveCamera(t.Context(), briefing.Camera{Username: "kim", Name: fmt.Sprint(i), Source: "demo:", KeepDays: 1, KeepFrames: "NONE"})
		must(t, err)
	}
	in := map[string]any{"username": "kim", "name": "a", "source": "demo:"}
	if f := h.refuses("BAD_USER_INPUT", saveDocument, "in", in); f.Extensions["field"] != "cameras" {
		t.Errorf("the 201st: %+v", f)
	}
	in["username"] = "lee"
	h.save(in)
	a := h.ask(`{ cameras(username: "kim") { ` + cameraFields + ` } user(username: "kim") { activeRequests { id camera { id name } } } }`)
	if len(a.Errors) > 0 {
		t.Errorf("the whole list: %v", a.Errors)
	}
}

func TestTestCamera(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.login("kim")
	since := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	document := `mutation($in: SaveCameraInput!) { testCamera(input: $in) { health { state since reason words detail english: detail(language: EN) }
		picture width height facts { people counts { name count zone method } health { state } frameId } certificate latencyMs tiles { columns rows busy } } }`
	in := map[string]any{"username": "kim", "source": "http://me:hunter2@192.0.2.7/"}
	h.tester.result = briefing.CameraTest{
		Health: briefing.CameraHealth{State: briefing.CameraOK, Since: since}, JPEG: []byte{0xff, 0xd8}, Width: 4000, Height: 3000,
		Frame: &briefing.Frame{ID: "f"}, Took: 1234567 * time.Microsecond, Certificate: strings.Repeat("0a", 32),
		Tiles: &briefing.Tiles{Columns: 2, Rows: 2, Busy: []bool{false, true, false, false}},
		Facts: briefing.Facts{
			Counts: []briefing.ObjectCount{{Name: "person", Count: 2}}, Counted: true, Estimate: true, Detector: "motion",
			Health: &briefing.CameraHealth{State: briefing.CameraOK, Since: since}, FrameID: "f",
		},
	}
	h.gets(document, `{"testCamera":{"health":{"state":"OK","since":"2026-03-01T12:00:00+09:00","reason":null,"words":null,"detail":null,"english":null},`+
		`"picture":"data:image/jpeg;base64,/9g=","width":4000,"height":3000,"facts":{"people":2,"counts":[{"name":"person","count":2,"zone":null,"method":"MOTION"}],"health":{"state":"OK"},"frameId":"f"},`+
		`"certificate":"`+strings.Repeat("0a", 32)+`","latencyMs":1234,"tiles":{"columns":2,"rows":2,"busy":[false,true,false,false]}}}`, "in", in)
	if h.tester.trial.Plain == "" || h.tester.trial.Camera.Source != "http://192.0.2.7/" {
		t.Errorf("the trial was %+v", h.tester.trial)
	}
	h.tester.result = briefing.CameraTest{
		Health: briefing.CameraHealth{State: briefing.CameraRefused, Since: since, Reason: briefing.TroubleLogin, Words: "401 Unauthorized"},
		Took:   time.Millisecond,
	}
	a := h.ask(document, "in", in)
	if text := string(a.Data["testCamera"]); len(a.Errors) > 0 || !strings.Contains(text, `"state":"REFUSED"`) ||
		!strings.Contains(text, `"words":"401 Unauthorized"`) || !strings.Contains(text, `"picture":null,"width":null,"height":null,"facts":null`) ||
		strings.Contains(text, `"detail":null`) || strings.Contains(text, `"english":null`) || strings.Contains(text, "hunter2") {
		t.Errorf("a refusing camera: %s %v", text, a.Errors)
	}
	h.tester.err = briefing.Invalid("source", "must be another one")
	if f := h.refuses("BAD_USER_INPUT", document, "in", in); f.Extensions["field"] != "source" {
		t.Errorf("%+v", f)
	}
	h.tester.err = briefing.ErrUnavailable
	h.refuses("UNAVAILABLE", document, "in", in)
	h.refuses("BAD_USER_INPUT", document, "in", map[string]any{"username": "kim"})
}

func TestFrameToken(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.login("kim")
	id := h.save(map[string]any{"username": "kim", "name": "a", "source": "push:"})
	a := h.ask(`mutation($id: ID!) { createFrameToken(cameraId: $id) { token url camera { hasFrameToken } } }`, "id", id)
	var got struct {
		Token, URL string
		Camera     struct{ HasFrameToken bool }
	}
	must(t, json.Unmarshal(a.Data["createFrameToken"], &got))
	if len(got.Token) < 43 || got.URL != "/cameras/"+id+"/frames" || !got.Camera.HasFrameToken {
		t.Errorf("%+v", got)
	}
	stored, err := h.store.Camera(t.Context(), briefing.CameraID(id))
	must(t, err)
	if len(stored.TokenHash) != 32 || strings.Contains(got.Token, string(stored.TokenHash)) {
		t.Errorf("stored as %x", stored.TokenHash)
	}
	h.gets(`mutation($id: ID!) { revokeFrameToken(cameraId: $id) { camera { hasFrameToken } credentialsCleared } }`,
		`{"revokeFrameToken":{"camera":{"hasFrameToken":false},"credentialsCleared":false}}`, "id", id)
	other := h.save(map[string]any{"username": "kim", "name": "a", "source": "demo:"})
	f := h.refuses("BAD_USER_INPUT", `mutation($id: ID!) { createFrameToken(cameraId: $id) { token } }`, "id", other)
	if f.Extensions["field"] != "cameraId" {
		t.Errorf("%+v", f)
	}
	if text := h.log.String(); strings.Contains(text, got.Token) {
		t.Error("the log has the token")
	}
}

func TestRequests_of_several_cameras(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.login("kim", "lee")
	door := h.save(map[string]any{"username": "kim", "name": "문", "source": "demo:"})
	start := func(username string, camera any) answer {
		return h.ask(`mutation($in: StartBriefingInput!) { startBriefing(input: $in) { id camera { id name } } }`,
			"in", map[string]any{"username": username, "interval": 5, "endTime": time.Now().Add(time.Hour).Format(time.RFC3339), "cameraId": camera})
	}
	first, second := start("kim", nil), start("kim", door)
	if !strings.Contains(string(second.Data["startBriefing"]), `"camera":{"id":"`+door+`","name":"문"}`) ||
		!strings.Contains(string(first.Data["startBriefing"]), `"camera":{"id":"default","name":"default"}`) {
		t.Errorf("%s, %s %v", first.Data, second.Data, second.Errors)
	}
	if a := start("lee", door); len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "NOT_FOUND" {
		t.Errorf("kim's camera for lee: %s %v", a.Data, a.Errors)
	}
	h.gets(`{ user(username: "kim") { activeRequest { camera { id } } activeRequests { camera { id } } requests(first: 100) { edges { node { camera { id } } } } } }`,
		fmt.Sprintf(`{"user":{"activeRequest":{"camera":{"id":%[1]q}},"activeRequests":[{"camera":{"id":%[1]q}},{"camera":{"id":"default"}}],`+
			`"requests":{"edges":[{"node":{"camera":{"id":%[1]q}}},{"node":{"camera":{"id":"default"}}}]}}}`, door))
	h.refuses("CONFLICT", `mutation($id: ID!) { deleteCamera(id: $id) { id } }`, "id", door)
	h.refuses("NOT_FOUND", `mutation($id: ID!) { endBriefing(username: "lee", cameraId: $id) { id } }`, "id", door)
	h.gets(`mutation($id: ID!) { endBriefing(username: "kim", cameraId: $id) { camera { id } } }`,
		fmt.Sprintf(`{"endBriefing":{"camera":{"id":%q}}}`, door), "id", door)
	h.gets(`mutation($id: ID!) { endBriefing(username: "kim", cameraId: $id) { id } }`, `{"endBriefing":null}`, "id", door)
	h.gets(`mutation { endBriefing(username: "kim") { camera { id } } }`, `{"endBriefing":{"camera":{"id":"default"}}}`)
	h.gets(`mutation($id: ID!) { deleteCamera(id: $id) { id } }`, fmt.Sprintf(`{"deleteCamera":{"id":%q}}`, door), "id", door)
	h.gets(`{ user(username: "kim") { requests(first: 1) { edges { node { camera { id username name source health { state } } } } } } }`,
		fmt.Sprintf(`{"user":{"requests":{"edges":[{"node":{"camera":{"id":%q,"username":"kim","name":"","source":null,"health":{"state":"UNKNOWN"}}}}]}}}`, door))
}

// A camera that is refused has a word for programs and a Korean sentence for the owner, beside the
// English message. So have saves and tests of it.
func TestCameras_refusals_have_a_reason_and_a_korean_sentence(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ask(`mutation { login(username: "kim") { outcome } }`)
	for field, c := range map[string]struct{ value, reason, korean string }{
		"source": {"demo:?scene=xx", "DEMO_OPTIONS", "covered, day, daynight, freezer, night, queue"},
		"name":   {"  ", "NAME_EMPTY", "이름을 적어 주세요."},
	} {
		in := map[string]any{"username": "kim", "name": "a", "source": "http://192.0.2.7/"}
		in[field] = c.value
		for _, document := range []string{saveDocument, `mutation($in: SaveCameraInput!) { testCamera(input: $in) { latencyMs } }`} {
			if field == "name" && document != saveDocument {
				continue // the name of a test does not matter
			}
			got := h.refuses("BAD_USER_INPUT", document, "in", in)
			detail, _ := got.Extensions["detail"].(string)
			if got.Extensions["field"] != field || got.Extensions["reason"] != c.reason || !strings.Contains(detail, c.korean) || strings.Contains(got.Message, "name must have a name") {
				t.Errorf("%s: %s %v", field, got.Message, got.Extensions)
			}
		}
	}
}
