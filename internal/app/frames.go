package app

import (
	"log/slog"

	"bis/internal/briefing"
	"bis/internal/frame"
	"bis/internal/observe"
)

// openKeeper returns the keeper of pictures, with its figures in the metrics.
func openKeeper(
	frames briefing.FrameStore, cameras frame.Cameras, m *observe.Metrics, log *slog.Logger,
) (*frame.Keeper, error) {
	keeper, err := frame.New(frame.Config{Store: frames, Cameras: cameras, Log: log})
	if err != nil {
		return nil, err
	}
	const help = "Pictures that were not stored since the start, by the cause."
	m.Count("bis_frames_lost_total", help, "cause", "queue", func() float64 {
		return float64(keeper.Dropped())
	})
	m.Count("bis_frames_lost_total", help, "cause", "store", func() float64 {
		return float64(keeper.Failed())
	})
	return keeper, nil
}
