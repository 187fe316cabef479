package observe

import (
	"context"
	"errors"
	"log/slog"

	"bis/internal/briefing"
)

// Store wraps a store. It counts failures of the methods that it overrides, which are the frequent
// ones. At debug level it logs each appended briefing, so that tests can compare the log with the
// stored briefings. All other calls pass unchanged.
type Store struct {
	briefing.Store
	m   *Metrics
	log *slog.Logger
}

// NewStore returns st wrapped with metrics.
func NewStore(st briefing.Store, m *Metrics, log *slog.Logger) *Store {
	return &Store{Store: st, m: m, log: log}
}

// count counts an error of an operation. It ignores refusals (not found, conflict, not due, invalid
// input) and cancelled calls, which are not faults of the store.
func (s *Store) count(operation string, err error) {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, briefing.ErrNotFound),
		errors.Is(err, briefing.ErrConflict), errors.Is(err, briefing.ErrNotDue),
		errors.Is(err, briefing.ErrInvalid):
		return
	case errors.Is(err, briefing.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		s.m.storeErrs.WithLabelValues(operation, "unavailable").Inc()
	case errors.Is(err, briefing.ErrNotOwner):
		s.m.storeErrs.WithLabelValues(operation, "not_owner").Inc()
	default:
		s.m.storeErrs.WithLabelValues(operation, "internal").Inc()
	}
}

// Append implements briefing.Store.
func (s *Store) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	b, err := s.Store.Append(ctx, a)
	s.count("append", err)
	if err != nil {
		return b, err
	}
	if b.Degraded != "" {
		s.m.Degraded(string(b.Degraded))
	}
	if s.log.Enabled(ctx, slog.LevelDebug) {
		s.log.DebugContext(ctx, "briefing stored",
			"request", b.RequestID, "briefing", b.ID, "tick", b.Tick)
	}
	return b, nil
}

// AddBriefing implements briefing.Store.
func (s *Store) AddBriefing(ctx context.Context, in briefing.Briefing) (briefing.Briefing, error) {
	b, err := s.Store.AddBriefing(ctx, in)
	s.count("add_briefing", err)
	return b, err
}

// ReportBriefing implements briefing.Store.
func (s *Store) ReportBriefing(
	ctx context.Context, id briefing.BriefingID, m briefing.Mark,
) (briefing.Briefing, bool, error) {
	b, changed, err := s.Store.ReportBriefing(ctx, id, m)
	s.count("report_briefing", err)
	if changed && m.Wrong {
		s.m.reported.Inc()
	}
	return b, changed, err
}

// Briefings implements briefing.Store.
func (s *Store) Briefings(
	ctx context.Context, id briefing.RequestID, p briefing.Slice,
) ([]briefing.Briefing, bool, error) {
	list, more, err := s.Store.Briefings(ctx, id, p)
	s.count("briefings", err)
	return list, more, err
}

// StartRequest implements briefing.Store.
func (s *Store) StartRequest(ctx context.Context, st briefing.Start) (briefing.Started, error) {
	started, err := s.Store.StartRequest(ctx, st)
	s.count("start_request", err)
	return started, err
}

// EndRequest implements briefing.Store.
func (s *Store) EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error) {
	req, err := s.Store.EndRequest(ctx, e)
	s.count("end_request", err)
	return req, err
}

// Claim implements briefing.Store.
func (s *Store) Claim(ctx context.Context, limit int) ([]briefing.Request, error) {
	list, err := s.Store.Claim(ctx, limit)
	s.count("claim", err)
	return list, err
}

// RunState implements briefing.Store.
func (s *Store) RunState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error) {
	state, err := s.Store.RunState(ctx, id)
	s.count("run_state", err)
	return state, err
}

// SaveCamera implements briefing.Store.
func (s *Store) SaveCamera(ctx context.Context, c briefing.Camera) (briefing.Camera, error) {
	saved, err := s.Store.SaveCamera(ctx, c)
	s.count("save_camera", err)
	return saved, err
}

// SetCameraHealth implements briefing.Store.
func (s *Store) SetCameraHealth(ctx context.Context, r briefing.HealthReport) error {
	err := s.Store.SetCameraHealth(ctx, r)
	s.count("set_camera_health", err)
	return err
}

// SaveSheet implements briefing.Store.
func (s *Store) SaveSheet(ctx context.Context, sheet briefing.StoredSheet) error {
	err := s.Store.SaveSheet(ctx, sheet)
	s.count("save_sheet", err)
	return err
}

// Sheet implements briefing.Store.
func (s *Store) Sheet(ctx context.Context, key briefing.SheetKey) (briefing.StoredSheet, error) {
	sheet, err := s.Store.Sheet(ctx, key)
	s.count("sheet", err)
	return sheet, err
}

// SaveRefused implements briefing.Store.
func (s *Store) SaveRefused(ctx context.Context, r briefing.Refused) error {
	err := s.Store.SaveRefused(ctx, r)
	s.count("save_refused", err)
	return err
}

// AddUsage implements briefing.Store.
func (s *Store) AddUsage(
	ctx context.Context, username, date string, u briefing.Usage,
) error {
	err := s.Store.AddUsage(ctx, username, date, u)
	s.count("add_usage", err)
	return err
}
