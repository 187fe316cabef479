package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// Address is the address of a camera or a model. Any part of it may contain a password or a key, so
// it prints no more than its scheme and its host.
type Address string

// hiddenAddress is printed in place of an address that must not be shown.
const hiddenAddress = "(address not shown)"

// String returns what may be shown of the address.
func (a Address) String() string {
	text := string(a)
	scheme, rest, found := strings.Cut(text, "://")
	if !found || strings.HasPrefix(text, "file:") {
		return localAddress(text)
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "http", "https", "mjpeg+http", "mjpeg+https", "rtsp", "rtsps":
	default:
		return hiddenAddress
	}
	authority, behind := rest, ""
	if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
		authority, behind = rest[:i], rest[i:]
	}
	host := authority[strings.LastIndex(authority, "@")+1:]
	// A slash in a password ends the authority too early. Then a piece of the password is parsed as
	// the host.
	u, err := url.Parse("http://" + host)
	if err != nil || !isHost(u.Hostname()) || strings.Contains(behind, "@") {
		return scheme + "://…"
	}
	shown := scheme + "://"
	if host != authority {
		shown += "…@"
	}
	shown += host
	if strings.Trim(behind, "/") != "" {
		shown += "/…"
	}
	return shown
}

// localAddress returns what may be shown of an address without a host: all of a demo: or file:
// address. Any other text is a mistake and may contain a secret.
func localAddress(text string) string {
	scheme, rest, _ := strings.Cut(text, ":")
	local := scheme == "demo" || scheme == "file"
	// file://me:key@host has credentials, while an @ in a plain path is harmless.
	login := strings.HasPrefix(rest, "//") && strings.Contains(rest, "@")
	if text == "" || local && !login && !strings.Contains(rest, "://") {
		return text
	}
	return hiddenAddress
}

// GoString hides the same parts from %#v.
func (a Address) GoString() string { return fmt.Sprintf("config.Address(%q)", a.String()) }

// LogValue hides the same parts from logs.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalText hides the same parts from encoders.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// isHost reports whether s can be a host name or an IP address.
func isHost(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x80 && !strings.ContainsRune("-_.:%", r) &&
			(r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
