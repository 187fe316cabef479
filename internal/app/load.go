package app

import (
	"sync/atomic"

	"bis/internal/config"
	"bis/internal/limit"
	"bis/internal/server"
)

// load counts the memory that is in use for callers, for the tuner. The tuner starts before the
// server exists.
type load struct {
	inFlight *limit.Bytes
	server   atomic.Pointer[server.Server]
}

// newLoad returns a load without a server.
func newLoad(cfg config.Config) *load { return &load{inFlight: limit.NewBytes(cfg.InFlight)} }

// bytes returns an estimate of the memory, in bytes.
func (l *load) bytes() int64 {
	n := l.inFlight.Len()
	if s := l.server.Load(); s != nil {
		n += s.Held()
	}
	return n
}
