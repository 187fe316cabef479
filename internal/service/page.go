package service

import "iter"

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
