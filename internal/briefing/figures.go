package briefing

// Figures is what code computes over one request for its summary.
type Figures struct{}
