package briefing

import "unicode/utf8"

// Limits on briefings that are written from outside.
const (
	MaxCaptionLen = 2_000 // code points
	MaxCounts     = 80    // classes; COCO has as many

	maxCount = 1_000_000 // of one class
)

// CheckCaption returns an InvalidError on field "caption" unless the caption is one line of 1 to
// MaxCaptionLen code points of valid UTF-8, without control characters and without characters that
// change the direction of the text.
func CheckCaption(caption string) error {
	switch {
	case caption == "":
		return Invalid("caption", "must not be empty")
	case longerThan(caption, MaxCaptionLen):
		return Invalid("caption", "must have at most %d characters", MaxCaptionLen)
	case !utf8.ValidString(caption) || hasControl(caption):
		return Invalid("caption", "must be one line of valid UTF-8 without control characters")
	case hasBidi(caption) || hasSeparator(caption):
		return errTurn("caption", "")
	}
	return nil
}

// CheckCounts returns an InvalidError on field "counts" unless the list has at most MaxCounts
// entries, each with a class of its own and a count of 0 to a million.
func CheckCounts(counts []ObjectCount) error {
	if len(counts) > MaxCounts {
		return Invalid("counts", "must have at most %d entries", MaxCounts)
	}
	seen := make(map[string]bool, len(counts))
	for _, c := range counts {
		switch {
		case !isClassName(c.Name):
			return Invalid("counts", "must name lower-case classes such as \"person\"")
		case seen[c.Name]:
			return Invalid("counts", "must name each class once")
		case c.Count < 0 || c.Count > maxCount:
			return Invalid("counts", "must be 0 to 1000000 each")
		}
		seen[c.Name] = true
	}
	return nil
}

// isClassName reports whether s looks like a COCO class: lower-case words.
func isClassName(s string) bool {
	if s == "" || len(s) > MaxUsernameLen || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && c != ' ' {
			return false
		}
	}
	return true
}
