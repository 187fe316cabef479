package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bis/internal/await"
)

// A server with a model runs the demo camera and a phone's camera that lets only counts leave. No
// picture is in any prompt, in the log, or in a file of the data folder.
func TestEgress_counts_leave_no_picture(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var prompts strings.Builder
	asked := 0
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		asked++
		prompts.Write(b)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"choices":[{"message":{"role":"assistant","content":"매장이 조용합니다."},"finish_reason":"stop"}]}`)
	}))
	t.Cleanup(model.Close)
	data := t.TempDir()
	var log strings.Builder
	var logged sync.Mutex
	c := startChild(t, options{
		data: data, args: []string{"--log-level", "debug"},
		env: []string{"OPENAI_BASE_URL=" + model.URL, "OPENAI_MODEL=tiny"},
		line: func(line string) {
			logged.Lock()
			defer logged.Unlock()
			log.WriteString(line + "\n")
		},
	})
	do(t, c, `mutation { login(username: "kim") { token } }`)
	door := saveCamera(t, c, `username: "kim", name: "문", source: "demo:", egress: [{provider: "tiny", egress: COUNTS}]`)
	do(t, c, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q, cameraId: %q}) { id } }`, later(), door))
	do(t, c, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q}) { id } }`, later()))
	for n := range 4 { // a model is asked once for a style, and the first run has asked for one
		do(t, c, fmt.Sprintf(`mutation { saveStyle(input: {username: "kim", lines: ["말투 %d"]}) { notes { code } } }`, n))
		await.True(t, "the model was asked for each style", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return asked > n+1
		})
	}
	text := c.raw(t, `mutation { testCamera(input: {username: "kim", source: "demo:"}) { leaves(egress: COUNTS) } }`)
	if !strings.Contains(text, `"leaves":null`) {
		t.Errorf("a preview of COUNTS: %.200s", text)
	}
	if text := c.raw(t, `mutation { testCamera(input: {username: "kim", source: "demo:"}) { leaves(egress: BLURRED) } }`); !strings.Contains(text, "data:image/jpeg;base64,/9j/") {
		t.Errorf("a preview of BLURRED: %.200s", text)
	}
	c.stop(t)
	logged.Lock()
	defer logged.Unlock()
	places := map[string]string{"a prompt": prompts.String(), "the log": log.String()}
	entries, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(data, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		places[e.Name()] = string(b)
	}
	for place, text := range places {
		for _, sign := range []string{"image_url", "data:image", "/9j/", "\xff\xd8\xff", "\x89PNG"} {
			if strings.Contains(text, sign) {
				t.Errorf("%s has a picture: %q", place, sign)
			}
		}
	}
}
