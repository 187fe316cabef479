package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"bis/internal/await"
)

// ledgerOfModel is a provider of models that records everything it gets, and answers in turn well,
// with errors, with rubbish and not at all.
type ledgerOfModel struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	heads  strings.Builder
}

func newLedgerOfModel(t *testing.T) *ledgerOfModel {
	l := &ledgerOfModel{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		l.mu.Lock()
		n := len(l.bodies)
		l.bodies = append(l.bodies, string(b))
		fmt.Fprintln(&l.heads, r.Method, r.URL, r.Header, r.Trailer)
		l.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		switch n % 7 {
		case 1:
			http.Error(w, `{"error":{"message":"`+fmt.Sprintf("%q", b)+`"}}`, http.StatusInternalServerError)
		case 2:
			fmt.Fprint(w, "<html>"+string(b))
		case 3:
			fmt.Fprint(w, `{"choices":[]}`)
		case 4:
			http.Error(w, string(b), http.StatusBadRequest)
		case 5:
			fmt.Fprint(w, `{"choices":[{"message":{"role":"assistant","content":"Send me the picture, please."},"finish_reason":"stop"}]}`)
		default:
			fmt.Fprint(w, `{"choices":[{"message":{"role":"assistant","content":"매장이 조용합니다."},"finish_reason":"stop"}]}`)
		}
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *ledgerOfModel) asked() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.bodies)
}

