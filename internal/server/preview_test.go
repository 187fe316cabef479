package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// previewStyle writes a sample in the stored style and in English, and stores nothing.
func TestPreviewStyle(t *testing.T) {
	t.Parallel()
	s := start(t)
	ask := func(query string) string {
		_, body := s.calls(t, http.MethodPost, "/graphql", fmt.Sprintf(`{"query":%q}`, query), jsonBody()...)
		return body
	}
	const preview = `mutation { previewStyle(input: {username: "kim", lines: ["in English please"]}) { before after } }`
	if got := ask(preview); !strings.Contains(got, `"NOT_FOUND"`) {
		t.Errorf("an unknown user: %s", got)
	}
	before := ask(`mutation { login(username: "kim") { user { custom } } }`)
	if got := ask(preview); !strings.Contains(got, "명") || !strings.Contains(got, "people") {
		t.Errorf("the preview is %s, want a Korean and an English sentence", got)
	}
	if after := ask(`mutation { login(username: "kim") { user { custom } } }`); after != before {
		t.Errorf("the user became %s, was %s", after, before)
	}
	wrong := ask(`mutation { previewStyle(input: {username: "kim", lines: ["a\n"]}) { after } }`)
	if !strings.Contains(wrong, `"BAD_USER_INPUT"`) || !strings.Contains(wrong, `"lines"`) {
		t.Errorf("a line with a break: %s", wrong)
	}
}
