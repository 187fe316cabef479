package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bis/internal/briefing"
)

// Bounds of the search for samples.
const (
	sampleSpan     = 24 * time.Hour
	sampleRequests = 100    // newest requests of a user that are searched
	sampleSearch   = 10_000 // briefings that are read, of all requests
)

// samples returns at most briefing.MaxStyleSamples briefings of the user's last day, newest first.
// Each says something else, and each is the newest that says it.
//
// The newest samples of all requests are among the newest samples of each request, so each request
// is searched from its end until it has enough.
func (s *Service) samples(
	ctx context.Context, username string,
) ([]briefing.Briefing, error) {
	requests, _, err := s.store.Requests(ctx, username, "", sampleRequests)
	if err != nil {
		return nil, err
	}
	since, left := s.now().Add(-sampleSpan), sampleSearch
	var all []briefing.Briefing
	for _, req := range requests {
		if req.EndedAt != nil && req.EndedAt.Before(since) {
			continue
		}
		list, err := s.samplesOf(ctx, req.ID, since, &left)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b briefing.Briefing) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
	})
	return newestOfEach(nil, all), nil
}

// samplesOf returns the samples of one request. It reads at most left briefings, and subtracts from
// left those that it has read.
func (s *Service) samplesOf(
	ctx context.Context, id briefing.RequestID, since time.Time, left *int,
) (found []briefing.Briefing, err error) {
	stretch := briefing.Slice{Limit: briefing.DefaultPage, Backward: true}
	for *left > 0 {
		stretch.Limit = min(stretch.Limit, *left)
		list, more, err := s.store.Briefings(ctx, id, stretch)
		if err != nil {
			return nil, err
		}
		*left -= len(list)
		slices.Reverse(list)
		fresh := list
		if i := slices.IndexFunc(list, func(b briefing.Briefing) bool {
			return b.At.Before(since)
		}); i >= 0 {
			fresh = list[:i]
		}
		found = newestOfEach(found, fresh)
		if !more || len(fresh) < len(list) || len(found) == briefing.MaxStyleSamples {
			break
		}
		stretch.Before, stretch.Limit = list[len(list)-1].ID, briefing.MaxPage
	}
	return found, nil
}

// newestOfEach appends to found the first briefing of list for each thing that is said, up to
// briefing.MaxStyleSamples. What found says already is left out.
func newestOfEach(found, list []briefing.Briefing) []briefing.Briefing {
	said := map[string]bool{}
	for _, b := range found {
		said[saying(b)] = true
	}
	for _, b := range list {
		if len(found) == briefing.MaxStyleSamples {
			break
		}
		if key := saying(b); previewable(b) && !said[key] {
			said[key] = true
			found = append(found, b)
		}
	}
	return found
}

// saying returns what a caption says of the facts of a briefing. Measurements that differ in every
// picture, such as its brightness, are not part of it.
func saying(b briefing.Briefing) string {
	f := &b.Facts
	counts := make([]string, len(f.Counts))
	for i, c := range f.Counts {
		counts[i] = fmt.Sprintf("%q %q %d", c.Zone, c.Name, c.Count)
	}
	slices.Sort(counts)
	degraded, state := b.Degraded, briefing.CameraState("")
	if degraded == briefing.ModelUnavailable || degraded == briefing.BudgetSpent {
		degraded = "" // the camera is well
	}
	if f.Health != nil {
		state = f.Health.State
	}
	return fmt.Sprint(f.Counted, f.Estimate, f.Scene, degraded, state, strings.Join(counts, " "))
}
