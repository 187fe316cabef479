package briefing

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	// innerPattern matches a credential with its name within a value, as in JSON, or in pairs that
	// are joined by other signs than those of a query.
	innerPattern = regexp.MustCompile(`(?i)(pass|pwd|psw|token|secret|credential|\buser|\busr)[a-z_\-]*` +
		`\s*["']?\s*[:=]\s*["']?[^\s"',*]`)
	encodedEquals = regexp.MustCompile(`(?i)%3d`)
)

// hidesLogin reports whether a value contains credentials with their names, as it is or
// percent-encoded.
func hidesLogin(value string) bool {
	for range 2 {
		if innerPattern.MatchString(value) {
			return true
		}
		plain, err := url.PathUnescape(value)
		if err != nil || plain == value {
			return false
		}
		value = plain
	}
	return innerPattern.MatchString(value)
}

// bareLogin reports whether a part of a query without a name is a login, as in "admin:1234", or
// begins with the name of a credential, as in "user 1234".
func bareLogin(part string) bool {
	if plain, err := url.PathUnescape(part); err == nil {
		part = plain
	}
	if strings.Contains(part, "=") {
		return false
	}
	i := strings.IndexAny(part, ": ")
	if i < 0 || i == len(part)-1 {
		return false
	}
	before := strings.ToLower(part[:i])
	return accounts[before] || IsSecretName(before) ||
		part[i] == ':' && !countPattern.MatchString(part[i+1:])
}

// loginNames returns the short names that mean a user or a password in an address because of other
// names there: "n" and "p", or "id" beside "pw".
func loginNames(pairs []pair) map[string]bool {
	user, password, short := false, false, false
	for _, p := range pairs {
		switch {
		case p.name == "p":
			short = true
		case strings.HasPrefix(p.name, "u") || p.name == "n" || p.name == "login":
			user = user || p.name == "u" || p.name == "n" || IsSecretName(p.name)
		case p.name == "name" || p.name == "id":
		default:
			password = password || strings.Contains(p.name, "p") && IsSecretName(p.name)
		}
	}
	names := map[string]bool{}
	if short && user {
		names["u"], names["n"], names["p"] = true, true, true
	}
	if password {
		names["u"], names["n"], names["name"], names["id"] = true, true, true, true
	}
	return names
}

// beyondSemicolons returns the end of a value in a query. That of a credential also has what
// follows it without a name, because passwords contain semicolons.
func beyondSemicolons(path, name string, from, to int) int {
	if from == to || path[from:to] == SourceMask || !IsSecretName(name) {
		return to
	}
	for to < len(path) && path[to] == ';' {
		next := len(path)
		if i := strings.IndexAny(path[to+1:], "&;"); i >= 0 {
			next = to + 1 + i
		}
		if strings.Contains(path[to:next], "=") {
			break
		}
		to = next
	}
	return to
}

// endsInSecret reports whether the last pair of a path is a credential. Then a # belongs to it.
func endsInSecret(path string) bool {
	pairs := pairsOf(path)
	return len(pairs) > 0 && IsSecretName(pairs[len(pairs)-1].name)
}

// beyondSlash returns the end of a value in a path. That of a credential continues behind a slash
// or a question mark if nothing but it precedes the next pair.
func beyondSlash(path, name string, from, to int) int {
	if from == to || to == len(path) || path[from:to] == SourceMask || !IsSecretName(name) ||
		path[to] != '/' && path[to] != '?' {
		return to
	}
	i := strings.IndexByte(path[to:], '&')
	if i < 0 || strings.Contains(path[to:to+i], "=") || !strings.Contains(path[to+i:], "=") {
		return to
	}
	return to + i
}

// tokenLike reports whether a text looks like a token: at least 16 letters and digits without an
// order, or in hexadecimal.
func tokenLike(text string) bool {
	if strings.Trim(text, "0123456789abcdefABCDEF-") == "" && len(text) >= 16 {
		return strings.ContainsAny(text, "0123456789") && strings.ContainsAny(text, "abcdefABCDEF")
	}
	kinds, last := 0, 0
	for _, c := range text {
		kind := last
		switch {
		case c >= '0' && c <= '9':
			kind = 1
		case c >= 'a' && c <= 'z':
			kind = 2
		case c >= 'A' && c <= 'Z':
			kind = 3
		case c != '-' && c != '_' && c != '~':
			return false
		}
		if kind != last {
			kinds++
		}
		last = kind
	}
	digits := strings.ContainsAny(text, "0123456789")
	if !strings.ContainsAny(text, "-_~") { // of words that are joined, fewer changes are usual
		return len(text) >= 16 && (kinds >= 8 || kinds >= 6 && digits)
	}
	return len(text) >= 16 && kinds >= 7 && digits
}
