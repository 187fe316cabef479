package e2e

import (
	"fmt"
	"strings"
	"testing"

	"bis/internal/store/mongo/mongotest"
)

const (
	cameraKeyA = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	cameraKeyB = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
)

// Without a key a server with MongoDB refuses credentials, and nothing else.
func TestCamera_mongo_without_a_key(t *testing.T) {
	t.Parallel()
	mongotest.Need(t)
	c := startChild(t, options{env: []string{"DATABASE_URI=" + mongotest.Own(t).URI()}})
	do(t, c, `mutation { login(username: "kim") { token } }`)
	saveCamera(t, c, `username: "kim", name: "문", source: "http://192.0.2.7/"`)
	text := c.raw(t, `mutation { saveCamera(input: {username: "kim", name: "문", source: "http://me:pw@192.0.2.7/"}) { camera { id } } }`)
	if !strings.Contains(text, `"BAD_USER_INPUT"`) || !strings.Contains(text, `"field":"source"`) || !strings.Contains(text, "BIS_CAMERA_KEY") {
		t.Errorf("credentials without a key: %s", text)
	}
}

// A camera with credentials goes from the folder into MongoDB, gets another key while replicas run,
// and goes back. Its credentials are valid everywhere, and each replica knows its health.
func TestCamera_moves_with_its_credentials(t *testing.T) {
	t.Parallel()
	mongotest.Need(t)
	camera := newLockedCamera(t)
	home, back := t.TempDir(), t.TempDir()
	uri := "DATABASE_URI=" + mongotest.Own(t).URI()
	key := func(names ...string) []string { return append([]string{uri}, names...) }
	keyA, keyB, both := key("BIS_CAMERA_KEY="+cameraKeyA), key("BIS_CAMERA_KEY="+cameraKeyB), key("BIS_CAMERA_KEY="+cameraKeyB, "BIS_CAMERA_OLD_KEY="+cameraKeyA)

	c := startChild(t, options{data: home})
	do(t, c, `mutation { login(username: "kim") { token } }`)
	door := saveCamera(t, c, `username: "kim", name: "문", source: `+camera.address())
	do(t, c, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q, cameraId: %q}) { id } }`, later(), door))
	states(t, c, "kim")(`"state":"OK"`)
	c.stop(t)

	code, _, said := transfers(t, options{data: home, args: []string{"import"}, env: key()})
	if code != 1 || !strings.Contains(said, "BIS_CAMERA_KEY") {
		t.Errorf("import without a key: exit code %d, %s", code, said)
	}
	code, out, said := transfers(t, options{data: home, args: []string{"import"}, env: keyA})
	if code != 0 || !strings.Contains(out, "copied 1 cameras") {
		t.Fatalf("import: exit code %d, %s%s", code, out, said)
	}

	one, two := startChild(t, options{env: both}), startChild(t, options{env: both})
	for _, replica := range []*child{one, two} {
		states(t, replica, "kim")(`"state":"OK"`)
	}
	code, out, said = transfers(t, options{args: []string{"rotate-camera-key"}, env: both})
	if code != 0 || !strings.Contains(out, "of 1 cameras") {
		t.Errorf("rotation: exit code %d, %s%s", code, out, said)
	}
	camera.dark.Store(true)
	for _, replica := range []*child{one, two} {
		states(t, replica, "kim")(`"state":"REFUSED"`)
	}
	camera.dark.Store(false)
	for _, replica := range []*child{one, two} {
		states(t, replica, "kim")(`"state":"OK"`)
		replica.stop(t)
	}
	before := camera.refused.Load()
	c = startChild(t, options{env: keyB})
	_, next := overSocket(t, c, fmt.Sprintf(`subscription { reloadBriefing(username: "kim", cameraId: %q) { cursor caption } }`, door))
	next()
	c.stop(t)

	code, out, said = transfers(t, options{data: back, args: []string{"export"}, env: keyB})
	if code != 0 || !strings.Contains(out, "copied 1 cameras") {
		t.Fatalf("export: exit code %d, %s%s", code, out, said)
	}
	c = startChild(t, options{data: back})
	states(t, c, "kim")(`"state":"OK"`)
	if n := camera.refused.Load(); n != before {
		t.Errorf("%d calls with wrong credentials", n-before)
	}
	if strings.Contains(said+out+c.errs.String()+one.errs.String(), "s3cret") {
		t.Error("a secret is in the output")
	}
}
