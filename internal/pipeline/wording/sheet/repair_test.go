package sheet_test

import (
	"strings"
	"testing"

	"bis/internal/pipeline/wording/sheet"
)

func TestRepair_names_keys_without_a_line(t *testing.T) {
	t.Parallel()
	rejected := []sheet.Rejected{{Key: sheet.Some, Line: "x", Rule: sheet.RuleForm, Found: "x"}}
	for _, c := range []struct {
		got             string
		refused, naming bool
	}{
		{sheet.Repair(rejected), true, false},
		{sheet.Repair(rejected, sheet.Nobody, sheet.Dark), true, true},
		{sheet.Repair(nil, sheet.Nobody, sheet.Dark), false, true},
	} {
		if strings.Contains(c.got, "REFUSED") != c.refused || strings.Contains(c.got, ": nobody dark\n") != c.naming ||
			!strings.HasSuffix(c.got, `{"sheet": {"some": ["..."]}}`+"\n") {
			t.Errorf("Repair = %q", c.got)
		}
	}
}