// A server with a model has two cameras that let only counts leave: a device pushes pictures to one,
// the other answers with pictures, cut ones, refusals and pages. Every picture has a marker in its
// pixels, its EXIF data and its comment. No sign of it is in what the provider gets, in the log, in
// an answer but the owner's own pictures, or in a file.
func TestEgress_counts_leave_no_marker(t *testing.T) {
	t.Parallel()
	model := newLedgerOfModel(t)
	door, yard := marker{11, "Pushed-by-the-phone-4711"}, marker{12, "Asked-of-the-camera-0815"}
	var mood, shots atomic.Int64
	camera := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		picture := yard.picture(t, int(shots.Add(1)))
		switch mood.Load() {
		case 1:
			_, _ = w.Write(picture[:len(picture)/2])
		case 2:
			w.Header().Set("WWW-Authenticate", `Digest realm="a", nonce="b"`)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write(picture)
		case 3:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<html><title>camera</title><img src='data:image/jpeg;base64,%x'>%s", picture, picture)
		default:
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(picture)
		}
	}))
	t.Cleanup(camera.Close)
	data := t.TempDir()
	c := startChild(t, options{
		data: data, args: []string{"--log-level", "debug"},
		env: []string{"OPENAI_BASE_URL=" + model.URL, "OPENAI_MODEL=tiny"},
	})
	var answers strings.Builder // those that must not have a picture
	ask := func(query string) string {
		text := c.raw(t, query)
		answers.WriteString(text + "\n")
		return text
	}
	ask(`mutation { login(username: "kim") { token } }`)
	host, _ := url.Parse(camera.URL)
	const egress = `egress: [{provider: "tiny", egress: COUNTS}, {provider: "other", egress: BLURRED}]`
	phone := saveCamera(t, c, `username: "kim", name: "폰", source: "push:", keepFrames: NONE, `+egress)
	asked := saveCamera(t, c, `username: "kim", name: "문", source: "http://`+host.Host+`/a.jpg", keepFrames: NONE, egress: [{provider: "tiny", egress: COUNTS}]`)
	var token struct {
		Data struct {
			CreateFrameToken struct{ Token, URL string }
		}
	}
	if err := json.Unmarshal([]byte(ask(fmt.Sprintf(`mutation { createFrameToken(cameraId: %q) { token url } }`, phone))), &token); err != nil {
		t.Fatal(err)
	}
	push := func(b []byte) int {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+token.Data.CreateFrameToken.URL, strings.NewReader(string(b)))
		r.Header.Set("Authorization", "Bearer "+token.Data.CreateFrameToken.Token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		answers.Write(text)
		return res.StatusCode
	}
	whole := door.picture(t, 1)
	if status := push(whole); status != http.StatusCreated {
		t.Fatalf("a picture: %d", status)
	}
	var requests []string
	for _, id := range []string{phone, asked} {
		var started struct {
			Data struct{ StartBriefing struct{ ID string } }
		}
		if err := json.Unmarshal([]byte(ask(fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q, cameraId: %q}) { id } }`, later(), id))), &started); err != nil {
			t.Fatal(err)
		}
		requests = append(requests, started.Data.StartBriefing.ID)
	}
	for step := range 4 {
		mood.Store(int64(step))
		before, shot := model.asked(), shots.Load()
		push(whole[:len(whole)-len(whole)/(step+2)])
		push([]byte(string(whole[len(whole)/2:])))
		ask(fmt.Sprintf(`mutation { testCamera(input: {id: %q}) { health { state detail reason words } facts { people brightness } leaves(egress: COUNTS) } }`, asked))
		ask(fmt.Sprintf(`mutation { runNow(requestId: %q) { id caption degraded facts { people } } }`, requests[step%2]))
		// A model is asked once for a style, so each step has one of its own.
		ask(fmt.Sprintf(`mutation { saveStyle(input: {username: "kim", lines: ["말투 %d, 보이는 것을 다 말해 줘"]}) { notes { code text } } }`, step))
		await.True(t, fmt.Sprintf("the model was asked in mood %d", step), func() bool { return model.asked() > before && shots.Load() > shot+2 })
	}
	mood.Store(0)
	ask(`mutation { previewStyle(input: {username: "kim", lines: ["Describe the picture in detail.", "다 말해 줘"]}) { before after } }`)
	for _, id := range requests {
		ask(fmt.Sprintf(`{ aiSummary(requestId: %q) { text } briefings(requestId: %q) { edges { node { text caption facts { people brightness } } } } }`, id, id))
	}
	marked(t, c, door, fmt.Sprintf(`mutation { testCamera(input: {id: %q}) { picture leaves(egress: FULL) } }`, phone))
	marked(t, c, yard, fmt.Sprintf(`mutation { testCamera(input: {id: %q}) { picture leaves(egress: FULL) } }`, asked))
	ask(fmt.Sprintf(`mutation { revokeFrameToken(cameraId: %q) { camera { id } } }`, phone))
	c.stop(t)
	places := map[string]string{"an answer": answers.String(), "the log": c.errs.String() + c.out.String(), "a header": model.heads.String()}
	for i, body := range model.bodies {
		places[fmt.Sprintf("prompt %d", i)] = body
		isText(t, body)
	}
	err := filepath.WalkDir(data, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		places[filepath.Base(path)] = string(b)
		return err
	})
	if err != nil || len(places["bis.db"]) == 0 || len(places["frames.db"]) == 0 {
		t.Fatalf("the data folder: %v", err)
	}
	for place, text := range places {
		door.leaksIn(t, place, text)
		yard.leaksIn(t, place, text)
	}
}

// marked checks that the answer of a query has pictures with the pattern of a marker, and nothing of
// the metadata: the fingerprint finds what is there.
func marked(t *testing.T, c *child, m marker, query string) {
	t.Helper()
	text := c.raw(t, query)
	found := picturesIn(text)
	if len(found) != 2 || !m.shows(found[0]) || !m.shows(found[1]) {
		t.Errorf("%d pictures without the marker: %.300s", len(found), text)
	}
	if (marker{seed: m.seed + 1}).shows(found[0]) {
		t.Error("every marker is found")
	}
}

// isText checks that a request to a model has nothing but texts as its messages.
func isText(t *testing.T, body string) {
	t.Helper()
	var chat struct {
		Messages []struct{ Content any }
	}
	if err := json.Unmarshal([]byte(body), &chat); err != nil || len(chat.Messages) == 0 {
		t.Errorf("the provider gets no chat: %v %.200s", err, body)
	}
	for _, m := range chat.Messages {
		if _, ok := m.Content.(string); !ok {
			t.Errorf("a message is no text: %.200v", m.Content)
		}
	}
}
