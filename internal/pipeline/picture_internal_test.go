package pipeline

import (
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
)

// slowly is a Privacy that takes its time.
type slowly struct{}

func (slowly) Picture(Frame, []briefing.Polygon, briefing.Egress) ([]byte, bool) {
	<-time.After(time.Minute)
	return []byte("blurred"), true
}

// While a picture is blurred, which takes seconds, nothing waits but its readers: neither the
// gallery nor the captures of other cameras, which add and compact theirs.
func TestGallery_waits_for_no_blurring(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g gallery
		add := func(blur bool) *picture {
			f := heavy()
			p := newPicture(f, nil, time.Now())
			if blur {
				p.conceal(f, slowly{})
			}
			g.add(&sharedCamera{}, p)
			return p
		}
		slow := add(true)
		got := make(chan string, 1)
		go func() {
			b, _ := g.find(slow.frame.ID)
			got <- string(b)
		}()
		synctest.Wait()
		began := time.Now()
		for range 30 {
			add(false)
			g.compact()
			if _, err := g.describe(slow.frame.ID); err != nil {
				t.Error(err)
			}
		}
		g.count(g.pictures[slow.frame.ID])
		if waited := time.Since(began); waited > 0 {
			t.Errorf("other cameras have waited for %v", waited)
		}
		if b := <-got; b != "blurred" {
			t.Errorf("a reader got %q", b)
		}
	})
}
