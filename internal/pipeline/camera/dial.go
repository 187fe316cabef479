package camera

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// dialer connects to cameras without a proxy. Each name is resolved once for a call, and the
// addresses that were checked are the ones that are dialled. So a name that changes its address in
// between leads nowhere else.
type dialer struct {
	nets    func(netip.Addr) error
	resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	connect func(ctx context.Context, address string) (net.Conn, error)
}

// newDialer returns the dialer of a configuration.
func newDialer(cfg Config) *dialer {
	d := &dialer{nets: cfg.Nets, resolve: cfg.Resolve, connect: cfg.connect}
	if d.connect == nil {
		d.connect = func(ctx context.Context, address string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		}
	}
	if d.nets == nil {
		d.nets = func(netip.Addr) error { return nil }
	}
	if d.resolve == nil {
		d.resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	return d
}

// errNets is the cause of a refused address. It does not name the address: a user could read from
// it how a name resolves inside the operator's network.
var errNets = errors.New("the address is not permitted")

// dial connects to a host. The error is a Trouble without the address.
func (d *dialer) dial(ctx context.Context, host, port string) (net.Conn, error) {
	addrs, err := d.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	permitted := slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool {
		return d.nets(a) != nil
	})
	if len(permitted) == 0 {
		return nil, away(briefing.TroubleForbidden, "%w", errNets)
	}
	var first error
	for i, a := range permitted {
		conn, err := d.dialOne(ctx, a, port, len(permitted)-i)
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = networkTrouble(err)
		}
	}
	return nil, first
}

// dialOne connects to one address. It has the share of ctx's time that is left for it if others
// come after it: one that never answers must not use up all of it.
func (d *dialer) dialOne(
	ctx context.Context, a netip.Addr, port string, left int,
) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	return d.connect(ctx, net.JoinHostPort(a.Unmap().String(), port))
}

// lookup returns the addresses of a host, which may be an address itself.
func (d *dialer) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	addrs, err := d.resolve(ctx, host)
	if err != nil {
		return nil, networkTrouble(err)
	}
	if len(addrs) == 0 {
		return nil, away(briefing.TroubleName, "the name has no address")
	}
	return addrs, nil
}

// networkTrouble returns the trouble of an error of the network. Errors of package net contain
// addresses, so only their kind is reported.
func networkTrouble(err error) *pipeline.Trouble {
	if t, ok := errors.AsType[*pipeline.Trouble](err); ok {
		return t
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && !dns.IsTimeout {
		if dns.IsNotFound {
			return away(briefing.TroubleName, "the name does not exist")
		}
		return away(briefing.TroubleName, "the name cannot be resolved")
	}
	number, _ := errors.AsType[syscall.Errno](err)
	var timeout net.Error
	switch {
	case number == syscall.ECONNREFUSED:
		return away(briefing.TroubleNotListening, "%w", number)
	case number == syscall.EHOSTUNREACH, number == syscall.ENETUNREACH,
		number == syscall.EHOSTDOWN, number == syscall.ENETDOWN, number == syscall.EACCES,
		number == syscall.EPERM, number == syscall.EADDRNOTAVAIL, number == syscall.EINVAL:
		return away(briefing.TroubleNoRoute, "%w", number)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return away(briefing.TroubleTimeout, "no answer in time")
	case number != 0:
		return away(briefing.TroubleCut, "%w", number)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return away(briefing.TroubleCut, "the connection ended")
	}
	return away(briefing.TroubleCut, "the connection broke")
}
