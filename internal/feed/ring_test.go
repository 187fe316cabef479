package feed

import (
	"slices"
	"strconv"
	"testing"

	"bis/internal/briefing"
)

func TestRing_has_the_newest_in_order(t *testing.T) {
	t.Parallel()
	for _, most := range []int{1, 2, 3, 5, 64} {
		r := ring{first: 1}
		var want []string
		for i := range 300 {
			id := strconv.Itoa(i)
			r.push(&entry{briefing: briefing.Briefing{ID: briefing.BriefingID(id)}})
			want = append(want, id)
			if len(want) > most {
				if got := r.pop(); string(got.briefing.ID) != want[0] {
					t.Fatalf("pop() = %q, want %q", got.briefing.ID, want[0])
				}
				want = want[1:]
			}
			var got []string
			for seq := r.first; seq < r.end(); seq++ {
				got = append(got, string(r.at(seq).briefing.ID))
			}
			if !slices.Equal(got, want) || r.end() != uint64(i+2) {
				t.Fatalf("of %d, after %d: %v up to %d, want %v up to %d", most, i, got, r.end(), want, i+2)
			}
		}
		if len(r.slots) > 2*most+2 {
			t.Errorf("%d slots for %d entries", len(r.slots), most)
		}
	}
}
