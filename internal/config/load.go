package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/alecthomas/kong"
)

// flags is the command line for kong. The tag "setting" names the variable of the same setting.
// The tag "shown" is the default that help prints for a flag whose real default is empty.
type flags struct {
	// The server's address and the parts that it works with.
	Addr     string `setting:"BIS_ADDR" default:"127.0.0.1:8000" placeholder:"HOST:PORT" help:"Where to listen."`
	Data     string `setting:"BIS_DATA" default:"./bis-data" placeholder:"FOLDER" help:"Folder of the embedded store."`
	Camera   string `setting:"BIS_CAMERA" default:"demo:" placeholder:"ADDRESS" help:"Default camera: demo: (a drawn shop; demo:?seed=7&scene=night, scenes covered, day, daynight, freezer, night, queue), file:PATH, http(s)://..., mjpeg+http(s)://..., rtsp(s)://...."`
	Timezone string `setting:"BIS_TIMEZONE" default:"Asia/Seoul" placeholder:"ZONE" help:"Zone of wall-clock times, by its IANA name."`
	MaxRuns  int    `setting:"BIS_MAX_RUNS" default:"0" placeholder:"N" help:"Runs at once; 0 chooses a number that suits the machine."`
	// Auth has no default, so that BIS_AUTH=open differs from an unset variable: serving the
	// network without accounts must be asked for explicitly.
	Auth  string `setting:"BIS_AUTH" default:"" shown:"open" help:"Who may act for a user: open (anybody for any user), or accounts (comes later)."`
	Adopt string `name:"adopt-legacy" setting:"BIS_ADOPT_LEGACY" default:"auto" enum:"auto,always,never" help:"With MongoDB, what happens to active requests of an old server: auto runs them once that server has been silent for two intervals and 120 s; always runs them at once; never does not change them."`
	doorFlags
	cameraFlags
	videoFlags
	detectorFlags
	modelFlags
	limitFlags
	documentFlags
	answerFlags
	frameFlags
	// The log and the program itself.
	LogLevel   string `setting:"BIS_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least level to log: debug, info, warn or error."`
	LogFormat  string `setting:"BIS_LOG_FORMAT" default:"text" enum:"text,json" help:"Form of the log: text or json."`
	LoginWords string `name:"legacy-login-words" setting:"BIS_LEGACY_LOGIN_WORDS" default:"code" enum:"code,readme" help:"What /login calls a new user: code says signup, readme says login."`
	Version    bool   `help:"Print the version and exit."`

	// The commands, by the names of the constants Command….
	Serve  struct{} `cmd:"" default:"1" help:"Run the server; this is what happens without a command."`
	Import struct{} `cmd:"" help:"Copy the whole installation from the folder of the embedded store into the MongoDB of DATABASE_URI."`
	Export struct{} `cmd:"" help:"Copy the whole installation from the MongoDB of DATABASE_URI into the folder of the embedded store."`
	Backup struct {
		File string `arg:"" help:"The new file."`
	} `cmd:"" help:"Copy the embedded store into a new file, while the server runs or not. With MongoDB, use mongodump."`
	Detect detectCommand `cmd:"" help:"Count in pictures by the detector of --detector, and print boxes, counts and times; for the choice of a model or a threshold."`
	Rotate struct{}      `cmd:"" name:"rotate-camera-key" help:"Encrypt the credentials of all cameras with a new key: that of a new key file, while the server does not run; or that of BIS_CAMERA_KEY, while BIS_CAMERA_OLD_KEY has the one before."`
	Health struct{}      `cmd:"" help:"Ask the server that listens at --addr whether it is ready; exit code 0 if it is. For the health checks of containers."`
}

// about is the description in --help.
const about = `BIS (방구석 브리핑) briefs the owner of an unmanned shop on what the shop's camera sees.

The variable in brackets sets a flag, too, in the environment or in .env.production. Flags override the environment, and the environment overrides the file.

Set by environment or file alone: OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL (any OpenAI-compatible model writes the lines of a style once; a key or a base URL turns it on, and without a name one that the server has is picked; none: built-in lines). OPENAI_FALLBACK_API_KEY, OPENAI_FALLBACK_BASE_URL, OPENAI_FALLBACK_MODEL (another model, which is asked when the first does not answer). DATABASE_URI (MongoDB, a replica set, instead of the embedded store; DATABASE_ID and DATABASE_PASSWORD replace <DATABASE_ID> and <DATABASE_PASSWORD>). BIS_CAMERA_KEY (64 hexadecimal digits, encrypts the credentials of cameras; none: the file camera.key in the data folder, and with MongoDB no camera may have credentials). BIS_CAMERA_OLD_KEY (the key before that one). Each of OPENAI_API_KEY, OPENAI_FALLBACK_API_KEY, DATABASE_URI, DATABASE_ID, DATABASE_PASSWORD, BIS_CAMERA_KEY and BIS_CAMERA_OLD_KEY may come from a file instead: append _FILE to the name, and give the file's path as the value.`

