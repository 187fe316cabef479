package guard

// The most values and levels that variables or extensions may have. A decoded value takes about 100
// bytes, even if its text is short.
const (
	maxJSONValues = 4_000
	maxJSONLevels = 32
)

// JSON checks the text of variables or extensions before it is decoded. Outside of strings it
// counts values by commas and open brackets, and levels by open brackets. The text may be invalid
// JSON. The error is a *Refusal.
func JSON(text []byte) error {
	values, levels, inString := 1, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString:
			if c == '\\' {
				i++
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			levels++
			values++
		case c == '}' || c == ']':
			levels--
		case c == ',':
			values++
		}
		if values > maxJSONValues {
			return exceeds("values in JSON", values, maxJSONValues)
		}
		if levels > maxJSONLevels {
			return exceeds("levels of JSON", levels, maxJSONLevels)
		}
	}
	return nil
}
