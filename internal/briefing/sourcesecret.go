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
	"stok": true, "otp": true, "hash": true, "ak": true, "sk": true, "pwrd": true,
	"pword": true, "psd": true, "code": true, "verify": true, "verifycode": true,
	"verificationcode": true, "authcode": true, "accesscode": true, "safecode": true,
	"securitycode": true, "usernm": true, "access": true,
	"senha": true, "clave": true, "contrasena": true, "mdp": true, "motdepasse": true,
	"kennwort": true, "parola": true, "haslo": true, "wachtwoord": true, "usuario": true,
	"아이디": true, "비밀번호": true, "암호": true, "비번": true, "사용자": true,
	"secret": true, "sig": true, "sign": true, "signature": true, "authsig": true, "jwt": true,
}

// separators stand within names of credentials, as in "api_key".
var separators = strings.NewReplacer("_", "", "-", "", ".", "", " ", "", "+", "",
	"[", "", "]", "", "$", "", ":", "")

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
	return strings.HasSuffix(name, "key") || strings.HasSuffix(name, "pw") ||
		strings.HasSuffix(name, "username")
}

// secretParts make a name that contains one of them that of a credential, as in "strPassword".
var secretParts = []string{"pass", "pwd", "psw", "token", "secret", "credential"}

// bulletPattern matches bullets, which pages show in place of a credential.
var bulletPattern = regexp.MustCompile(`(?i)(%E2%80%A2|%E2%97%8F)+`)

// IsMask reports whether a user or a password is a mask and no credential: *** or bullets.
func IsMask(text string) bool {
	return text == SourceMask || text != "" && strings.Trim(text, "•●") == ""
}

// Masked reports whether the address lacks credentials: it has SourceMask or bullets in place of
// one. WithCredentials completes it.
func (s Source) Masked() bool {
	for _, span := range secretSpans(s.Path) {
		if s.Path[span.from:span.to] == SourceMask {
			return true
		}
	}
	return IsMask(s.User) || IsMask(s.Password)
}

// sourceCredentials is the form of credentials for a Sealer.
type sourceCredentials struct {
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	// Secrets are those of the path, by the key of their place and as they stand in it.
	Secrets map[string]string `json:"secrets,omitempty"`
}

// Credentials returns everything of the address that String leaves out, as a text for a Sealer. It
// is empty if there are none.
func (s Source) Credentials() string {
	c := sourceCredentials{User: s.User, Password: s.Password}
	for _, span := range secretSpans(s.Path) {
		if value := s.Path[span.from:span.to]; value != SourceMask {
			if c.Secrets == nil {
				c.Secrets = map[string]string{}
			}
			c.Secrets[span.key] = value
		}
	}
	if c.User == "" && c.Password == "" && c.Secrets == nil {
		return ""
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings can always be encoded
	}
	return string(text)
}

// WithCredentials returns the address with the credentials of another address, as Credentials has
// returned them. A mask is replaced by the credential of the same place: the same parameter, or a
// segment with the same path before it. A mask without one stays. An empty text changes nothing.
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
	switch {
	case s.User == "" && s.Password == "":
		s.User, s.Password = c.User, c.Password
	case IsMask(s.Password) && (s.User == c.User || IsMask(s.User)) && c.Password != "":
		s.User, s.Password = c.User, c.Password
	}
	s.Path = replaceSpans(s.Path, secretSpans(s.Path), func(span secretSpan) string {
		now := s.Path[span.from:span.to]
		if secret, ok := c.Secrets[span.key]; ok && now == SourceMask {
			return secret
		}
		return now
	})
	return s, nil
}

// PathSecrets returns the credentials in the path, in their order and as they stand in it.
func (s Source) PathSecrets() (secrets []string) {
	for _, span := range secretSpans(s.Path) {
		if value := s.Path[span.from:span.to]; value != SourceMask {
			secrets = append(secrets, value)
		}
	}
	return secrets
}
