package camera

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"
)

// challenge is one way to log in that a camera offers (RFC 9110, section 11.3).
type challenge struct {
	scheme string            // in lower case
	params map[string]string // names in lower case
}

// parseChallenges reads the challenges of the WWW-Authenticate headers of an answer. A header may
// have several of them, separated by commas like their parameters.
func parseChallenges(headers []string) []challenge {
	var all []challenge
	for _, header := range headers {
		for rest := header; ; {
			rest = strings.TrimLeft(rest, ", \t")
			if rest == "" {
				break
			}
			word, after := cutToken(rest)
			value, found := strings.CutPrefix(strings.TrimLeft(after, " \t"), "=")
			switch {
			case word == "": // a character that stands in no word
				rest = rest[1:]
			case !found: // a scheme
				all = append(all, challenge{strings.ToLower(word), map[string]string{}})
				rest = after
			default:
				value, rest = cutValue(strings.TrimLeft(value, " \t"))
				if len(all) > 0 {
					all[len(all)-1].params[strings.ToLower(word)] = value
				}
			}
		}
	}
	return all
}

// cutToken cuts the word at the beginning of a text.
func cutToken(s string) (word, rest string) {
	if i := strings.IndexAny(s, " \t,=\""); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// cutValue cuts a value, quoted or not.
func cutValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		if i := strings.IndexByte(s, ','); i >= 0 {
			return strings.TrimSpace(s[:i]), s[i:]
		}
		return strings.TrimSpace(s), ""
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
		case s[i] == '"':
			return b.String(), s[i+1:]
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// login remembers how one camera wants its credentials, for each scheme and port of its host.
// Nothing is sent before a challenge. A camera that has offered Digest does not get its password in
// clear as long as the login exists: until a restart or a change of the camera. It is safe for
// concurrent use.
type login struct {
	user, password string

	mu      sync.Mutex // guards the fields below
	ways    map[origin]*way
	digests bool // the camera has offered Digest
}

// origin is where a request goes.
type origin struct {
	secure     bool
	host, port string
}

// way is how an origin wants credentials: by Digest, or, if that is nil, by Basic.
type way struct{ digest *digest }

// digest is a Digest challenge in use (RFC 7616).
type digest struct {
	realm, nonce, opaque string
	hasOpaque            bool
	algorithm            string // as the camera wrote it; empty: MD5, unsaid
	new                  func() hash.Hash
	session              bool // an algorithm with "-sess"
	qop                  bool // auth; false: the older form without it
	utf8                 bool // the camera announced UTF-8
	hashed               bool // the user's name is sent as a hash
	cnonce               string
	count                uint32 // of the requests with this nonce
}

// header returns the Authorization header of a request, or "" if there is nothing to send.
func (l *login) header(to origin, target string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch w := l.ways[to]; {
	case w == nil:
		return ""
	case w.digest != nil:
		return w.digest.answer(l.user, l.password, "GET", target)
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(l.user+":"+l.password))
}

// maxOrigins bounds the origins of one camera.
const maxOrigins = 8

// learn reads the challenges of a 401. supported reports whether one of them can be answered, and
// again whether another request is worth it. sent is the header of the refused request, and fresh
// says that its challenge came just before it: only a stale nonce then deserves another request.
func (l *login) learn(to origin, headers []string, sent string, fresh bool) (supported, again bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var best *digest
	basic, stale := false, false
	for _, c := range parseChallenges(headers) {
		switch c.scheme {
		case "basic":
			basic = true
		case "digest":
			l.digests = true
			if d := newDigest(c.params); d != nil && (best == nil || d.strength() > best.strength()) {
				best, stale = d, strings.EqualFold(c.params["stale"], "true")
			}
		}
	}
	if best == nil && (!basic || l.digests && !to.secure) {
		return false, false
	}
	if l.ways == nil || len(l.ways) >= maxOrigins {
		l.ways = map[origin]*way{}
	}
	l.ways[to] = &way{digest: best}
	scheme := "Basic"
	if best != nil {
		scheme = "Digest"
	}
	again = !strings.HasPrefix(sent, scheme) || best != nil && (stale || !fresh)
	if !again { // refused: the next request asks anew, and so tries the password only once
		delete(l.ways, to)
	}
	return true, again
}

// newDigest returns a challenge that can be answered, or nil.
func newDigest(params map[string]string) *digest {
	d := &digest{
		realm: params["realm"], nonce: params["nonce"], algorithm: params["algorithm"],
		utf8:   strings.EqualFold(params["charset"], "UTF-8"),
		hashed: strings.EqualFold(params["userhash"], "true"), cnonce: newNonce(),
	}
	d.opaque, d.hasOpaque = params["opaque"]
	name, session := strings.CutSuffix(strings.ToUpper(d.algorithm), "-SESS")
	d.session = session
	switch name {
	case "", "MD5":
		d.new = md5.New
	case "SHA-256", "SHA256":
		d.new = sha256.New
	case "SHA-512-256":
		d.new = sha512.New512_256
	default:
		return nil
	}
	if qop, ok := params["qop"]; ok {
		for one := range strings.FieldsFuncSeq(qop, func(r rune) bool { return r == ',' || r == ' ' }) {
			d.qop = d.qop || strings.EqualFold(one, "auth")
		}
		if !d.qop && strings.Trim(qop, ", ") != "" {
			return nil // auth-int alone
		}
	}
	return d
}

// strength orders the algorithms.
func (d *digest) strength() int { return d.new().Size() }

// newNonce returns a random text.
func newNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// answer returns the Authorization header of the next request with this nonce.
func (d *digest) answer(user, password, method, target string) string {
	d.count++
	h := func(parts ...string) string {
		sum := d.new()
		sum.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(sum.Sum(nil))
	}
	a1 := h(user, d.realm, password)
	if d.session {
		a1 = h(a1, d.nonce, d.cnonce)
	}
	count, a2 := fmt.Sprintf("%08x", d.count), h(method, target)
	response := h(a1, d.nonce, a2)
	if d.qop {
		response = h(a1, d.nonce, count, d.cnonce, "auth", a2)
	}
	var b strings.Builder
	name := "username=" + quote(user)
	switch {
	case d.hashed:
		name = "username=" + quote(h(user, d.realm)) + ", userhash=true"
	case d.utf8 && strings.ContainsFunc(user, func(r rune) bool { return r >= utf8.RuneSelf }):
		name = "username*=UTF-8''" + url.PathEscape(user)
	}
	fmt.Fprintf(&b, `Digest %s, realm=%s, nonce=%s, uri=%s, response="%s"`,
		name, quote(d.realm), quote(d.nonce), quote(target), response)
	if d.algorithm != "" {
		fmt.Fprintf(&b, ", algorithm=%s", d.algorithm)
	}
	if d.hasOpaque {
		fmt.Fprintf(&b, ", opaque=%s", quote(d.opaque))
	}
	if d.qop {
		fmt.Fprintf(&b, `, qop=auth, nc=%s, cnonce="%s"`, count, d.cnonce)
	} else if d.session {
		fmt.Fprintf(&b, `, cnonce="%s"`, d.cnonce)
	}
	return b.String()
}

// quote returns a quoted string of a header, byte by byte. Control characters, which could end the
// header, are left out.
func quote(s string) string {
	b := []byte{'"'}
	for _, c := range []byte(s) {
		if c == '"' || c == '\\' {
			b = append(b, '\\')
		}
		if c >= ' ' && c != 0x7f {
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}
