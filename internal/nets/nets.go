// Package nets decides which addresses the cameras of users may have. It resolves no name and
// contacts nothing.
package nets

import (
	"errors"
	"net/netip"
	"slices"
)

// Nets are the networks whose addresses cameras of users may have. The zero value has none.
//
// Some addresses are in none of them: link-local ones, those of the metadata services of clouds,
// multicast and reserved ones, and addresses of IPv6 that stand for one of them or for this
// machine.
type Nets struct {
	Public, Private bool
	// Loopback has the addresses of this machine. Set it only while the server itself listens on
	// loopback alone.
	Loopback bool
	// Prefixes are further networks. One that is wider than the addresses of this machine does not
	// have these.
	Prefixes []netip.Prefix
}

// Errors of Nets.Check. They have no address.
var (
	errNeverNet = errors.New("the camera's address is link-local, reserved, or that of a cloud's metadata service, " +
		"and such addresses are never asked")
	errOtherNet = errors.New("the camera's address is in a network that --camera-nets does not allow")
)

// Check returns nil if a camera of a user may have this address. Otherwise its error is a clause
// for the log and the owner, without the address. An IPv6 address that contains an IPv4 address
// must pass as both.
func (n Nets) Check(addr netip.Addr) error {
	addr = addr.Unmap()
	if inner, ok := embedded(addr); ok {
		if inner.IsLoopback() { // a way to this machine through a gateway is nobody's camera
			return errNeverNet
		}
		if err := n.check(inner); err != nil {
			return err
		}
	}
	return n.check(addr)
}

// check is Check for an address itself.
func (n Nets) check(addr netip.Addr) error {
	contains := func(p netip.Prefix) bool { return p.Contains(addr) }
	switch {
	case !addr.IsValid(), addr.Zone() != "", slices.ContainsFunc(neverNets, contains):
		return errNeverNet
	case slices.ContainsFunc(n.Prefixes, func(p netip.Prefix) bool {
		return contains(p) && (!addr.IsLoopback() || p.Addr().IsLoopback())
	}):
		return nil
	}
	allowed := n.Public
	switch {
	case addr.IsLoopback():
		allowed = n.Loopback
	case slices.ContainsFunc(privateNets, contains):
		allowed = n.Private
	}
	if !allowed {
		return errOtherNet
	}
	return nil
}

// embedded returns the IPv4 address that a gateway would send packets for an IPv6 address to.
func embedded(addr netip.Addr) (netip.Addr, bool) {
	if !addr.Is6() {
		return netip.Addr{}, false
	}
	b := addr.As16()
	var four [4]byte
	switch {
	case nat64.Contains(addr), compatible.Contains(addr) && !addr.IsLoopback():
		copy(four[:], b[12:])
	case sixToFour.Contains(addr):
		copy(four[:], b[2:])
	case teredo.Contains(addr):
		for i := range four {
			four[i] = b[12+i] ^ 0xff
		}
	default:
		return netip.Addr{}, false
	}
	return netip.AddrFrom4(four), true
}

// Networks of IPv6 whose addresses contain an IPv4 address.
var (
	nat64      = netip.MustParsePrefix("64:ff9b::/96")
	compatible = netip.MustParsePrefix("::/96")
	sixToFour  = netip.MustParsePrefix("2002::/16")
	teredo     = netip.MustParsePrefix("2001::/32")
)

// Never reports whether all addresses of a network are in no Nets.
func Never(p netip.Prefix) bool {
	return slices.ContainsFunc(neverNets, func(never netip.Prefix) bool {
		return never.Bits() <= p.Bits() && never.Contains(p.Addr())
	})
}

// neverNets have no cameras: link-local and multicast addresses, those without a meaning, and the
// metadata services of clouds, which give passwords to everybody who asks.
var neverNets = prefixes(
	"0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
	"::/128", "fe80::/10", "fec0::/10", "ff00::/8", "64:ff9b:1::/48", "100::/64",
	"100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24", "fd00:ec2::/32", "fd20:ce::/64",
	"fd00:42::42/128", "fd00:c1::a9fe:a9fe/128",
)

// privateNets are the networks of homes, shops and companies.
var privateNets = prefixes(
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15",
	"fc00::/7",
)

func prefixes(all ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(all))
	for i, text := range all {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}
