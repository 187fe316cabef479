package briefing

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secretSpan is a place in a path that has a credential, or SourceMask in place of one.
type secretSpan struct {
	from, to int
	// key names the place by what surrounds it, so that a credential is never put elsewhere. Of a
	// parameter it is the name, and of a segment everything before it.
	key string
}

// secretSpans returns the places of credentials in a path with its query, in their order. A path
// whose credentials are masked has the same places with the same keys.
func secretSpans(path string) []secretSpan {
	pairs := pairsOf(path)
	spans := secretPairs(path, pairs)
	end := len(path)
	if i := strings.IndexByte(path, '?'); i >= 0 {
		end = i
		spans = append(spans, bareTokens(path, i+1, pairs)...)
	}
	for _, s := range secretSegments(path[:end]) {
		inPair := slices.ContainsFunc(pairs, func(p pair) bool { return p.start < s.to && s.from < p.to })
		if !inPair {
			spans = append(spans, s)
		}
	}
	slices.SortFunc(spans, func(a, b secretSpan) int { return a.from - b.from })
	var masked strings.Builder
	at := 0
	for i, s := range spans {
		masked.WriteString(path[at:s.from])
		if s.key == "" { // of a segment
			spans[i].key = masked.String()
		}
		masked.WriteString(SourceMask)
		at = s.to
	}
	return spans
}

// maskSpans returns a path with SourceMask in some places.
func maskSpans(path string, spans []secretSpan) string {
	return replaceSpans(path, spans, func(secretSpan) string { return SourceMask })
}

// replaceSpans returns a path with other texts in some places.
func replaceSpans(path string, spans []secretSpan, text func(secretSpan) string) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(path[at:s.from])
		b.WriteString(text(s))
		at = s.to
	}
	return b.String() + path[at:]
}

// pair is a name with a value, as in "pwd=1234".
type pair struct {
	name            string // decoded, in lower case
	start, from, to int    // of the name, and of the value
}

// Some cameras write pairs into the path and join them by underscores, as in
// /user=admin_password=1234_channel=1. Then a value ends before the next name.
var (
	pairPattern = regexp.MustCompile(`(^|[/?&;_,])([A-Za-z0-9_.%+\-\[\]:$]+)=([^&;/?]*)`)
	joinPattern = regexp.MustCompile(`[_,][A-Za-z]+=`)
	urlPattern  = regexp.MustCompile(`(?i)((://|%3a%2f%2f)[^/?&]*(@|%40)|^[^/?&@]+(:|%3a)[^/?&@]*(@|%40))`)
)

// pairsOf returns the pairs of a path and its query.
func pairsOf(path string) (pairs []pair) {
	for at, query := 0, false; ; {
		m := pairPattern.FindStringSubmatchIndex(path[at:])
		if m == nil {
			return pairs
		}
		p := pair{start: at + m[4], from: at + m[6], to: at + m[7]}
		p.name = strings.ToLower(path[p.start : at+m[5]])
		if plain, err := url.QueryUnescape(p.name); err == nil {
			p.name = plain
		}
		query = query || strings.Contains(path[at:p.from], "?")
		if query { // the value of a query ends at the next pair alone
			if p.to = strings.IndexAny(path[p.from:], "&;"); p.to < 0 {
				p.to = len(path) - p.from
			}
			p.to = beyondSemicolons(path, p.name, p.from, p.to+p.from)
		} else if join := joinPattern.FindStringIndex(path[p.from:p.to]); join != nil {
			p.to = p.from + join[0]
		} else {
			p.to = beyondSlash(path, p.name, p.from, p.to)
		}
		pairs = append(pairs, p)
		at = p.to
	}
}

// secretPairs returns the values of pairs that are credentials: by their name, because they contain
// a login, or because they look like tokens. "u" and "p" are a user and a password if both are
// there.
func secretPairs(path string, pairs []pair) (spans []secretSpan) {
	logins := loginNames(pairs)
	count := map[string]int{}
	for _, p := range pairs {
		value := path[p.from:p.to]
		secret := IsSecretName(p.name) || logins[p.name] && !countPattern.MatchString(value) ||
			logins["p"] && (p.name == "u" || p.name == "p") ||
			p.name == "api" && !strings.HasPrefix(value, "SYNO.") ||
			urlPattern.MatchString(value) || hidesLogin(value) || tokenLike(value)
		if value == "" || value != SourceMask && !secret {
			continue
		}
		count[p.name]++
		spans = append(spans, secretSpan{p.from, p.to, fmt.Sprintf("%s=#%d", p.name, count[p.name])})
	}
	return spans
}

