package service

import "iter"

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
