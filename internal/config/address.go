package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// Address is where to find a camera or a model. A password or a key may be in any part
// of it, so it prints no more than its scheme and its host.
type Address string

// hidden takes the place of what is not shown.
const hiddenAddress = "(address not shown)"

// String is what may be shown of the address.
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
	// A password with a slash in it ends the authority too early, and a piece of it looks like a
	// host.
	if u, err := url.Parse("http://" + host); err != nil || !isHost(u.Hostname()) || strings.Contains(behind, "@") {
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

// withoutNetwork shows the addresses that lead to no network. Others without a scheme are mistakes
// and may hold anything.
func localAddress(text string) string {
	scheme, rest, _ := strings.Cut(text, ":")
	local := scheme == "demo" || scheme == "file"
	if text == "" || local && !strings.Contains(rest, "://") && !(strings.Contains(rest, "@") && strings.HasPrefix(rest, "//")) {
		return text
	}
	return hiddenAddress
}

// GoString hides the same from %#v.
func (a Address) GoString() string { return fmt.Sprintf("config.Address(%q)", a.String()) }

// LogValue hides the same from logs.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalText hides the same from encoders.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// hostForm reports whether s can be the name or the IP address of a host.
func isHost(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x80 && !strings.ContainsRune("-_.:%", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
