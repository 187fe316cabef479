package service

import (
	"iter"

	"bis/internal/briefing"
)

// each yields the rows of a list, page by page. read returns the page after a row, and whether more
// rows follow; for the zero row it returns the first page. An error is yielded last, with a zero
// row.
//
// A page is read when its first row is needed. So no read of the store is open while the caller
// uses a row, however slow the caller is.
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

// HistoryBytes is about the most memory of one page of a history. A slow caller may read a history,
// so many pages may be in memory at once.
const HistoryBytes = 512 << 10

// pageLen is the number of briefings on the next page of a history.
type pageLen int

// firstPage fits briefings of any size: with the longest texts it takes HistoryBytes.
const firstPage pageLen = 32

// after returns the length of the page after this one. The next page takes about HistoryBytes if
// its briefings are as long as the given ones.
func (pageLen) after(page []briefing.Briefing) pageLen {
	const beside = 400 // bytes of a briefing in addition to its texts
	bytes := 0
	for i := range page {
		bytes += beside + len(page[i].Text) + len(page[i].Caption) + page[i].WordSize()
	}
	if bytes == 0 {
		return firstPage
	}
	return pageLen(min(max(1, HistoryBytes*len(page)/bytes), briefing.MaxPage))
}
