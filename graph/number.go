package graph

import (
	"encoding/json"
	"strconv"
	"strings"
)

// plainNumbers rewrites the whole numbers in decoded JSON without fraction and exponent, in place.
// Some clients know only doubles and send 5.0 or 1e3. It returns v, or its replacement. Other
// numbers keep their text, so that a scalar refuses them by its own rule.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if digits, ok := whole(string(v)); ok {
			return json.Number(digits)
		}
	case map[string]any:
		for name, inner := range v {
			v[name] = plainNumbers(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = plainNumbers(inner)
		}
	}
	return v
}

// maxDigits bounds the length of a number that is written out. None of our integers is longer.
const maxDigits = 19

// whole returns the decimal digits of a JSON number that is whole, with its sign. It works on the
// digits, because a float64 would round. A number without fraction and exponent is left alone, and
// so is one with too many digits.
func whole(text string) (digits string, ok bool) {
	if !strings.ContainsAny(text, ".eE") {
		return "", false
	}
	mantissa, exponent := text, ""
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa, exponent = text[:i], text[i+1:]
	}
	sign := ""
	if rest, negative := strings.CutPrefix(mantissa, "-"); negative {
		sign, mantissa = "-", rest
	}
	integer, fraction, _ := strings.Cut(mantissa, ".")
	fraction = strings.TrimRight(fraction, "0")
	digits = strings.TrimLeft(integer+fraction, "0")
	if digits == "" {
		return "0", true
	}
	shift, err := 0, error(nil)
	if exponent != "" {
		shift, err = strconv.Atoi(exponent)
	}
	if err != nil || shift > maxDigits+len(fraction) || shift < -len(text) {
		return "", false // also what would overflow below
	}
	shift -= len(fraction)
	if shift < 0 { // the digits behind the point must be zeros
		cut := len(digits) + shift
		if cut <= 0 || strings.Trim(digits[cut:], "0") != "" {
			return "", false
		}
		return sign + digits[:cut], true
	}
	if len(digits)+shift > maxDigits {
		return "", false
	}
	return sign + digits + strings.Repeat("0", shift), true
}
