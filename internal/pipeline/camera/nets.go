package camera

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// Nets says which addresses the cameras of users may have. Its zero value permits every public and
// private address.
//
// Some addresses are never permitted: link-local ones, those of the metadata services of clouds,
// multicast, broadcast and unspecified ones, and IPv6 addresses that stand for one of them.
type Nets struct {
	// Only has the nets that may be called. Empty means all public and private ones.
	Only []netip.Prefix
	// Loopback permits addresses of this machine. Set it only while the server itself listens on
	// loopback alone.
	Loopback bool
}

// errNets is the cause of a refused address. It does not name the address: a user could read from
// it how a name resolves inside the operator's network.
var errNets = errors.New("the address is not permitted")

// never has the nets that no camera of a user may have, beside those that netip knows.
var never = prefixes(
	"0.0.0.0/8", "169.254.0.0/16", "240.0.0.0/4", "fe80::/10", "fec0::/10", "::/96",
	// metadata services of clouds
	"100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",
	"fd00:ec2::/32", "fd20:ce::/64", "fd00:42::42/128", "fd00:c1::a9fe:a9fe/128",
)

// carriers are the nets of IPv6 whose addresses stand for one of IPv4, and the byte at which that
// begins: NAT64, its local form, and 6to4.
var carriers = map[netip.Prefix]int{
	netip.MustParsePrefix("64:ff9b::/96"):   12,
	netip.MustParsePrefix("64:ff9b:1::/48"): 12,
	netip.MustParsePrefix("2002::/16"):      2,
}

// teredo addresses stand for the inverse of their last four bytes.
var teredo = netip.MustParsePrefix("2001::/32")

func prefixes(texts ...string) []netip.Prefix {
	nets := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		nets = append(nets, netip.MustParsePrefix(text))
	}
	return nets
}

// Check returns nil if a may be called. It is a value for Config.Nets.
func (n Nets) Check(a netip.Addr) error {
	a = a.WithZone("").Unmap()
	if !a.IsValid() {
		return errNets
	}
	if inner, ok := carried(a); ok {
		// A route to this machine by way of a carrier is nobody's camera.
		if inner.IsLoopback() || (Nets{}).Check(inner) != nil {
			return errNets
		}
	}
	if a.IsLoopback() {
		if n.Loopback {
			return nil
		}
		return errNets
	}
	if a.IsUnspecified() || a.IsMulticast() || a.IsLinkLocalUnicast() || in(a, never) {
		return errNets
	}
	if len(n.Only) > 0 && !in(a, n.Only) {
		return errNets
	}
	return nil
}

// carried returns the IPv4 address that an IPv6 address stands for.
func carried(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() {
		return netip.Addr{}, false
	}
	b := a.As16()
	for net, at := range carriers {
		if net.Contains(a) {
			return netip.AddrFrom4([4]byte(b[at : at+4])), true
		}
	}
	if teredo.Contains(a) {
		var inner [4]byte
		binary.BigEndian.PutUint32(inner[:], ^binary.BigEndian.Uint32(b[12:]))
		return netip.AddrFrom4(inner), true
	}
	return netip.Addr{}, false
}

// in reports whether a net of the list contains an address.
func in(a netip.Addr, nets []netip.Prefix) bool {
	for _, net := range nets {
		if net.Contains(a) {
			return true
		}
	}
	return false
}
