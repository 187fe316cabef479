package config

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
)

// Nets are the networks whose addresses cameras of users may have. The zero value has none.
type Nets struct {
	public, private, loopback bool
	prefixes                  []netip.Prefix
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
	case slices.ContainsFunc(n.prefixes, contains):
		return nil
	}
	allowed := n.public
	switch {
	case addr.IsLoopback():
		allowed = n.loopback
	case slices.ContainsFunc(privateNets, contains):
		allowed = n.private
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

// neverNets have no cameras: link-local and multicast addresses, those without a meaning, and the
// metadata services of clouds, which give passwords to everybody who asks.
var neverNets = prefixes(
	"0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
	"::/128", "fe80::/10", "ff00::/8", "64:ff9b:1::/48", "100::/64",
	"100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24", "fd00:ec2::/32", "fd20:ce::/64",
	"fd00:42::42/128", "fd00:c1::a9fe:a9fe/128",
)

// privateNets are the networks of homes, shops and companies.
var privateNets = prefixes(
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15",
	"fc00::/7", "fec0::/10",
)

func prefixes(all ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(all))
	for i, text := range all {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// errNets is the rule of --camera-nets.
var errNets = errors.New("--camera-nets must be none, or a list of public, private, loopback, " +
	"IP addresses and networks such as 10.0.0.0/8")

// parseNets reads --camera-nets. An empty text is the default: public and private, and loopback if
// only this machine reaches the server.
func parseNets(text, addr string) (n Nets, err error) {
	parts := list(text)
	switch {
	case len(parts) == 0:
		return Nets{public: true, private: true, loopback: loopback(addr)}, nil
	case slices.Equal(parts, []string{"none"}):
		return Nets{}, nil
	}
	for _, part := range parts {
		switch strings.ToLower(part) {
		case "public":
			n.public = true
		case "private":
			n.private = true
		case "loopback":
			n.loopback = true
		default:
			prefix, err := parsePrefix(part)
			if err != nil {
				return Nets{}, errNets
			}
			n.prefixes = append(n.prefixes, prefix)
		}
	}
	for _, p := range n.prefixes {
		if slices.ContainsFunc(neverNets, func(never netip.Prefix) bool {
			return never.Bits() <= p.Bits() && never.Contains(p.Addr())
		}) {
			return Nets{}, errors.New("--camera-nets must have no link-local and no reserved network, " +
				"and no metadata service: such addresses are never asked")
		}
	}
	return n, nil
}

// parsePrefix reads a network. A single address is a network of one.
func parsePrefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr.WithZone(""), addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err == nil && prefix.Addr().Is4In6() {
		err = errNets
	}
	return prefix.Masked(), err
}
