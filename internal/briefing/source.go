package briefing

// Source is a camera's address, split.
type Source struct {
	Scheme   string // "http", "mjpeg+https", "rtsp", "demo", "push" …, in lower case
	Host     string // with the port if one was given; empty for demo: and push:
	Path     string // with the query, as a request line needs it
	User     string // decoded; empty: no credentials
	Password string // decoded
}

// String returns the address without credentials.
func (s Source) String() string {
	if s.Host == "" {
		return s.Scheme + ":" + s.Path
	}
	return s.Scheme + "://" + s.Host + s.Path
}
