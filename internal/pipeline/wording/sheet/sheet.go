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

// lines returns the lines of a key: those of the sheet, or of its base. Keys of estimated facts
// have the lines of the key itself if there are none of their own.
func (s Sheet) lines(key Key, estimate bool) (lines []string, of Sheet) {
	base := BuiltIn(s.Language, s.Base)
	for _, from := range []Sheet{s, base, BuiltIn(s.Language, Polite)} {
		if own := from.Lines[key+estimated]; estimate && len(own) > 0 {
			return own, from
		}
		if own := from.Lines[key]; len(own) > 0 {
			return own, from
		}
	}
	return nil, s
}

// estimated is the end of the keys with lines of estimated facts.
const estimated = "_est"
