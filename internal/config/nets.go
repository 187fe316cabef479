package config

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"bis/internal/nets"
)

// errNets is the rule of --camera-nets.
var errNets = errors.New("--camera-nets must be none, or a list of public, private, loopback, " +
	"IP addresses and networks such as 10.0.0.0/8")

// parseNets reads --camera-nets. An empty text is the default: public and private, and loopback if
// only this machine reaches the server.
func parseNets(text, addr string) (n nets.Nets, err error) {
	parts := list(text)
	switch {
	case len(parts) == 0:
		return nets.Nets{Public: true, Private: true, Loopback: loopback(addr)}, nil
	case slices.Equal(parts, []string{"none"}):
		return nets.Nets{}, nil
	}
	for _, part := range parts {
		switch strings.ToLower(part) {
		case "public":
			n.Public = true
		case "private":
			n.Private = true
		case "loopback":
			n.Loopback = true
		default:
			prefix, err := parsePrefix(part)
			if err != nil {
				return nets.Nets{}, errNets
			}
			n.Prefixes = append(n.Prefixes, prefix)
		}
	}
	for _, p := range n.Prefixes {
		if nets.Never(p) {
			return nets.Nets{}, errors.New("--camera-nets must have no link-local and no reserved network, " +
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