// bareTokens returns the tokens and logins of a query, which begins at an index, that have no name.
// What belongs to a pair is left out.
func bareTokens(path string, at int, pairs []pair) (spans []secretSpan) {
	for from := at; from <= len(path); {
		to := len(path)
		if i := strings.IndexAny(path[from:], "&;"); i >= 0 {
			to = from + i
		}
		inPair := slices.ContainsFunc(pairs, func(p pair) bool { return p.start < to && from < p.to })
		if part := path[from:to]; !inPair &&
			(part == SourceMask || tokenLike(part) || bareLogin(part) || hidesLogin(part)) {
			spans = append(spans, secretSpan{from, to, fmt.Sprintf("?#%d", len(spans)+1)})
		}
		from = to + 1
	}
	return spans
}

var (
	// loginPattern matches a segment such as "admin:1234@cam", and colonPattern one such as
	// "admin:1234".
	loginPattern = regexp.MustCompile(`(?i)^([^:@]*(?::|%3a))(.+)(?:@|%40)`)
	colonPattern = regexp.MustCompile(`(?i)^([^:\[]*?(?::|%3a))(.+)$`)
	portPath     = regexp.MustCompile(`^([^:]*\.[^:]*|localhost):[0-9]+$`)
	// streamPattern matches words of streams and files, which are no credentials.
	streamPattern = regexp.MustCompile(`(?i)^((ch|cam|channel|channels|camera|stream|video|track|trackid|` +
		`media|profile|h)?[-_]?[0-9]{0,4}|main|sub|ext|live|av_?stream|av[0-9]*|streaming|onvif|h26[45]|mjpeg|mjpg|` +
		`snapshot|snap|image|jpg|view|index|.*\.(cgi|jpe?g|mjpe?g|png|sdp|php|html?|asp|smp|m3u8|ts))$`)
	livePattern  = regexp.MustCompile(`(?i)^(live|stream|play|rtsp|video|h264)$`)
	countPattern = regexp.MustCompile(`(?i)^[0-9]{1,4}(\.[a-z0-9]+)?$`)
)

// accounts are usual names of a camera's users.
var accounts = map[string]bool{
	"admin": true, "root": true, "user": true, "guest": true, "operator": true, "viewer": true,
	"supervisor": true, "service": true, "666666": true, "888888": true, "administrator": true,
}

// secretSegments returns the segments of a path, and parts of segments, that are credentials. Their
// keys are empty.
func secretSegments(path string) (spans []secretSpan) {
	segments := strings.Split(path, "/")
	at := 0
	for i, s := range segments {
		from, to := at, at+len(s)
		at = to + 1
		switch m := loginPattern.FindStringSubmatchIndex(s); {
		case s == "":
		case s == SourceMask, liveLogin(segments, i), followsName(segments, i), tokenLike(s),
			encodedEquals.MatchString(s) && hidesLogin(s):
			spans = append(spans, secretSpan{from: from, to: to})
		case m != nil:
			spans = append(spans, secretSpan{from: from + m[4], to: from + m[5]})
		default:
			if m := colonPattern.FindStringSubmatchIndex(s); m != nil && !portPath.MatchString(s) &&
				!(m[5]-m[4] <= 2 && countPattern.MatchString(s[m[4]:])) {
				spans = append(spans, secretSpan{from: from + m[4], to: to})
			}
		}
	}
	return spans
}

// liveLogin reports whether a segment is the user or the password of /live/USER/PASSWORD/1.
func liveLogin(segments []string, i int) bool {
	for _, first := range []int{i - 1, i - 2} {
		if first < 0 || first+3 >= len(segments) || !livePattern.MatchString(segments[first]) ||
			!countPattern.MatchString(segments[first+3]) {
			continue
		}
		if !streamPattern.MatchString(segments[first+1]) && !streamPattern.MatchString(segments[first+2]) {
			return true
		}
	}
	return false
}

// followsName reports whether a segment follows the name of a credential, as in /password/1234, or
// that of a usual account, as in /admin/1234.
func followsName(segments []string, i int) bool {
	if i == 0 || streamPattern.MatchString(segments[i]) {
		return false
	}
	before := strings.ToLower(segments[i-1])
	return accounts[before] || secretNames[separators.Replace(before)]
}
