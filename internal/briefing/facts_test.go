package briefing_test

import (
	"encoding/json"
	"testing"
	"time"

	"bis/internal/briefing"
)

// The JSON of facts is stored, so old texts must read and new fields must be optional.
func TestFacts_json(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 3, 1, 5, 6, 7, 8e6, time.UTC)
	for name, c := range map[string]struct {
		stored   string
		measured bool
		state    briefing.CameraState // empty: no health
		frame    string
	}{
		"outside":           {`{}`, false, "", ""},
		"outside, counted":  {`{"counts":[{"name":"person","count":2}],"counted":true}`, true, "", ""},
		"before the health": {`{"counted":true,"estimate":true,"scene":"steady","detector":"motion"}`, true, "", ""},
		"well":              {`{"scene":"steady","health":{"state":"OK","since":"2026-03-01T05:06:07.008Z"},"frameId":"00112233445566778899aabbccddeeff"}`, true, briefing.CameraOK, "00112233445566778899aabbccddeeff"},
		"refused":           {`{"scene":"none","health":{"state":"REFUSED","since":"2026-03-01T05:06:07.008Z","reason":"WRONG_PASSWORD","words":"401 Unauthorized"}}`, true, briefing.CameraRefused, ""},
	} {
		var f briefing.Facts
		if err := json.Unmarshal([]byte(c.stored), &f); err != nil {
			t.Fatal(err)
		}
		if f.Measured() != c.measured || f.FrameID != c.frame || (f.Health == nil) != (c.state == "") {
			t.Errorf("%s: %+v", name, f)
		}
		if h := f.Health; h != nil && (h.State != c.state || !h.Since.Equal(since)) {
			t.Errorf("%s: health %+v", name, h)
		}
		if again, err := json.Marshal(f); err != nil || string(again) != c.stored {
			t.Errorf("%s: stored as %s, %v; was %s", name, again, err, c.stored)
		}
	}
}
