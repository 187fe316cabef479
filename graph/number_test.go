package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// asked posts a document with variables in the given spelling, and returns the answer.
func (h *house) asked(document, variables string) answer {
	h.t.Helper()
	_, text := h.post(fmt.Sprintf(`{"query":%q,"variables":%s}`, document, variables))
	var a answer
	must(h.t, json.Unmarshal([]byte(text), &a))
	return a
}

// wholes are spellings of whole numbers in JSON. Gson and Dart write doubles, other clients
// exponents.
var wholes = map[string]int{
	"5": 5, "5.0": 5, "5.000": 5, "5e0": 5, "0.5e1": 5, "50E-1": 5, "1e3": 1000, "1E+3": 1000, "1.5e2": 150, "86400.0": 86_400, "8.64e4": 86_400,
}

// A whole number in any spelling of JSON has the same value, wherever a variable may have a number.
func TestInt_variables_may_be_written_as_doubles(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ends := time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
	h.ask(`mutation { login(username: "kim") { outcome } }`)
	for text, want := range wholes {
		a := h.asked(`mutation($in: StartBriefingInput!) { startBriefing(input: $in) { interval } }`,
			fmt.Sprintf(`{"in":{"username":"kim","interval":%s,"endTime":%q}}`, text, ends))
		if got := string(a.Data["startBriefing"]); got != fmt.Sprintf(`{"interval":%d}`, want) {
			t.Errorf("in an input object %s is %s %v, want %d", text, got, a.Errors, want)
		}
		a = h.asked(`mutation($n: Int!) { startBriefing(input: {username: "kim", interval: $n, endTime: "`+ends+`"}) { interval } }`, `{"n":`+text+`}`)
		if got := string(a.Data["startBriefing"]); got != fmt.Sprintf(`{"interval":%d}`, want) {
			t.Errorf("by itself %s is %s %v, want %d", text, got, a.Errors, want)
		}
		a = h.asked(`mutation($in: AddBriefingInput!) { addBriefing(input: $in) { counts { count } } }`,
			fmt.Sprintf(`{"in":{"requestId":%q,"caption":"x","counts":[{"name":"cat","count":0},{"name":"person","count":%s}]}}`, h.active("kim"), text))
		if got := string(a.Data["addBriefing"]); got != fmt.Sprintf(`{"counts":[{"count":0},{"count":%d}]}`, want) {
			t.Errorf("in a list %s is %s %v, want %d", text, got, a.Errors, want)
		}
	}
	for _, variables := range []string{`{"n":2.0}`, `{"n":2e0}`} {
		a := h.asked(`query($n: Int) { requests(username: "kim", first: $n) { edges { node { briefings(last: $n) { edges { cursor } } } } } }`, variables)
		if len(a.Errors) > 0 || strings.Count(string(a.Data["requests"]), `"node"`) != 2 {
			t.Errorf("first: %s answers %s %v", variables, a.Data["requests"], a.Errors)
		}
	}
	for _, zero := range []string{"0", "-0", "0.0", "-0.0", "0e5", "0.0e-7", "0e999999999"} {
		a := h.asked(`mutation($in: AddBriefingInput!) { addBriefing(input: $in) { counts { count } } }`,
			fmt.Sprintf(`{"in":{"requestId":%q,"caption":"x","counts":[{"name":"person","count":%s}]}}`, h.active("kim"), zero))
		if got := string(a.Data["addBriefing"]); got != `{"counts":[{"count":0}]}` {
			t.Errorf("%s is %s %v, want 0", zero, got, a.Errors)
		}
	}
}

func (h *house) active(username string) string {
	h.t.Helper()
	req, err := h.store.ActiveRequest(h.t.Context(), username)
	must(h.t, err)
	return string(req.ID)
}

