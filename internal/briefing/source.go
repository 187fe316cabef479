package briefing

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Source is a camera's address, split.
type Source struct {
	Scheme   string // "http", "mjpeg+https", "rtsp", "demo", "push" …, in lower case
	Host     string // with the port if one was given; empty for demo: and push:
	Path     string // with the query, as a request line needs it
	User     string // decoded; empty: no credentials
	Password string // decoded
}

// String returns the address without credentials. Those in the path or the query are replaced by
// SourceMask.
func (s Source) String() string {
	if s.Host == "" {
		return s.Scheme + ":" + s.Path
	}
	return s.Scheme + "://" + s.Host + maskSpans(s.Path, secretSpans(s.Path))
}

// sourceSchemes are the schemes with a host, and the form in which Source has them.
var sourceSchemes = map[string]string{
	"http": "http", "https": "https", "rtsp": "rtsp", "rtsps": "rtsps",
	"mjpeg+http": "mjpeg+http", "mjpeg+https": "mjpeg+https",
	"mjpeg": "mjpeg+http", "mjpg": "mjpeg+http",
}

// The rules of an address. They never repeat a part of it, because any part may be a password.
const (
	ruleSource = "must be an address such as http://192.168.0.10/snapshot.jpg, " +
		"mjpeg+http://…, rtsp://…, demo: or push:"
	ruleSourceHost = "must have a host, such as http://192.168.0.10/snapshot.jpg"
	ruleSourceRTSP = "must begin with rtsp:// or http://, because its port is usually one of RTSP"
)

// ParseSource splits a camera's address as an owner types it. Spaces around it and capitals in the
// scheme and the host do not matter. Without a scheme it is an http:// address if that is likely.
//
// The credentials are what precedes the last @ before the host. They may contain any character,
// as it is or percent-encoded. The path and the query may contain an @, too; see splitLogin.
//
// The error is an InvalidError on field "source". It never repeats a part of the address. Addresses
// with file: are refused, because only the settings may name files.
func ParseSource(text string) (Source, error) {
	text = strings.TrimFunc(text, isSourceSpace)
	switch {
	case len(text) > MaxSourceLen:
		return Source{}, Refuse(RefuseLongAddress, "source",
			"must have at most %d bytes", MaxSourceLen)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, isSourceControl):
		return Source{}, Refuse(RefuseAddressText, "source",
			"must be one line of text without control characters")
	}
	scheme, rest, err := splitScheme(text)
	if err != nil {
		return Source{}, err
	}
	switch scheme {
	case "demo":
		if _, _, err := ParseDemo(rest); err != nil {
			return Source{}, err
		}
		return Source{Scheme: scheme, Path: rest}, nil
	case "push":
		if strings.Trim(rest, "/") != "" {
			return Source{}, Refuse(RefusePush, "source", "must be push: alone, without an address")
		}
		return Source{Scheme: scheme}, nil
	}
	login, host, path := splitLogin(rest)
	if host == "" {
		return Source{}, hostFault(rest)
	}
	if scheme == "" {
		if scheme, err = guessScheme(host, path); err != nil {
			return Source{}, err
		}
	}
	s := Source{Scheme: scheme, Host: canonicalHost(host), Path: canonicalPath(path)}
	s.Path = bulletPattern.ReplaceAllString(s.Path, SourceMask)
	if s.Path == "" && !strings.HasPrefix(scheme, "rtsp") {
		s.Path = "/"
	}
	// What precedes an @ in the path could be taken for credentials once those are left out.
	shown := s.Host + maskSpans(s.Path, secretSpans(s.Path))
	if login, host, _ := splitLogin(shown); login != "" || host != s.Host {
		s.Path = strings.ReplaceAll(s.Path, "@", "%40")
	}
	user, password, _ := strings.Cut(login, ":")
	s.User, s.Password = decodeLogin(user), decodeLogin(password)
	if strings.ContainsFunc(s.User+s.Password, isSourceControl) {
		return Source{}, Refuse(RefuseAddressText, "source",
			"must not have control characters in its credentials")
	}
	return s, nil
}

// isSourceSpace reports whether a character may surround an address: spaces, and the marks that
// come along when an address is copied from a page.
func isSourceSpace(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"'<>`, r)
}

