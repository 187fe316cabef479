package briefing

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxRefusedText is the most characters of a RefusedText that are stored.
const MaxRefusedText = 200

// Compare orders keys by style, provider, model and prompt version, as bytes.
func (k SheetKey) Compare(l SheetKey) int {
	return cmp.Or(
		strings.Compare(k.Style, l.Style), strings.Compare(k.Provider, l.Provider),
		strings.Compare(k.Model, l.Model), strings.Compare(k.PromptVersion, l.PromptVersion),
	)
}

// Valid reports whether a sheet can have the key. A store has only UTF-8, and lists begin after the
// zero key.
func (k SheetKey) Valid() bool {
	return k != (SheetKey{}) && utf8.ValidString(k.Style) && utf8.ValidString(k.Provider) &&
		utf8.ValidString(k.Model) && utf8.ValidString(k.PromptVersion)
}

// Check returns an InvalidError unless a sheet may be stored. Stores call it.
func (s StoredSheet) Check() error {
	switch {
	case !s.Key.Valid():
		return Invalid("key", "must be UTF-8 and not empty")
	case len(s.Body) > MaxSheetBytes:
		return Invalid("body", "must have at most %d bytes", MaxSheetBytes)
	}
	return nil
}

// Stored returns a sheet as it is stored and read back.
func (s StoredSheet) Stored() StoredSheet {
	s.MadeAt = inMillis(s.MadeAt)
	return s
}

// Stored returns refused texts as they are stored and read back: the first MaxRefused texts, the
// first MaxRefusedText characters of each, in UTF-8.
func (r Refused) Stored() Refused {
	r.At = inMillis(r.At)
	texts := make([]RefusedText, min(len(r.Texts), MaxRefused))
	for i := range texts {
		t := r.Texts[i]
		texts[i] = RefusedText{
			Key: strings.ToValidUTF8(t.Key, "\ufffd"), Rule: strings.ToValidUTF8(t.Rule, "\ufffd"),
			Text: firstRunes(strings.ToValidUTF8(t.Text, "\ufffd"), MaxRefusedText),
		}
	}
	r.Texts = texts
	return r
}

// firstRunes returns the first n characters of a text.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Check returns an InvalidError unless refused texts may be stored. Stores call it.
func (r Refused) Check() error {
	switch {
	case r.Ref == "" || !utf8.ValidString(r.Ref):
		return Invalid("ref", "must be UTF-8 and not empty")
	case !utf8.ValidString(r.Username):
		return Invalid("username", "must be UTF-8")
	}
	return nil
}

// Until returns when refused texts expire.
func (r Refused) Until() time.Time { return inMillis(r.At).Add(RefusedTime) }

// CheckUsage returns an InvalidError unless a usage may be stored for a user and a day. Stores call
// it.
func CheckUsage(username, date string) error {
	if !utf8.ValidString(username) {
		return Invalid("username", "must be UTF-8")
	}
	_, err := ParseDate(date)
	return err
}

// UserUsage is a usage day of a user, for a copy of a whole store.
type UserUsage struct {
	User string // the NameKey of the user
	Day  UsageDay
}
