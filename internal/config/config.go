package config

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"bis/internal/nets"
)

// EnvFile is the settings file. It is read from the working folder if it exists.
const EnvFile = ".env.production"

// Config is every setting of the program, checked.
type Config struct {
	Addr        string         // host:port to listen on
	Data        string         // folder of the embedded store
	Camera      Address        // the default camera
	Zone        *time.Location // zone of wall-clock times
	Hosts       []string       // host names to answer to, besides localhost and IP addresses
	Origins     []string       // web origins that may call, besides the same host and loopback
	Proxies     []netip.Prefix // whose forwarding headers are believed
	LegacyCORS  bool           // let every origin call the old paths, without credentials
	LimitsOff   bool           // lift the rates, and the bounds of sockets, of a caller
	RateFactor  float64        // multiplies the default rates
	MaxSockets  int            // sockets and streams open at once
	Explorers   bool           // serve the explorers
	KeepFrames  bool           // retain each camera's last picture in memory
	FFmpeg      string         // the program that decodes video: a path or a name in PATH
	MaxRuns     int            // runs at once; 0: by the number of processors
	MetricsAddr string         // host:port of /metrics; empty: the same as the other paths
	LogLevel    slog.Level
	LogJSON     bool
	LoginWords  string // what /login calls a new user: "code" or "readme"
	Model       Model
	Fallback    Model // asked when Model does not answer
	Database    Database
	Command     string    // one of the commands below
	Backup      string    // the new file of CommandBackup
	Warnings    []Warning // for Warn

	CameraNets   nets.Nets // where cameras of users may be
	CameraEgress string    // what leaves of the default camera: "COUNTS", "BLURRED" or "FULL"
	CameraKey    Secret    // encrypts the credentials of cameras; empty: a key file in Data
	CameraOldKey Secret    // still decrypts them; empty: none

	Detector Detector      // what counts besides motion
	Detect   DetectCommand // the arguments of CommandDetect

	ModelCallsADay int           // requests to models for one user and day; 0: no limit
	SheetTime      time.Duration // for the words of a style

	FrameBytes int64 // of stored pictures, of all cameras together

	InFlight      int64         // bytes of answers that may wait for their readers; 0: no limit
	MaxAnswer     int           // bytes of one GraphQL answer
	Documents     Documents     // bounds of GraphQL documents
	OperationTime time.Duration // of one query or mutation
}

// The values of Config.Command.
const (
	CommandServe  = "serve"             // run the server; the default
	CommandImport = "import"            // copy the embedded store into MongoDB
	CommandExport = "export"            // copy MongoDB into the embedded store
	CommandBackup = "backup"            // copy the embedded store into a new file
	CommandHealth = "health"            // ask a running server whether it is ready
	CommandDetect = "detect"            // count in pictures by the detector
	CommandRotate = "rotate-camera-key" // encrypt the credentials of cameras with a new key
)

// DetectCommand has the arguments of CommandDetect.
type DetectCommand struct {
	Pictures  []string // files
	JSON      bool     // print JSON and not a table
	Threshold float64  // least score of a box; 0: the detector's default
}

// Secret is a string that does not print itself. Convert it to string to use it.
type Secret string

// String hides the secret. It shows whether there is one.
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

// loopback reports whether a listener at addr is reachable from this machine alone.
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

// isWebAddress reports whether s is an http or https address with a host.
func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// isOrigin reports whether s is a web origin: a scheme, a host and perhaps a port.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		u.User == nil && strings.TrimSuffix(s, "/") == u.Scheme+"://"+u.Host
}
