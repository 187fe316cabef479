package briefing

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
)

// SourceMask replaces each credential in the path of an address that is shown or stored.
const SourceMask = "***"

// secretNames are the names of credentials in paths and queries of cameras, in lower case and
// without separators. This is the only list of them.
var secretNames = map[string]bool{
	"user": true, "usr": true, "username": true, "usrname": true, "userid": true, "uid": true,
	"login": true, "loginuse": true, "loginuser": true, "loginname": true, "account": true,
	"pwd": true, "pass": true, "passwd": true, "password": true, "pw": true, "psw": true,
	"userpwd": true, "usrpwd": true, "userpass": true, "userpassword": true, "usrpass": true,
	"loginpas": true, "loginpass": true, "loginpwd": true, "pin": true, "passphrase": true,
	"token": true, "accesstoken": true, "authtoken": true, "usertoken": true, "tk": true,
	"ticket": true, "session": true, "sessionid": true, "sid": true, "auth": true,
	"authbasic": true, "authorization": true, "basic": true, "credentials": true, "cred": true,
	"key": true, "apikey": true, "authkey": true, "secretkey": true, "streamkey": true,
	"secret": true, "sig": true, "sign": true, "signature": true, "authsig": true, "jwt": true,
}

// separators stand within names of credentials, as in "api_key".
var separators = strings.NewReplacer("_", "", "-", "", ".", "", " ", "", "+", "")

// IsSecretName reports whether a name in a path or a query introduces a user or a password, as in
// "usr=admin&pwd=…".
func IsSecretName(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	name = strings.TrimRight(separators.Replace(strings.ToLower(name)), "0123456789")
	if secretNames[name] {
		return true
	}
	for _, part := range secretParts {
		if strings.Contains(name, part) {
			return true
		}
	}
	return strings.HasSuffix(name, "key") || strings.HasSuffix(name, "pw")
}

// secretParts make a name that contains one of them that of a credential, as in "strPassword".
var secretParts = []string{"pass", "pwd", "psw", "token", "secret", "credential"}

// pairPattern matches a pair such as "pwd=1234". Some cameras write pairs into the path and join
// them by underscores, as in /user=admin_password=1234_channel=1. Then a value ends before the next
// name.
var (
	pairPattern = regexp.MustCompile(`(^|[/?&;_])([A-Za-z0-9_.%+\-]+)=([^&;/?]*)`)
	joinPattern = regexp.MustCompile(`_[A-Za-z]+=`)
	urlPattern  = regexp.MustCompile(`(?i)((://|%3a%2f%2f)[^/?&]*(@|%40)|^[^/?&@]+(:|%3a)[^/?&@]*(@|%40))`)
)

// maskPath replaces the credentials in a path, and returns them in their order. A value that is
// itself an address with credentials counts as one.
func maskPath(path string) (masked string, secrets []string) {
	var b strings.Builder
	query := false
	for path != "" {
		m := pairPattern.FindStringSubmatchIndex(path)
		if m == nil {
			break
		}
		name, from, to := path[m[4]:m[5]], m[6], m[7]
		query = query || strings.Contains(path[:from], "?")
		if query { // the value of a query ends at the next pair alone
			if to = strings.IndexAny(path[from:], "&;"); to < 0 {
				to = len(path) - from
			}
			to += from
		} else if join := joinPattern.FindStringIndex(path[from:to]); join != nil {
			to = from + join[0]
		}
		value := path[from:to]
		b.WriteString(path[:from])
		if value != "" && (IsSecretName(name) || urlPattern.MatchString(value)) {
			b.WriteString(SourceMask)
			secrets = append(secrets, value)
		} else {
			b.WriteString(value)
		}
		path = path[to:]
	}
	return b.String() + path, secrets
}

// Masked reports whether the address lacks credentials that stand in its path: it is one that
// String has returned. WithCredentials completes it.
func (s Source) Masked() bool { return strings.Contains(s.Path, "="+SourceMask) }

// sourceCredentials is the form of credentials for a Sealer.
type sourceCredentials struct {
	User     string   `json:"user,omitempty"`
	Password string   `json:"password,omitempty"`
	Path     []string `json:"path,omitempty"` // in the order of the path, as they stand in it
}

// Credentials returns everything of the address that String leaves out, as a text for a Sealer. It
// is empty if there are none.
func (s Source) Credentials() string {
	_, secrets := maskPath(s.Path)
	if s.User == "" && s.Password == "" && len(secrets) == 0 {
		return ""
	}
	text, err := json.Marshal(sourceCredentials{s.User, s.Password, secrets})
	if err != nil {
		panic(err) // strings can always be encoded
	}
	return string(text)
}

// WithCredentials returns the address with the credentials of another address, as Credentials has
// returned them. Masks in the path are replaced in their order. An empty text changes nothing.
// Credentials of the address itself stay.
func (s Source) WithCredentials(text string) (Source, error) {
	if text == "" {
		return s, nil
	}
	var c sourceCredentials
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return Source{}, Refuse(RefuseSecrets, "source",
			"must be entered anew: its stored credentials cannot be read")
	}
	if s.User == "" && s.Password == "" {
		s.User, s.Password = c.User, c.Password
	}
	for _, secret := range c.Path {
		s.Path = strings.Replace(s.Path, "="+SourceMask, "="+secret, 1)
	}
	return s, nil
}

// PathSecrets returns the credentials in the path, in their order and as they stand in it.
func (s Source) PathSecrets() []string {
	_, secrets := maskPath(s.Path)
	return secrets
}
