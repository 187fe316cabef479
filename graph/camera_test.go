package graph_test

import "testing"

// The house has no pipeline, so its camera was never observed.
func TestCamera(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.gets(`{ camera(id: "default") { id health { state detail } lastFrame { id url } } }`,
		`{"camera":{"id":"default","health":{"state":"UNKNOWN","detail":"아직 화면을 받은 적이 없습니다. 브리핑을 시작하면 카메라를 확인합니다."},"lastFrame":null}}`)
	h.gets(`{ camera(id: "door") { id } }`, `{"camera":null}`)
	h.gets(`{ camera(id: "") { id } }`, `{"camera":null}`)
}
