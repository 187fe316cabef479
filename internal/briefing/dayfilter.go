package briefing

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// DayFilter selects briefings of a day. The zero filter selects all.
type DayFilter struct {
	// Text must be a part of the caption. Case and the composition of letters do not matter.
	Text string
	// Changed selects the briefings with other counts than the one before them in the list of their
	// request, or the others. Counts are equal if those of each class and zone are. The first one
	// of a request is compared with no counts.
	Changed *bool
	// Degraded selects the briefings that have a code in Degraded, or the others.
	Degraded *bool
}

// MaxFilterLen is the most code points of DayFilter.Text.
const MaxFilterLen = 100

// Check returns an InvalidError on field "text" if the text is too long.
func (f DayFilter) Check() error {
	if utf8.RuneCountInString(f.Text) > MaxFilterLen {
		return Invalid("text", "must have at most %d characters", MaxFilterLen)
	}
	return nil
}

// DayScan collects a page. A store adds the briefings after DayPage.After in their order.
type DayScan struct {
	page     DayPage
	text     string              // of the filter, folded
	before   map[RequestID]Facts // of the last briefing of each request
	examined int
	list     DayListing
}

// NewDayScan returns a scan that has examined nothing.
func NewDayScan(p DayPage) *DayScan {
	return &DayScan{
		page: p, text: fold(p.Filter.Text), before: make(map[RequestID]Facts),
		list: DayListing{Last: p.After},
	}
}

// Lacks reports whether the scan must know the briefing before b in the list of its request, and
// does not know it. The store then calls Before, unless there is none.
func (s *DayScan) Lacks(id RequestID) bool {
	_, known := s.before[id]
	return !known && s.page.Filter.Changed != nil
}

// Before adds the facts of the briefing before the first one of a request.
func (s *DayScan) Before(id RequestID, f Facts) { s.before[id] = f }

// Add examines a briefing. It returns false once the page is complete; the store then stops.
func (s *DayScan) Add(b Briefing) bool {
	if s.examined == s.page.Examine {
		s.list.More = true
		return false
	}
	matches := s.matches(&b)
	if matches && len(s.list.Briefings) == s.page.Limit {
		s.list.More = true
		s.list.Last = PositionOf(&s.list.Briefings[s.page.Limit-1])
		return false
	}
	s.examined++
	s.list.Last = PositionOf(&b)
	if matches {
		s.list.Briefings = append(s.list.Briefings, b)
	}
	return true
}

// Listing returns the page. The store calls it after the last briefing, or when Add has returned
// false.
func (s *DayScan) Listing() DayListing { return s.list }

// matches reports whether the filter selects b, and remembers its counts.
func (s *DayScan) matches(b *Briefing) bool {
	f := s.page.Filter
	if f.Changed != nil {
		changed := !sameCounts(s.before[b.RequestID], b.Facts)
		s.before[b.RequestID] = b.Facts
		if changed != *f.Changed {
			return false
		}
	}
	if f.Degraded != nil && (b.Degraded != "") != *f.Degraded {
		return false
	}
	return s.text == "" || strings.Contains(fold(b.Caption), s.text)
}

// sameCounts reports whether two briefings have the same counts, in any order.
func sameCounts(a, b Facts) bool {
	if a.Counted != b.Counted || len(a.Counts) != len(b.Counts) {
		return false
	}
	if slices.Equal(a.Counts, b.Counts) {
		return true
	}
	counts := make(map[ObjectCount]int, len(a.Counts))
	for i := range a.Counts {
		counts[a.Counts[i]]++
		counts[b.Counts[i]]--
	}
	for _, n := range counts {
		if n != 0 {
			return false
		}
	}
	return true
}

// fold returns a text for comparisons that ignore case and composition.
func fold(s string) string { return strings.ToLower(strings.ToUpper(norm.NFC.String(s))) }
