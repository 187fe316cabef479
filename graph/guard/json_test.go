package guard_test

import (
	"strings"
	"testing"

	"bis/graph/guard"
)

// TestJSON_counts_values_and_levels accepts usual variables, and brackets and commas inside
// strings.
func TestJSON_counts_values_and_levels(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"honest":                      {`{"input":{"username":"kim","interval":30,"endTime":"오후 6:30"}}`, ""},
		"a long list":                 {`{"a":[` + strings.Repeat("1,", 3_990) + `1]}`, ""},
		"a longer list":               {`{"a":[` + strings.Repeat("1,", 4_000) + `1]}`, "values in JSON"},
		"many empty lists":            {`{"a":[` + strings.Repeat("[],", 2_000) + `[]]}`, "values in JSON"},
		"many keys":                   {`{` + strings.Repeat(`"a":1,`, 4_000) + `"a":1}`, "values in JSON"},
		"levels":                      {strings.Repeat("[", 32) + strings.Repeat("]", 32), ""},
		"more levels":                 {strings.Repeat("[", 33) + strings.Repeat("]", 33), "levels of JSON"},
		"more levels of objects":      {strings.Repeat(`{"a":`, 40), "levels of JSON"},
		"signs in a string":           {`{"a":"` + strings.Repeat(`,[{\"`, 5_000) + `"}`, ""},
		"an escaped quote":            {`{"a":"\"` + strings.Repeat(",", 5_000) + `"}`, ""},
		"an escape at a string's end": {`{"a":"\\",` + strings.Repeat("1,", 5_000), "values in JSON"},
		"nothing":                     {"", ""},
	} {
		got := ""
		if err := guard.JSON([]byte(c.text)); err != nil {
			got = measure(t, err)
		}
		if got != c.want {
			t.Errorf("%s: refused for %q, want %q", name, got, c.want)
		}
	}
}