// Source is where Load reads and prints. Tests pass their own.
type Source struct {
	Args    []string  // without the program's name
	Environ []string  // as os.Environ returns it
	Dir     string    // folder of EnvFile, and of relative paths of secrets
	Out     io.Writer // help and version are printed here
	Version string    // what --version prints
}

// ErrDone reports that help or the version was printed. The program then exits with 0.
var ErrDone = errors.New("nothing more to do")

// Load reads and checks the settings. An error is a sentence for the person who starts the
// program: which setting breaks which rule. ErrDone means that help or the version was printed.
// Config.Warnings is set even if there is an error.
func Load(src Source) (Config, error) {
	vars, warnings, err := readVariables(src)
	if err != nil {
		return Config{}, err
	}
	cfg, err := load(src, vars)
	cfg.Warnings = warnings
	return cfg, err
}

// load is Load after the file and the environment were read into vars. It checks what depends on
// the command.
func load(src Source, vars map[string]string) (Config, error) {
	f, command, err := parse(src, vars)
	if err != nil {
		return Config{}, err
	}
	cfg, err := buildConfig(f, vars)
	cfg.Command, cfg.Backup = command, f.Backup.File
	if err == nil && command == CommandDetect {
		err = f.Detect.apply(&cfg, vars)
	}
	if err == nil && command == CommandBackup && cfg.Database.On() {
		return Config{}, errors.New(
			"bis backup copies the embedded store, but DATABASE_URI is set: use mongodump, or bis export and keep the bis.db that it makes")
	}
	secret := looksLikeLogin(cfg.Backup) || strings.Contains(cfg.Backup, "://") ||
		isSecret(cfg.Backup, vars)
	if err == nil && command == CommandBackup && secret {
		return Config{}, errors.New(
			"bis backup must be given the name of a new file; write ./ before one with an @ in it")
	}
	if err == nil && (command == CommandImport || command == CommandExport) && !cfg.Database.On() {
		return Config{}, fmt.Errorf(
			"bis %s needs DATABASE_URI, in the environment or in %s", command, EnvFile)
	}
	return cfg, err
}

// readVariables merges the environment over the file. Empty values count as unset.
func readVariables(src Source) (map[string]string, []Warning, error) {
	vars, err := readEnvFile(src.Dir)
	if err != nil {
		return nil, nil, err
	}
	environ := map[string]string{}
	// An empty variable counts as unset, as container files often leave settings empty.
	for _, pair := range src.Environ {
		if name, value, ok := strings.Cut(pair, "="); ok && name != "" && value != "" {
			environ[name] = value
		}
	}
	warnings := findWarnings(vars, environ)
	// This precedes the merge, because each layer has its own NAME_FILE.
	for _, layer := range []map[string]string{vars, environ} {
		if err := readSecrets(layer, src.Dir); err != nil {
			return nil, nil, err
		}
	}
	maps.Copy(vars, environ) // the environment overrides the file
	return vars, warnings, nil
}

// parse reads the flags. A flag that is not on the command line gets its value from vars.
func parse(src Source, vars map[string]string) (f flags, command string, err error) {
	// kong calls the resolver for every flag that the command line does not set.
	done := false
	resolver := kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if v := vars[flag.Tag.Get("setting")]; v != "" {
			return v, nil
		}
		return nil, nil
	})
	parser, err := kong.New(&f, kong.Name("bis"), kong.Description(about), kong.Resolvers(resolver),
		kong.Writers(src.Out, src.Out), kong.Exit(func(int) { done = true }),
		kong.ValueFormatter(func(v *kong.Value) string {
			if setting := v.Tag.Get("setting"); setting != "" {
				def := v.Default + v.Tag.Get("shown")
				return fmt.Sprintf("%s (%s; default %q)", v.Help, setting, def)
			}
			return v.Help
		}))
	if err != nil {
		return flags{}, "", fmt.Errorf("settings: %w", err)
	}
	parsed, err := parser.Parse(src.Args)
	if done { // kong has printed the help
		return flags{}, "", ErrDone
	}
	if err != nil {
		return flags{}, "", errors.New(hideValue(err.Error()) + " (see --help)")
	}
	if f.Version {
		fmt.Fprintln(src.Out, "bis", src.Version)
		return flags{}, "", ErrDone
	}
	command, _, _ = strings.Cut(parsed.Command(), " ") // kong appends the arguments
	return f, command, nil
}

