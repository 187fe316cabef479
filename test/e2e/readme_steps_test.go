package e2e

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"regexp"
	"strings"
	"testing"

	"bis/internal/await"
	"bis/internal/pipeline/model/modeltest"
)

// wordingStep matches a command of README.md that starts the server with a model.
var wordingStep = regexp.MustCompile(`(?m)^((?:[A-Z_]+=\S+ )+)go run \.$`)

// described is a model's answer to a question on a picture.
const described = `{"description": "선반에 상품이 있습니다.", "question": ""}`

// TestReadme_steps_of_wording follows the commands of README.md as written, apart from the model's
// port. With the first one a model writes the lines of a style. With the second one it also
// describes the picture.
func TestReadme_steps_of_wording(t *testing.T) {
	t.Parallel()
	steps := wordingStep.FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(steps) != 2 {
		t.Fatalf("README.md has the commands %q, want one for the lines and one for pictures", steps)
	}
	for _, step := range steps {
		t.Run(step[1], func(t *testing.T) {
			t.Parallel()
			model := &modeltest.Server{Answer: modeltest.Sees(func(r *modeltest.Request) string {
				if len(r.Pictures()) > 0 {
					return described
				}
				return polite
			})}
			settings := strings.ReplaceAll(step[1], "http://127.0.0.1:11434", model.Listen(t))
			c := startChild(t, options{env: strings.Fields(settings)})
			do(t, c, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 2, endTime: %q}) { id } }`, later()))
			await.True(t, "a caption has the model's line", func() bool { return last(t, c, "kim").Made.Verdict == "STYLE_SHEET" })
			if !strings.Contains(settings, "BIS_CAMERA_EGRESS") {
				c.stop(t)
				if n := picturesTo(t, model); n > 0 {
					t.Errorf("%d pictures left without consent", n)
				}
				return
			}
			await.True(t, "a briefing has the model's description", func() bool { return describes(t, c, "kim", "선반에 상품이 있습니다.") })
			c.stop(t)
			if n := picturesTo(t, model); n < 2 { // the drawing that shows whether it sees, then the shop
				t.Errorf("%d pictures, want a drawing and the shop", n)
			}
		})
	}
}

// describes reports whether a briefing of a user's active request has a description.
func describes(t *testing.T, c *child, username, want string) bool {
	t.Helper()
	text := c.raw(t, fmt.Sprintf(`{ user(username: %q) { activeRequest { briefings(last: 50) { edges { node { description made { describedBy } } } } } } }`, username))
	return strings.Contains(text, want) && strings.Contains(text, `"describedBy":"gpt-4o-mini"`)
}

// picturesTo returns how many pictures a model got, and checks that each is a JPEG.
func picturesTo(t *testing.T, model *modeltest.Server) (n int) {
	t.Helper()
	for _, r := range model.Requests() {
		for _, b := range r.Pictures() {
			if _, err := jpeg.Decode(bytes.NewReader(b)); err != nil {
				t.Errorf("a picture for the model: %v", err)
			}
			n++
		}
	}
	return n
}