// isSourceControl reports whether a character could split a line of a request.
func isSourceControl(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

// schemePattern matches a scheme and what follows its colon.
var schemePattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.\-]*)\s*:\s*(.*)$`)

// splitScheme splits the scheme from an address. It is empty if there is none.
func splitScheme(text string) (scheme, rest string, err error) {
	if text == "" {
		return "", "", Refuse(RefuseNoAddress, "source", ruleSource)
	}
	m := schemePattern.FindStringSubmatch(text)
	if m == nil {
		return "", strings.TrimLeft(text, `/\`), nil
	}
	scheme, rest = strings.ToLower(m[1]), m[2]
	slashes := strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, `\\`)
	switch {
	case scheme == "demo" || scheme == "push":
		return scheme, rest, nil
	case scheme == "file":
		return "", "", Refuse(RefuseFile, "source",
			"must not be a file: address; only the server's own setting may name files")
	case sourceSchemes[scheme] != "" && slashes:
		return sourceSchemes[scheme], strings.TrimLeft(rest, `/\ `), nil
	case slashes || sourceSchemes[scheme] != "":
		return "", "", Refuse(RefuseAddress, "source", ruleSource)
	}
	return "", text, nil // a host with a port, or a user with a password
}

// guessScheme returns the scheme of an address that has none. Addresses of pictures are most
// frequent. A name alone may be anything.
func guessScheme(host, path string) (string, error) {
	name, port := splitPort(host)
	switch port {
	case "554", "8554", "10554", "322":
		return "", Refuse(refuseRTSPPort, "source", ruleSourceRTSP)
	case "443":
		return "https", nil
	}
	if !strings.ContainsAny(name, ".:") && name != "localhost" && strings.Trim(path, "/") == "" {
		return "", Refuse(RefuseAddress, "source", ruleSource)
	}
	return "http", nil
}

// hostFault returns the error of an address without a host that can be called.
func hostFault(rest string) error {
	authority := rest[strings.LastIndex(rest, "@")+1:]
	if i := strings.IndexAny(authority, "/?#"); i >= 0 {
		authority = authority[:i]
	}
	bare, _ := strings.CutPrefix(authority, "[")
	bare, _, _ = strings.Cut(bare, "]")
	before, _, zoned := strings.Cut(bare, "%")
	switch a, err := netip.ParseAddr(before); {
	case err == nil && a.Is6() && zoned:
		return Refuse(RefuseIPv6, "source", "must not have a zone in its IPv6 address")
	case err == nil && a.Is6():
		return Refuse(RefuseIPv6, "source",
			"must have its IPv6 address in brackets, such as http://[2001:db8::7]/")
	case strings.ContainsFunc(authority, func(r rune) bool { return r >= utf8.RuneSelf }):
		return Refuse(RefuseHostLetters, "source",
			"must have a host of ASCII letters, such as an IP address")
	}
	return Refuse(RefuseNoHost, "source", ruleSourceHost)
}

// canonicalHost returns a valid host in lower case, with its port if it has one.
func canonicalHost(host string) string {
	name, port := splitPort(host)
	if a, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		if name = a.String(); a.Is6() {
			name = "[" + name + "]"
		}
	}
	if n, err := strconv.Atoi(port); err == nil {
		return strings.ToLower(name) + ":" + strconv.Itoa(n)
	}
	return strings.ToLower(name)
}

// canonicalPath returns a path with its query as a request line needs it: percent-encoded where
// HTTP demands it, and otherwise as it was typed. A fragment of a page is left out.
func canonicalPath(path string) string {
	if strings.HasPrefix(path, `\`) {
		path = "/" + path[1:]
	}
	head, query, hasQuery := strings.Cut(path, "?")
	if before, _, found := strings.Cut(head, "#"); found && !endsInSecret(before) {
		head, query, hasQuery = before, "", false
	}
	if head == "" && hasQuery {
		head = "/"
	}
	if !hasQuery {
		return encodePath(head)
	}
	return encodePath(head) + "?" + encodePath(query)
}

// encodePath percent-encodes what may not stand in a request line, and each % that encodes nothing.
func encodePath(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}#", c) >= 0 ||
			c == '%' && !isEscape(s[i:]) {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