// hideValue removes the user's words from kong's error, because any of them may be a password in
// the wrong place. It leaves names of flags in plain letters, and commands with a typing error.
func hideValue(text string) string {
	before, _, _ := strings.Cut(text, " but got ")
	for _, what := range []string{
		"unknown flag ", "unexpected argument ", "unexpected flag argument ", "unexpected token ",
	} {
		given, found := strings.CutPrefix(before, what)
		if !found {
			continue
		}
		// kong suggests something only for a word that resembles a flag or command.
		word, _, near := strings.Cut(given, ", did you mean ")
		flag := what == "unknown flag "
		strange := func(r rune) bool { return r != '-' && !unicode.IsLetter(r) }
		if !near && !flag || strings.ContainsFunc(word, strange) {
			return what + hiddenValue
		}
	}
	return before
}

// buildConfig checks the values that were read and returns them as a Config. An error says which
// setting breaks which rule.
func buildConfig(f flags, vars map[string]string) (Config, error) {
	if err := refusePlanned(f); err != nil {
		return Config{}, err
	}
	zone, err := time.LoadLocation(f.Timezone)
	if err != nil || f.Timezone == "Local" {
		return Config{}, errors.New("--timezone must be an IANA name such as Asia/Seoul")
	}
	if err := checkAddr(f.Addr, f.Auth == "open"); err != nil {
		return Config{}, err
	}
	if f.MaxRuns < 0 || f.MaxRuns > 10_000 {
		return Config{}, errors.New("--max-runs must be 0 to 10000")
	}
	if err := checkData(f.Data, vars); err != nil {
		return Config{}, err
	}
	cfg := Config{
		Addr: f.Addr, Data: f.Data, Camera: Address(f.Camera), Zone: zone, MaxRuns: f.MaxRuns,
		LogJSON: f.LogFormat == "json", LoginWords: f.LoginWords,
	}
	if err := cfg.LogLevel.UnmarshalText([]byte(f.LogLevel)); err != nil {
		return Config{}, fmt.Errorf("--log-level: %w", err)
	}
	if cfg.Database, err = buildDatabase(f, vars); err != nil {
		return Config{}, err
	}
	for _, apply := range []func(*Config) error{
		f.answerFlags.apply, f.frameFlags.apply, f.documentFlags.apply, f.doorFlags.apply,
		func(cfg *Config) error { return f.cameraFlags.apply(cfg, vars) },
		func(cfg *Config) error { return f.detectorFlags.apply(cfg, vars) },
		func(cfg *Config) error { return f.modelFlags.apply(cfg, vars) },
		f.videoFlags.apply, f.limitFlags.apply,
	} {
		if err := apply(&cfg); err != nil {
			return cfg, err
		}
	}
	return cfg, nil
}

// refusePlanned refuses settings of later versions, because ignoring them would surprise.
func refusePlanned(f flags) error {
	switch {
	case f.Auth != "" && f.Auth != "open" && f.Auth != "accounts":
		return errors.New("--auth must be open or accounts")
	case f.Auth == "accounts":
		return errors.New("--auth accounts comes with a later version; this one knows open only")
	}
	return nil
}

// checkData refuses a folder that looks like a secret, because the greeting prints it.
func checkData(data string, vars map[string]string) error {
	switch {
	case strings.TrimSpace(data) == "":
		return errors.New("--data must name a folder")
	case strings.Contains(data, "://"):
		return errors.New("--data must name a folder, not an address; " +
			"the address of MongoDB goes into DATABASE_URI")
	case looksLikeLogin(data):
		return errors.New("--data must name a folder, " +
			"and what it holds looks like USER:PASSWORD@HOST; write ./ before a folder with such a name")
	case isSecret(data, vars), len(data) > 20 && looksLikeKey(data):
		return errors.New("--data must name a folder, " +
			"and what it holds looks like a key or a password; write ./ before a folder with such a name")
	}
	return nil
}

// checkAddr refuses to serve the network without accounts, unless that was asked for explicitly.
func checkAddr(addr string, explicit bool) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host != "" && !isHost(host) {
		return errors.New("--addr must be HOST:PORT, such as 127.0.0.1:8000")
	}
	// Port 0 lets the system choose, as tests do.
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65_535 {
		return errors.New("--addr must end in a port of 0 to 65535")
	}
	if !loopback(addr) && !explicit {
		return errors.New("--addr is reachable by others, " +
			"and without accounts anybody there could read and end any user's briefings. " +
			"Listen on 127.0.0.1, or set BIS_AUTH=open if that is what you want")
	}
	return nil
}

// Logger returns a logger with the level and format of the settings, that writes to w.
func (c Config) Logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
