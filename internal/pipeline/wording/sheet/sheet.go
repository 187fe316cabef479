package sheet

// Sheet has the lines of a style. It is a plain value with a JSON form for stores. A key without
// lines has those of the built-in sheet Base.
type Sheet struct {
	Language string           `json:"language"` // ko or en
	Base     string           `json:"base"`     // the name of a built-in sheet
	Lines    map[Key][]string `json:"lines"`
	Counter  string           `json:"counter,omitempty"` // of people in Korean: 명 or 분; empty: 명
	Numbers  string           `json:"numbers,omitempty"` // digits or words; empty: digits

	// Doubts are the lines that state doubt themselves.
	Doubts []string `json:"doubts,omitempty"`
}

// Has reports whether the sheet itself has lines of a key.
func (s Sheet) Has(key Key) bool { return len(s.Lines[key]) > 0 }

// lines returns the lines of a key: those of the sheet, or of its base. own says that they are of
// the sheet itself. Keys of estimated facts have the lines of the key itself if there are none of
// their own.
func (s Sheet) lines(key Key, estimate bool) (lines []string, of Sheet, own bool) {
	base := BuiltIn(s.Language, s.Base)
	for i, from := range []Sheet{s, base, BuiltIn(s.Language, Polite)} {
		if lines := from.Lines[key+estimated]; estimate && len(lines) > 0 {
			return lines, from, i == 0
		}
		if lines := from.Lines[key]; len(lines) > 0 {
			return lines, from, i == 0
		}
	}
	return nil, s, false
}

// estimated is the suffix of the keys of estimated facts.
const estimated = "_est"
