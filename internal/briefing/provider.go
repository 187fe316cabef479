package briefing

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ProviderID returns the id of the provider at an address: its host in lower case, and its port
// unless that is the one of https. So an id without a port stands for an encrypted address. It
// returns "" for an address without a host.
func ProviderID(address *url.URL) string {
	host := strings.ToLower(strings.TrimSuffix(address.Hostname(), "."))
	port, err := strconv.Atoi(address.Port())
	if err != nil && address.Scheme == "http" {
		port, err = 80, nil
	}
	if host == "" || err != nil || address.Scheme == "https" && port == 443 {
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

// ResolveProviders returns choices in which the providers have the ids of known ones. A choice for
// a host without a port is one for the only provider on that host, whatever its port. If there are
// several, or the provider has a choice of its own, it is not changed, so it does not allow more
// than its owner has seen. The argument is not changed.
func ResolveProviders(choices []ProviderEgress, known []string) []ProviderEgress {
	var resolved []ProviderEgress
	for i, choice := range choices {
		id, ok := onlyOn(choice.Provider, known)
		has := slices.ContainsFunc(choices, func(c ProviderEgress) bool { return c.Provider == id })
		if !ok || has {
			continue
		}
		if resolved == nil {
			resolved = slices.Clone(choices)
		}
		resolved[i].Provider = id
	}
	if resolved == nil {
		return choices
	}
	return resolved
}

// onlyOn returns the only known provider on a host.
func onlyOn(host string, known []string) (id string, ok bool) {
	for _, one := range known {
		name, _, err := net.SplitHostPort(one)
		if err != nil {
			name = one
		}
		if name != host || one == id {
			continue
		}
		if ok {
			return "", false
		}
		id, ok = one, true
	}
	return id, ok
}
