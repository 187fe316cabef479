package briefing

import "iter"

// Limits on pages.
const (
	DefaultPage = 50
	MaxPage     = 500
)

// Page asks for a page of a list, as Relay has it. First and Last exclude each other.
type Page struct {
	First  *int   // 1 to MaxPage; nil: DefaultPage, unless Last is given
	After  Cursor // exclusive; empty: from the beginning
	Last   *int   // 1 to MaxPage
	Before Cursor // exclusive; empty: to the end
}

// Listing is a page of a list and what lies around it.
type Listing[T any] struct {
	Items   []T
	HasNext bool
	HasPrev bool
}

// size checks the page's numbers and returns how many items it asks for and whether from the end.
func (p Page) size() (n int, backward bool, err error) {
	if p.First != nil && p.Last != nil {
		return 0, false, Invalid("last", "must not be given together with first")
	}
	field, want := "first", p.First
	if p.Last != nil {
		field, want, backward = "last", p.Last, true
	}
	if want == nil {
		return DefaultPage, false, nil
	}
	if *want < 1 || *want > MaxPage {
		return 0, false, Invalid(field, "must be 1 to %d", MaxPage)
	}
	return *want, backward, nil
}

// each yields the rows of a list page by page. read returns the page after a row (the zero row: the
// first page) and whether more follow. An error is the last that is yielded.
func each[T any](read func(after T) (page []T, more bool, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var last T
		for more := true; more; {
			var page []T
			var err error
			if page, more, err = read(last); err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range page {
				if !yield(row, nil) {
					return
				}
				last = row
			}
		}
	}
}
