package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// saveCamera saves a camera and returns its id. input is the input's fields as GraphQL.
func saveCamera(t *testing.T, c *child, input string) string {
	t.Helper()
	var data struct {
		SaveCamera struct{ Camera struct{ ID string } }
	}
	if err := c.graphql(t.Context(), `mutation { saveCamera(input: {`+input+`}) { camera { id } } }`, &data); err != nil {
		t.Fatal(err)
	}
	return data.SaveCamera.Camera.ID
}

// do runs an operation that must succeed.
func do(t *testing.T, c *child, query string) {
	t.Helper()
	if err := c.graphql(t.Context(), query, nil); err != nil {
		t.Fatal(err)
	}
}

// activeCameras returns the cameras of a user's active requests, newest request first.
func activeCameras(t *testing.T, c *child, username string) (ids []string) {
	t.Helper()
	var data struct {
		User struct {
			ActiveRequests []struct{ Camera struct{ ID string } }
		}
	}
	if err := c.graphql(t.Context(), fmt.Sprintf(`{ user(username: %q) { activeRequests { camera { id } } } }`, username), &data); err != nil {
		t.Fatal(err)
	}
	for _, r := range data.User.ActiveRequests {
		ids = append(ids, r.Camera.ID)
	}
	return ids
}

// oldForm posts a form to an old path and returns the answer.
func oldForm(t *testing.T, c *child, path, username string) string {
	t.Helper()
	res, err := http.PostForm(c.url+path, url.Values{"username": {username}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text := make([]byte, 4<<10)
	n, _ := res.Body.Read(text)
	return string(text[:n])
}

// A request on a second camera runs beside one on the camera of the settings. A restart continues
// both, and each is ended for itself. The old paths know the camera of the settings, and all
// requests.
func TestServer_briefs_on_several_cameras(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startChild(t, options{data: dir})
	do(t, c, `mutation { a: login(username: "kim") { token } b: login(username: "lee") { token } }`)
	door := saveCamera(t, c, `username: "kim", name: "문", source: "demo:"`)
	old := overOldSocket(t, c, "kim")
	_, next := overSocket(t, c, fmt.Sprintf(
		`subscription { startBriefing(input: {username: "kim", interval: 1, endTime: %q, cameraId: %q}) { caption cursor degraded counts { name count } } }`, later(), door))
	next()
	if err := old.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := old.ReadMessage(); err != nil {
		t.Fatalf("the old socket: %v", err)
	}
	if got := activeCameras(t, c, "kim"); len(got) != 2 || got[0] != door || got[1] != "default" {
		t.Fatalf("active are %q", got)
	}

	c.kill()
	c = startChild(t, options{data: dir})
	for _, camera := range []string{"default", door} {
		_, next := overSocket(t, c, fmt.Sprintf(`subscription { reloadBriefing(username: "kim", cameraId: %q) { caption cursor degraded counts { name count } } }`, camera))
		for range 3 {
			next()
		}
	}
	if err := c.graphql(t.Context(), fmt.Sprintf(`mutation { deleteCamera(id: %q) { id } }`, door), nil); err == nil || !strings.Contains(err.Error(), "conflict") {
		t.Errorf("a camera in use was deleted: %v", err)
	}
	for _, query := range []string{
		`mutation { endBriefing(username: "lee", cameraId: %q) { id } }`,
		`mutation { saveCamera(input: {id: %q, username: "lee", name: "x"}) { camera { id } } }`,
		`mutation { startBriefing(input: {username: "lee", interval: 1, endTime: "` + later() + `", cameraId: %q}) { id } }`,
		`mutation { deleteCamera(id: "f%.0s65f000000000000000000") { id } }`,
	} {
		if err := c.graphql(t.Context(), fmt.Sprintf(query, door), nil); err == nil || !strings.HasSuffix(err.Error(), "not found") {
			t.Errorf("%s for lee: %v", query, err)
		}
	}

	if got := oldForm(t, c, "/endBriefing", "kim"); got != `{"message":"브리핑 성공적으로 종료"}` {
		t.Errorf("/endBriefing answers %s", got)
	}
	if got := activeCameras(t, c, "kim"); len(got) != 1 || got[0] != door {
		t.Fatalf("after /endBriefing active are %q", got)
	}
	do(t, c, fmt.Sprintf(`mutation { endBriefing(username: "kim", cameraId: %q) { id } }`, door))
	if got := activeCameras(t, c, "kim"); len(got) != 0 {
		t.Errorf("after both ends active are %q", got)
	}
	if got := oldForm(t, c, "/getAllRequest", "kim"); strings.Count(got, "request_id") != 2 {
		t.Errorf("/getAllRequest answers %s", got)
	}
	do(t, c, fmt.Sprintf(`mutation { deleteCamera(id: %q) { id } }`, door))
	c.stop(t)
}
