package camera

import (
	"context"
	"time"

	"bis/internal/pipeline"
)

var _ pipeline.Burster = (*demo)(nil)

// Burst implements pipeline.Burster. It draws moments that lie apart and waits for none of them:
// the last one is now.
func (d *demo) Burst(
	ctx context.Context, n int, apart time.Duration,
) ([]pipeline.Frame, error) {
	clock := d.cfg.Clock
	defer func() { d.cfg.Clock = clock }()
	now := clock()
	frames := make([]pipeline.Frame, 0, max(1, n))
	for i := max(1, n) - 1; i >= 0; i-- {
		d.cfg.Clock = func() time.Time { return now.Add(-time.Duration(i) * apart) }
		f, err := d.Frame(ctx)
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
	return frames, nil
}
