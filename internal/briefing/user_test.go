package briefing_test

import (
	"errors"
	"strings"
	"testing"

	"bis/internal/briefing"
)

func TestCheckUsername(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name string
		rule string // empty: fine
	}{
		"plain":               {"kim", ""},
		"korean":              {"김사장", ""},
		"longest":             {strings.Repeat("김", briefing.MaxUsernameLen), ""},
		"spaces":              {"a b", ""},
		"empty":               {"", "must not be empty"},
		"over_long":           {strings.Repeat("김", briefing.MaxUsernameLen+1), "must have at most 64 characters"},
		"newline":             {"a\nb", "must not contain control characters"},
		"nul":                 {"a\x00", "must not contain control characters"},
		"c1_control":          {"a\u0085", "must not contain control characters"},
		"not_utf8":            {"a\xff", "must be valid UTF-8"},
		"not_utf8_in_korean":  {"김"[:2], "must be valid UTF-8"},
		"not_utf8_over_long":  {strings.Repeat("\xff", 65), "must be valid UTF-8"},
		"nothing_but_a_space": {" ", "must not be empty"},
	}
	for name, tt := range tests {
		checkInvalid(t, name, briefing.CheckUsername(tt.name), "username", tt.rule)
	}
}

func TestCheckCustom(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("가", briefing.MaxCustomLineLen)
	tests := map[string]struct {
		lines []string
		rule  string
	}{
		"none":         {nil, ""},
		"default":      {briefing.DefaultCustom(), ""},
		"an_empty_one": {[]string{""}, ""},
		"most":         {[]string{line, "", "", "", "", "", "", "", "", line}, ""},
		"too_many":     {make([]string, briefing.MaxCustomLines+1), "must have at most 10 lines"},
		"over_long":    {[]string{"", line + "가"}, "line 2 must have at most 200 characters"},
		"line_break":   {[]string{"a\nb"}, "line 1 must not contain control characters"},
		"not_utf8":     {[]string{"\xc3"}, "line 1 must be valid UTF-8"},
	}
	for name, tt := range tests {
		checkInvalid(t, name, briefing.CheckCustom(tt.lines), "custom", tt.rule)
	}
}

func checkInvalid(t *testing.T, name string, err error, field, rule string) {
	t.Helper()
	if rule == "" {
		if err != nil {
			t.Errorf("%s: %v, want nil", name, err)
		}
		return
	}
	invalid, ok := errors.AsType[*briefing.InvalidError](err)
	if !ok || !errors.Is(err, briefing.ErrInvalid) || invalid.Field != field || invalid.Rule != rule {
		t.Errorf("%s: %v, want %q on %q", name, err, rule, field)
	}
}

func TestDefaultCustom_has_the_three_lines_that_the_old_app_reads(t *testing.T) {
	t.Parallel()
	a, b := briefing.DefaultCustom(), briefing.DefaultCustom()
	a[0] = "changed"
	if len(b) != 3 || b[0] != "한국어로 말해줘" {
		t.Errorf("DefaultCustom = %q; each caller must get a list of its own", b)
	}
}
