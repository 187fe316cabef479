package briefing

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// splitLogin splits what follows the scheme into credentials, host and path. The host is empty if
// there is none.
//
// Passwords contain raw slashes, question marks and @, and so do paths and queries. Every @ may
// therefore end the credentials, or none. Each of these readings needs a valid host. Of several,
// the one with the most likely host counts, see likelyHost. Of equally likely ones the first
// counts: a later @ then stands in the path or the query. Only a single word before a port of
// digits, as in "admin:12/34@cam", gives way to a later reading: it is a user with a password.
func splitLogin(rest string) (login, host, path string) {
	best := 0
	for at := -1; ; {
		h, p := splitHost(rest[at+1:])
		if rank := likelyHost(h); rank > 0 {
			before := rest[:max(at, 0)]
			if at < 0 && rank == likelyWordPort {
				rank = likelyLast
			}
			if !plausibleLogin(before) {
				rank = likelyLast
			}
			if rank > best {
				best, login, host, path = rank, before, h, p
			}
		}
		next := strings.IndexByte(rest[at+1:], '@')
		if next < 0 {
			return login, host, path
		}
		at += 1 + next
	}
}

// How likely it is that a text is the host of a camera.
const (
	likelyLast     = 1 + iota // nothing else may be the host
	likelyWord                // "cam"
	likelyWordPort            // "cam:8080"
	likelyName                // "cam.example"
	likelyAddress             // "192.0.2.7", "localhost", "cam.example:8080"
)

// likelyHost returns how likely a text is a camera's host. Zero means that it cannot be one.
func likelyHost(host string) int {
	if !validHost(host) {
		return 0
	}
	name, port := splitPort(host)
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	switch {
	case err == nil, strings.EqualFold(name, "localhost"):
		return likelyAddress
	case strings.Contains(name, ".") && port != "":
		return likelyAddress
	case strings.Contains(name, "."):
		return likelyName
	case port != "":
		return likelyWordPort
	}
	return likelyWord
}

// plausibleLogin reports whether a text is like credentials, and not like a host with a path: no
// user's name has a slash, and no password the form of a path with a query.
func plausibleLogin(text string) bool {
	user, _, _ := strings.Cut(text, ":")
	slash := strings.IndexByte(text, '/')
	if slash >= 0 {
		if query := strings.IndexByte(text[slash:], '?'); query >= 0 &&
			strings.Contains(text[slash+query:], "=") {
			return false
		}
	}
	return !strings.ContainsAny(user, `/?#\`)
}

// splitHost splits a text at the end of its host.
func splitHost(text string) (host, path string) {
	if i := strings.IndexAny(text, `/?#\`); i >= 0 {
		return strings.TrimSpace(text[:i]), text[i:]
	}
	return strings.TrimSpace(text), ""
}

// splitPort splits a host and its port. The port is empty if there is none.
func splitPort(host string) (name, port string) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.Contains(host[i:], "]") {
		return host, ""
	}
	return host[:i], host[i+1:]
}

var (
	namePattern = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_\-]*[A-Za-z0-9_])?\.)*` +
		`[A-Za-z0-9_]([A-Za-z0-9_\-]*[A-Za-z0-9_])?\.?$`)
	portPattern = regexp.MustCompile(`^0*([1-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|` +
		`65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$`)
	// A name whose last label is a number is an IPv4 address in an unusual form.
	numberPattern = regexp.MustCompile(`(^|\.)([0-9]+|0[xX][0-9A-Fa-f]*)\.?$`)
)

// validHost reports whether a text is a host name of ASCII letters, an IPv4 address in its usual
// form, or an IPv6 address in brackets without a zone, each with a port or without.
func validHost(host string) bool {
	name, port := splitPort(host)
	if port != "" && !portPattern.MatchString(port) {
		return false
	}
	if inner, ok := strings.CutPrefix(name, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		a, err := netip.ParseAddr(inner)
		return ok && err == nil && a.Is6() && a.Zone() == ""
	}
	if a, err := netip.ParseAddr(name); err == nil {
		return a.Is4()
	}
	return len(name) <= 253 && namePattern.MatchString(name) && !numberPattern.MatchString(name)
}

// decodeLogin decodes a percent-encoded user or password. A text with a % that encodes nothing was
// typed as it is.
func decodeLogin(s string) string {
	for i := range len(s) {
		if s[i] == '%' && !isEscape(s[i:]) {
			return s
		}
	}
	plain, err := url.PathUnescape(s)
	if err != nil || !utf8.ValidString(plain) {
		return s
	}
	return plain
}

// isEscape reports whether a text begins with a percent-encoded byte.
func isEscape(s string) bool {
	isHex := func(c byte) bool {
		return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
	}
	return len(s) >= 3 && s[0] == '%' && isHex(s[1]) && isHex(s[2])
}
