package briefing

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

// Size checks the page's numbers and returns how many items it asks for and whether from the end.
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
