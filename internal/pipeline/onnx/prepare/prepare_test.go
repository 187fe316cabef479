package main

import (
	"bytes"
	"strings"
	"testing"
)

// function encodes a function without local variables.
func function(code ...byte) []byte { return append([]byte{0}, code...) }

func TestChecks_add_guards_outer_loops(t *testing.T) {
	t.Parallel()
	const (
		loop, void, end, call, br = 0x03, 0x40, 0x0b, 0x10, 0x0c
	)
	for _, c := range []struct {
		name string
		code []byte
		want int
	}{
		{"nothing", function(end), 0},
		{"an inner loop", function(loop, void, br, 0, end, end), 0},
		{"a loop in a loop", function(loop, void, loop, void, br, 0, end, end, end), 1},
		{"a call in a loop", function(loop, void, call, 5, br, 0, end, end), 1},
		{"a call in a block in a loop", function(loop, void, 0x02, void, call, 5, end, br, 0, end, end), 1},
		{"a call after a loop", function(loop, void, br, 0, end, call, 5, end), 0},
		{"long numbers", function(0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f, 0x1a, end), 0},
	} {
		k := &checks{global: 3, host: 7}
		got, err := k.add(c.code)
		if err != nil || k.added != c.want || bytes.Count(got, k.code()) != c.want {
			t.Errorf("%s: %d checks, %v; want %d", c.name, k.added, err, c.want)
		}
		if c.want == 0 && !bytes.Equal(got, c.code) {
			t.Errorf("%s: the function has changed", c.name)
		}
	}
	for name, code := range map[string][]byte{
		"cut": function(loop, void), "an unknown instruction": function(0xff, end), "more": function(end, end), "empty": nil,
	} {
		if _, err := (&checks{}).add(code); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNames_refuses_an_unknown_import(t *testing.T) {
	t.Parallel()
	var exports strings.Builder
	for _, name := range wanted {
		exports.WriteString("f._" + name + "=(a,b)=>(f._" + name + "=Y.z)(a,b);")
	}
	const object = `var Ia={a:function(a,b,c){throw ra},d:()=>{ia("")},e:function(){return-52},x:BODY};var b={a:Ia};G=Y.K;fa();M.unshift(Y.L);`
	i32 := func(n int) string { return strings.Repeat("\x7f", n) }
	m := &module{imports: []imported{
		{"a", "a", signature{i32(3), ""}}, {"a", "d", signature{}}, {"a", "e", signature{i32(2), "\x7f"}}, {"a", "x", signature{i32(2), "\x7f"}},
	}}
	for body, want := range map[string]string{
		"()=>70":                "do: doReturn, value: 70",
		"function(a){return 7}": "do: doReturn, value: 7",
		"()=>Date.now()":        "do: doNow",
		"function(a){fetch(a)}": "",
	} {
		table, abort, err := names(m, strings.Replace(object, "BODY", body, 1)+exports.String())
		if (err == nil) != (want != "") || err == nil && (abort != 1 || !strings.Contains(string(table), want)) {
			t.Errorf("names with the import %s = %d, %v, want %q:\n%s", body, abort, err, want, table)
		}
	}
}

func TestParse_refuses_what_is_no_module(t *testing.T) {
	t.Parallel()
	const head = "\x00asm\x01\x00\x00\x00"
	for _, b := range []string{"", "\x00asm", head + "\x01\x05", head + "\x02\x02\x01\x01", head + "\x01\x02\x01\x61"} {
		if m, err := parse([]byte(b)); err == nil {
			t.Errorf("parse(%q) = %v", b, m)
		}
	}
}
