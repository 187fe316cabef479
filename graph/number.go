package graph

import (
	"encoding/json"
	"strconv"
	"strings"
)

// plainNumbers rewrites the whole numbers of decoded JSON without fraction and exponent. It changes
// objects and lists in place, and returns v or its replacement. Some clients have only doubles and
// send 5 as 5.0, or 1000 as 1e3. Other numbers keep their text, so that the scalar refuses them by
// its own rule.
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

// maxDigits is the most digits of a rewritten number: as many as the largest int64 has. Without a
// bound, 1e999999999 would become a gigabyte.
const maxDigits = 19

// whole returns the sign and the decimal digits of a JSON number with a fraction or an exponent
// whose value is whole. It works on the digits, because a float64 would round. ok is false for any
// other number, and for one with more than maxDigits digits.
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
		return "", false // too many digits; with this bound the sums below cannot overflow
	}
	shift -= len(fraction)
	if shift < 0 { // whole only if all digits after the point are zeros
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
