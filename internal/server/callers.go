package server

import (
	"context"
	"net"
	"net/http"
	"net/netip"

	"bis/internal/limit"
)

// connected adds the caller of a new connection to the connection's context, for limits. It is for
// http.Server.ConnContext.
func connected(ctx context.Context, conn net.Conn) context.Context {
	addr, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return ctx
	}
	return limit.WithCaller(ctx, limit.Of(addr.Addr()))
}

// identified replaces the caller in the context of requests that a trusted proxy forwards. Other
// requests have the caller of their connection.
func (d *doors) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.proxies.FromTrusted(r) {
			r = r.WithContext(limit.WithCaller(r.Context(), d.proxies.Caller(r)))
		}
		next.ServeHTTP(w, r)
	})
}