// A value that is not a whole number of 32 bits is refused. The error names the field and the rule,
// and has no words of Go.
func TestInt_variables_that_are_not_whole_are_refused(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for _, text := range []string{"5.5", "5e-1", "1e-400", "-0.5", "0.1", "5.0000000000000000001", "2147483648", "2147483648.0", "-2147483649.0", "1e10", "1e18",
		"9007199254740993.0", "1e19", "99999999999999999999", "1e400", "1e999999999999", "-1e999999999999", `"5"`, `"5.0"`, "true", "{}", "[1,2]"} {
		for where, c := range map[string]struct{ document, variables, field string }{
			"by itself":       {`query($n: Int) { requests(username: "kim", first: $n) { edges { cursor } } }`, `{"n":%s}`, ""},
			"an input object": {`mutation($in: StartBriefingInput!) { startBriefing(input: $in) { id } }`, `{"in":{"username":"kim","interval":%s,"endTime":"18:30"}}`, "interval"},
			"a list":          {`mutation($in: AddBriefingInput!) { addBriefing(input: $in) { id } }`, `{"in":{"requestId":"x","caption":"x","counts":[{"name":"person","count":%s}]}}`, "count"},
		} {
			a := h.asked(c.document, fmt.Sprintf(c.variables, text))
			if len(a.Errors) != 1 {
				t.Errorf("%s: %s answers %s %v, want one error", where, text, a.Data, a.Errors)
				continue
			}
			f := a.Errors[0]
			field, _ := f.Extensions["field"].(string)
			if f.Extensions["code"] != "BAD_USER_INPUT" || f.Message != "must be a whole number of at most 32 bits" || c.field != "" && field != c.field || field == "" {
				t.Errorf("%s: %s is refused with %v %q", where, text, f.Extensions, f.Message)
			}
		}
	}
	if log := h.log.String(); strings.Contains(log, "ERROR") {
		t.Errorf("a caller's fault was logged as the server's: %s", log)
	}
}

// A literal keeps the type of its notation: 5.0 is a Float.
func TestInt_literals_are_not_doubles(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.refuses("GRAPHQL_VALIDATION_FAILED", `{ requests(username: "kim", first: 5.0) { edges { cursor } } }`)
	h.refuses("GRAPHQL_VALIDATION_FAILED", `query($n: Int = 5.0) { requests(username: "kim", first: $n) { edges { cursor } } }`)
}

// An ID may be a whole number. Its value is then the digits of the number.
func TestID_variables_may_be_numbers(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	const document = `query($id: ID!) { request(id: $id) { id } }`
	for _, text := range []string{"5", "5.0", "1e3", "123456789012345678", "99999999999999999999", `"x"`} {
		if a := h.asked(document, `{"id":`+text+`}`); len(a.Errors) > 0 || string(a.Data["request"]) != "null" {
			t.Errorf("the id %s answers %s %v, want null", text, a.Data["request"], a.Errors)
		}
	}
	for _, text := range []string{"5.5", "true", "{}", "[1,2]"} {
		a := h.asked(document, `{"id":`+text+`}`)
		if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "BAD_USER_INPUT" || a.Errors[0].Extensions["field"] != "id" {
			t.Errorf("the id %s answers %s %v, want BAD_USER_INPUT of id", text, a.Data["request"], a.Errors)
		}
	}
}

func TestInt_variables_by_get(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ask(`mutation { login(username: "kim") { outcome } }`)
	get := func(n string) string {
		q := url.Values{"query": {`query($n: Int) { requests(username: "kim", first: $n) { edges { cursor } } }`}, "variables": {`{"n":` + n + `}`}}
		res, err := http.Get(h.url + "?" + q.Encode())
		must(t, err)
		defer res.Body.Close()
		var text strings.Builder
		_, err = readAll(&text, res)
		must(t, err)
		return text.String()
	}
	if got := get("5.0"); got != `{"data":{"requests":{"edges":[]}}}` {
		t.Errorf("5.0 by GET answers %s", got)
	}
	if got := get("5.5"); !strings.Contains(got, `"BAD_USER_INPUT"`) {
		t.Errorf("5.5 by GET answers %s", got)
	}
}
