package briefing

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Further limits on cameras.
const (
	DefaultKeepDays = 7
	MaxProviders    = 20  // choices of egress of a camera
	MaxProviderLen  = 200 // bytes
	MaxLoginLen     = 256 // bytes of a user name, and of a password
)

// CleanCameraName returns the name of a camera or a zone composed (NFC) and without spaces around
// it. The error is an InvalidError on the field unless that has 1 to MaxCameraName code points of
// valid UTF-8, of which one can be seen, no control characters, and none that change the direction
// of the text. The field is "name", or else a list of things with names.
func CleanCameraName(field, name string) (string, error) {
	refuse := func(reason Refusal, rule string, args ...any) (string, error) {
		if field != "name" {
			rule = strings.Replace(rule, "must ", "must each have a name, which must ", 1)
		}
		return "", Refuse(reason, field, rule, args...)
	}
	if len(name) > MaxNameBytes { // before anything whose cost grows with the name
		return refuse(refuseLongName, "must have at most %d characters", MaxCameraName)
	}
	name = strings.TrimFunc(norm.NFC.String(name), isSpace)
	switch {
	case !utf8.ValidString(name):
		return refuse(refuseNameText, "must be valid UTF-8")
	case !strings.ContainsFunc(name, func(r rune) bool { return !isHidden(r) && !unicode.IsSpace(r) }):
		return refuse(refuseNoName, "must not be empty")
	case utf8.RuneCountInString(name) > MaxCameraName:
		return refuse(refuseLongName, "must have at most %d characters", MaxCameraName)
	case hasControl(name):
		return refuse(refuseNameText, "must be one line without control characters")
	case hasBidi(name) || hasSeparator(name):
		return refuse(refuseNameText,
			"must be one line without characters that change the direction of the text")
	}
	return name, nil
}

// CleanFingerprint returns the fingerprint of a certificate in lower case and without colons. The
// error is an InvalidError on field "certificate" unless it has 64 hexadecimal digits.
func CleanFingerprint(text string) (string, error) {
	if len(text) > 200 {
		text = ""
	}
	text = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), ":", ""))
	strange := func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }
	if len(text) != 64 || strings.ContainsFunc(text, strange) {
		return "", Refuse(RefuseCertificate, "certificate",
			"must be a SHA-256 fingerprint of 64 hexadecimal digits")
	}
	return text, nil
}

// CheckLogin returns an InvalidError on field "credentials" unless a user name or password has at
// most MaxLoginLen bytes of valid UTF-8 and no control characters.
func CheckLogin(text string) error {
	if len(text) > MaxLoginLen || !utf8.ValidString(text) || hasControl(text) {
		return Refuse(RefuseLogin, "credentials",
			"must have at most %d bytes each, and no control characters",
			MaxLoginLen)
	}
	return nil
}

// CheckEgress returns an InvalidError on field "egress" unless there are at most MaxProviders
// choices, each of a known kind and for another provider.
func CheckEgress(choices []ProviderEgress) error {
	if len(choices) > MaxProviders {
		return Refuse(refuseProviders, "egress", "must be for at most %d providers", MaxProviders)
	}
	seen := make(map[string]bool, len(choices))
	for _, c := range choices {
		switch {
		case c.Provider == "" || len(c.Provider) > MaxProviderLen || !utf8.ValidString(c.Provider) ||
			hasControl(c.Provider):
			return Refuse(refuseProvider, "egress",
				"must name each provider in 1 to %d bytes", MaxProviderLen)
		case seen[c.Provider]:
			return Refuse(refuseProviderDup, "egress", "must have each provider once")
		case c.Egress != EgressCounts && c.Egress != EgressBlurred && c.Egress != EgressFull:
			return Refuse(refuseEgress, "egress",
				"must be %s, %s or %s", EgressCounts, EgressBlurred, EgressFull)
		}
		seen[c.Provider] = true
	}
	return nil
}

// CheckKeep returns an InvalidError unless a camera may store these frames for that many days.
func CheckKeep(frames KeepFrames, days int) error {
	switch {
	case frames != KeepNone && frames != KeepLast && frames != KeepChanged:
		return Refuse(refuseKeepFrames, "keepFrames",
			"must be %s, %s or %s", KeepNone, KeepLast, KeepChanged)
	case days < 1 || days > MaxKeepDays:
		return Refuse(refuseKeepDays, "keepDays", "must be 1 to %d", MaxKeepDays)
	}
	return nil
}
