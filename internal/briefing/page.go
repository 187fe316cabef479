package briefing

// Sizes of pages, in items.
const (
	DefaultPage = 50  // when the caller asks for no number
	MaxPage     = 500 // at most
)

// Page asks for a page of a list, by the rules of Relay connections: the first items of the stretch
// between After and Before, or the last ones. First and Last exclude each other.
type Page struct {
	First  *int   // 1 to MaxPage; nil: DefaultPage, unless Last is set
	After  Cursor // exclusive; empty: from the beginning
	Last   *int   // 1 to MaxPage
	Before Cursor // exclusive; empty: to the end
}

// Listing is a page of a list.
type Listing[T any] struct {
	Items   []T  // in the order of the list, even when the page asks for the last ones
	HasNext bool // the list has items after the page
	HasPrev bool // the list has items before the page
}

// Size returns how many items the page asks for, and whether they are the last ones of the stretch.
// Errors are InvalidErrors on fields "first" and "last".
func (p Page) Size() (n int, backward bool, err error) {
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
