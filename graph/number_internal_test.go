package graph

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"testing"
)

// FuzzWhole compares whole with exact fractions: its result has the same value, and it finds every
// whole number of 32 bits.
func FuzzWhole(f *testing.F) {
	for _, seed := range []string{"5.0", "-0.0", "1e3", "50e-1", "5.5", "0.0000000000000000000005e22", "1e999999999999", "-1E+18", "2147483648.000", "1e-9223372036854775808", "10.0e-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var number json.Number
		if !json.Valid([]byte(text)) || json.Unmarshal([]byte(text), &number) != nil || string(number) != text {
			return // not a number, or a number in quotes
		}
		digits, ok := whole(text)
		if _, exponent, _ := strings.Cut(strings.ToLower(text), "e"); len(exponent) > 4 {
			return // exact fractions would take for ever
		}
		want, _ := new(big.Rat).SetString(text)
		if ok {
			if got, valid := new(big.Rat).SetString(digits); !valid || got.Cmp(want) != 0 || strings.ContainsAny(digits, ".eE") {
				t.Errorf("whole(%q) = %q", text, digits)
			}
			return
		}
		if strings.ContainsAny(text, ".eE") && want.IsInt() && want.Num().IsInt64() && int64(int32(want.Num().Int64())) == want.Num().Int64() {
			t.Errorf("whole(%q) finds nothing, want %s", text, strconv.FormatInt(want.Num().Int64(), 10))
		}
	})
}
