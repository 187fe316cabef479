package graph_test

import "testing"

// The house has no pipeline, so its camera was never observed.
func TestCamera(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.gets(`{ camera(id: "default") { id health { state detail } lastFrame { id url } } }`,
		`{"camera":{"id":"default","health":{"state":"UNKNOWN","detail":null},"lastFrame":null}}`)
	h.gets(`{ camera(id: "door") { id } }`, `{"camera":null}`)
	h.gets(`{ camera(id: "") { id } }`, `{"camera":null}`)
}
