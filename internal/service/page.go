package service

import (
	"iter"

	"bis/internal/briefing"
)

// each yields the rows of a list, page by page. read returns the page after a row (after the zero
// row: the first page) and whether more rows follow. An error is yielded last, with a zero row.
//
// A page is read when its first row is asked for. So nothing of the store is open while the caller
// uses a row, however slow it is.
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

// HistoryBytes is about how much memory a page of a history takes, at most. A history goes by pages
// and may be read by a slow caller, so many of them may be in memory at once.
const HistoryBytes = 512 << 10

// pageLen is how many briefings the next page of a history has.
type pageLen int

// firstPage is for briefings of any size: with texts of the greatest length it takes HistoryBytes.
const firstPage pageLen = 32

// after returns the length of the page after this one, which takes about HistoryBytes if its
// briefings are like these.
func (pageLen) after(page []briefing.Briefing) pageLen {
	const beside = 400 // bytes of a briefing beside its texts
	bytes := 0
	for i := range page {
		bytes += beside + len(page[i].Text) + len(page[i].Caption)
	}
	if bytes == 0 {
		return firstPage
	}
	return pageLen(min(max(1, HistoryBytes*len(page)/bytes), briefing.MaxPage))
}
