package limit

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Caller identifies a caller for limits: an IPv4 address, or the first 64 bits of an IPv6 address,
// because one household or machine has at least a /64. It is empty when unknown.
type Caller string

// Proxies are the trusted proxies in front of the server. X-Forwarded-For counts only in requests
// from these proxies. The zero value trusts no proxy.
type Proxies struct {
	trusted []netip.Prefix
}

// NewProxies returns proxies by their addresses.
func NewProxies(trusted []netip.Prefix) Proxies { return Proxies{trusted: trusted} }

// Trusted reports whether an address is one of the proxies.
func (p Proxies) Trusted(addr netip.Addr) bool {
	for _, prefix := range p.trusted {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// FromTrusted reports whether a request comes from one of the proxies. Only then its forwarding
// headers count.
func (p Proxies) FromTrusted(r *http.Request) bool {
	if len(p.trusted) == 0 {
		return false
	}
	addr, ok := remote(r)
	return ok && p.Trusted(addr)
}

// Caller returns the caller of a request. If the request comes from a trusted proxy, the caller is
// the last address of X-Forwarded-For that is not a trusted proxy: the client may have written the
// entries before it. An entry that is not an address ends the search; the caller is then the
// address after that entry.
func (p Proxies) Caller(r *http.Request) Caller {
	addr, ok := remote(r)
	if !ok {
		return ""
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.Trusted(addr); i-- {
		hop, ok := parse(strings.TrimSpace(hops[i]))
		if !ok {
			break
		}
		addr = hop
	}
	return Of(addr)
}

// Of returns the caller of an address.
func Of(addr netip.Addr) Caller {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		prefix, err := addr.Prefix(64)
		if err != nil {
			return ""
		}
		return Caller(prefix.String())
	}
	return Caller(addr.String())
}

// remote returns the address at the other end of the request's connection.
func remote(r *http.Request) (netip.Addr, bool) { return parse(r.RemoteAddr) }

// parse reads an address that may have a port, brackets and a zone.
func parse(text string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return addr.Unmap(), err == nil
}

// callerKey is the context key of the caller.
type callerKey struct{}

// WithCaller returns a context with the caller.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf returns the caller of a context, or "" if it has none.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
