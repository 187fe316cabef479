package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"bis/internal/app"
	"bis/internal/await"
	"bis/internal/config"
	"bis/internal/pipeline/model/modeltest"
)

// injections returns the texts of a place that try to command a model.
func injections(t *testing.T, place string) (texts []string) {
	t.Helper()
	data, err := os.ReadFile("../pipeline/describe/testdata/injections.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if where, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok && where == place {
			texts = append(texts, text)
		}
	}
	return texts
}

// answerTo sends an operation with a variable v and reads the answer, which must have no error.
func answerTo(t *testing.T, url, query string, v, to any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"v": v}})
	if err != nil {
		t.Fatal(err)
	}
	res := postBody(t, url, body)
	var answer struct{ Data, Errors json.RawMessage }
	if err := json.Unmarshal(res, &answer); err != nil || answer.Errors != nil {
		t.Fatalf("%s %v: %s", query, v, res)
	}
	if to == nil {
		return
	}
	if err := json.Unmarshal(answer.Data, to); err != nil {
		t.Fatal(err)
	}
}

// reads reports whether a model can read a text in a request, also with the escapes of JSON in
// JSON.
func reads(r *modeltest.Request, text string) bool {
	quoted, _ := json.Marshal(text) // strings can always be encoded
	inner := strings.Trim(string(quoted), `"`)
	all := r.Raw
	for _, m := range r.Messages() {
		all += "\n" + m.Text
	}
	return strings.Contains(all, text) || strings.Contains(all, inner)
}

// shop is a user with a camera and a request, each with a text that tries to command a model.
type shop struct{ user, camera, request, wish string }

// open signs the user in and starts the request.
func (s *shop) open(t *testing.T, url, provider string) {
	t.Helper()
	answerTo(t, url, `mutation ($v: String!) { login(username: $v) { outcome } }`, s.user, nil)
	var saved struct {
		SaveCamera struct{ Camera struct{ ID string } }
	}
	answerTo(t, url, `mutation ($v: SaveCameraInput!) { saveCamera(input: $v) { camera { id } } }`, map[string]any{
		"username": s.user, "name": s.camera, "source": "demo:",
		"egress": []any{map[string]any{"provider": provider, "egress": "FULL"}},
	}, &saved)
	answerTo(t, url, `mutation ($v: StyleInput!) { saveStyle(input: $v) { notes { code } } }`,
		map[string]any{"username": s.user, "lines": []string{s.wish}}, nil)
	var started struct{ StartBriefing struct{ ID string } }
	answerTo(t, url, `mutation ($v: StartBriefingInput!) { startBriefing(input: $v) { id } }`, map[string]any{
		"username": s.user, "interval": 2, "cameraId": saved.SaveCamera.Camera.ID,
		"endTime": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
	}, &started)
	s.request = started.StartBriefing.ID
}

// The names of cameras and users, and captions from outside, reach no model: not in the question
// for a style, and not in the one on a picture. The lines of a style do.
func TestRun_sends_no_names_and_captions_to_models(t *testing.T) {
	users, cameras, captions := injections(t, "username"), injections(t, "camera"), injections(t, "caption")
	if len(users) < len(cameras) || len(cameras) < 6 || len(captions) < 8 {
		t.Fatalf("%d users, %d cameras, %d captions", len(users), len(cameras), len(captions))
	}
	server := &modeltest.Server{Answer: modeltest.Sees(func(r *modeltest.Request) string {
		if len(r.Pictures()) > 0 {
			return `{"description": "바닥이 깨끗합니다.", "question": ""}`
		}
		return `{"sheet": {"some": ["손님 {people} 계십니다."], "nobody": ["아무도 없습니다."]}}`
	})}
	url, stop := startWith(t, app.Hooks{}, func(c *config.Config) {
		c.Model = config.Model{BaseURL: config.Address(server.Listen(t))}
	})
	defer stop()
	var found struct{ Providers []struct{ ID string } }
	answerTo(t, url, `{ providers { id } }`, nil, &found)
	var shops []*shop
	for n, camera := range cameras {
		s := &shop{user: users[n], camera: camera, wish: fmt.Sprintf("말투 %d번으로", n)}
		s.open(t, url, found.Providers[0].ID)
		shops = append(shops, s)
	}
	for n, caption := range captions {
		answerTo(t, url, `mutation ($v: AddBriefingInput!) { addBriefing(input: $v) { id } }`,
			map[string]any{"requestId": shops[n%len(shops)].request, "caption": caption}, nil)
	}
	for _, s := range shops {
		described(t, url, s)
		answerTo(t, url, `mutation ($v: String!) { rewriteStyle(username: $v) { verdict } }`, s.user, nil)
		answerTo(t, url, `query ($v: ID!) { aiSummary(requestId: $v) { text } }`, s.request, nil)
		answerTo(t, url, `mutation ($v: StyleInput!) { previewStyle(input: $v) { after } }`,
			map[string]any{"username": s.user, "lines": []string{s.wish, "반말로"}}, nil)
	}
	wished, pictured := 0, 0
	for _, r := range server.Requests() {
		if len(r.Pictures()) > 0 && strings.Contains(r.Raw, "FACTS") {
			pictured++
		}
		for _, s := range shops {
			if reads(r, s.wish) {
				wished++
			}
		}
		for _, texts := range [][]string{users, cameras, captions} {
			for _, text := range texts {
				if reads(r, text) {
					t.Errorf("a model got %q in %.2000s", text, r.Raw)
				}
			}
		}
	}
	if wished < 2*len(shops) || pictured < len(shops) {
		t.Errorf("%d questions with a wish, %d with a picture", wished, pictured)
	}
}

// described waits for a briefing of a shop with the model's words on its picture.
func described(t *testing.T, url string, s *shop) {
	t.Helper()
	await.True(t, "the model described "+s.camera, func() bool {
		var got struct {
			Request struct {
				Briefings struct {
					Edges []struct{ Node struct{ Description *string } }
				}
			}
		}
		answerTo(t, url, `query ($v: ID!) { request(id: $v) { briefings(first: 100) { edges { node { description } } } } }`, s.request, &got)
		for _, b := range got.Request.Briefings.Edges {
			if b.Node.Description != nil && *b.Node.Description != "" {
				return true
			}
		}
		return false
	})
}
