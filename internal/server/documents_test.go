package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Each bound of documents is a setting that takes effect on every way, downwards and upwards. The
// refusal names cost and limit.
func TestDocuments_are_bounded_by_settings(t *testing.T) {
	t.Parallel()
	small := start(t, "--max-document", "1", "--max-tokens", "40", "--max-depth", "3", "--max-aliases", "2", "--max-mutations", "1", "--max-cost", "200")
	usual := start(t)
	large := start(t, "--max-document", "60", "--max-tokens", "9000", "--max-depth", "40", "--max-aliases", "300", "--max-mutations", "60", "--max-cost", "900000")
	repeat := strings.Repeat
	aliases := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " a%d: __typename", i)
		}
		return "{" + b.String() + " }"
	}
	types := func(n int) string {
		return `{ __type(name: "Query") { ` + repeat(`ofType { `, n-2) + `name ` + repeat(`} `, n-2) + `} }`
	}
	pages := func(n int) string {
		return fmt.Sprintf(`{ user(username: "x") { requests(first: %d) { __typename } } }`, n)
	}
	nested := `{ user(username: "x") { requests(first: 100) { edges { node { briefings(first: 100) { edges { cursor } } } } } } }`
	for _, c := range []struct {
		measure      string
		small, usual string // each is beyond the bound of its site, and within that of the next
		limits       [2]int
	}{
		{"bytes", "{ __typename }" + repeat(" ", 1<<10), "{ __typename }" + repeat(" ", 16<<10), [2]int{1 << 10, 16 << 10}},
		{"tokens", "{" + repeat(" __typename @skip(if: false)", 7) + " }", "{ __typename }" + repeat("#\n", 2_000), [2]int{40, 2_000}},
		{"levels of selections", types(4), types(16), [2]int{3, 15}},
		{"aliases", aliases(3), "{ __schema " + aliases(51) + " }", [2]int{2, 50}},
		{"mutations", additions(2), additions(6), [2]int{1, 5}},
		{"points", pages(20), nested, [2]int{200, 20_000}},
	} {
		for _, s := range []struct {
			refuses, allows *site
			document        string
			limit           int
		}{{small, usual, c.small, c.limits[0]}, {usual, large, c.usual, c.limits[1]}} {
			body, err := json.Marshal(map[string]string{"query": s.document})
			if err != nil {
				t.Fatal(err)
			}
			for way, answer := range waysFor(c.measure, s.refuses, t, string(body)) {
				for _, part := range []string{`"code":"QUERY_TOO_COMPLEX"`, fmt.Sprintf(`"limit":%d`, s.limit), fmt.Sprintf(`"measure":%q`, c.measure), `"cost":`} {
					if !strings.Contains(answer, part) {
						t.Errorf("%s by %s lacks %s: %.300s", c.measure, way, part, answer)
					}
				}
			}
			if answer := s.allows.answerOverSocket(t, "/graphql", string(body)); strings.Contains(answer, "QUERY_TOO_COMPLEX") {
				t.Errorf("%s: a larger bound has no effect: %.300s", c.measure, answer)
			}
		}
	}
}

// waysFor runs an operation over each transport that takes it: an address has no room for a long
// document, and changes nothing.
func waysFor(measure string, s *site, t *testing.T, body string) map[string]string {
	t.Helper()
	if measure != "mutations" && len(body) < 8<<10 {
		return s.everyWay(t, body)
	}
	_, posted := s.calls(t, "POST", "/graphql", body, jsonBody()...)
	return map[string]string{"a socket": s.answerOverSocket(t, "/graphql", body), "POST": posted}
}
