// Package config makes one Config of flags, environment and .env.production, in that
// order of precedence. It checks everything, so that a Config that was returned
// can be used, and it keeps secrets out of whatever prints it.
package config

import (
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"
)

// EnvFile is the file of settings that is read from the working folder if it is there.
const EnvFile = ".env.production"

// Config is every setting of the server, checked.
type Config struct {
	Addr       string         // host:port to listen on
	Data       string         // folder of the embedded store
	Camera     Address        // of the default camera
	Zone       *time.Location // of wall-clock times
	Origins    []string       // web origins allowed at /graphql beside the same host and loopback
	MaxRuns    int            // runs at once; 0: by the machine
	LogLevel   slog.Level
	LogJSON    bool
	LoginWords string // "code" or "readme"
	Model      Model
	Database   Database
	Command    string // what to do, one of the commands below
	Backup     string // the file that CommandBackup makes
	Warnings   []Warning
}

// The commands.
const (
	CommandServe  = "serve"
	CommandImport = "import"
	CommandExport = "export"
	CommandBackup = "backup"
	CommandHealth = "health"
)

// Model is how to reach a language model. It is on when a key or a base URL is set.
type Model struct {
	APIKey  Secret
	BaseURL Address
	Name    string // empty: the client's default
}

// On reports whether a model is configured.
func (m Model) On() bool { return m.APIKey != "" || m.BaseURL != "" }

// Secret is a string that does not print itself.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return `config.Secret("` + s.String() + `")` }

// LogValue hides the secret from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// loopback reports whether addr binds to this machine alone.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// originForm reports whether s is a web origin: scheme, host, perhaps a port.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		u.User == nil && strings.TrimSuffix(s, "/") == u.Scheme+"://"+u.Host
}
