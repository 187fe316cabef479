package model

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"bis/internal/briefing"
)

// DefaultModel is the model of a Config without one. It is a small and cheap model of OpenAI.
// Other servers usually need another name.
const DefaultModel = "gpt-4o-mini"

// DefaultTimeout is the time for one attempt. A local model may load for most of it.
const DefaultTimeout = 2 * time.Minute

// MaxAttempts is how many HTTP requests one question may cost.
const MaxAttempts = 4

// Config names the model of a Client and bounds its calls. A key without a base URL means OpenAI. A
// base URL without a key means a server that needs none.
type Config struct {
	// APIKey is the key: printable ASCII without blanks. It is a secret.
	APIKey string
	// BaseURL is the address before "/chat/completions", such as "http://localhost:11434/v1". The
	// "/v1" may be absent, and the whole path may be there: the client finds the right address.
	// It may contain a password, so it is also a secret.
	BaseURL string
	// Model is the model's name. Empty means DefaultModel, or another one that the client picks if
	// the server does not have that: the first of the server's list whose name does not say that it
	// is for something else than chats, such as embeddings, and the first of all if there is none.
	Model string
	// Picked is called with each model that the client picks, and the server's host. It is called
	// during a question, and must not block. Nil means no call.
	Picked func(host, model string)
	// Timeout bounds one attempt. Zero means DefaultTimeout. If ctx has a deadline, an attempt
	// gets at most five sixths of the time that is left, so that a server that hangs leaves room
	// for another attempt.
	Timeout time.Duration
	// MaxRetryAfter is the longest wait that a server's Retry-After can cause. Zero means a
	// minute.
	MaxRetryAfter time.Duration
	// Backoff is the mean pause before an attempt that follows a transient error. Zero means
	// 500 ms.
	Backoff time.Duration
	// HTTPClient sends the requests. It is copied, and the copy follows no redirect. Nil
	// means a client with a transport of its own, which uses the proxy of the environment.
	HTTPClient *http.Client
}

// Client asks one model on one server. It remembers what it found out about them: the path, the
// parameters, the tokens and the size of pictures. It is safe for concurrent use and starts no
// goroutine that outlives a call.
type Client struct {
	cfg      Config
	named    bool // the owner named the model
	host     string
	provider string
	paths    []string // addresses that the chat may have, each ends in "/"; query holds the rest
	query    string
	http     *http.Client

	mu    sync.Mutex // guards the fields below
	what  dialect    // what is known about the model
	unfit []string   // models that did not answer, the newest last
}

// New checks cfg and returns a client. It sends nothing. Its errors never repeat the key or the
// address.
func New(cfg Config) (*Client, error) {
	if cfg.APIKey == "" && cfg.BaseURL == "" {
		return nil, errors.New("model: neither a key nor a base URL")
	}
	if strings.ContainsFunc(cfg.APIKey, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("model: the key has characters that no key has")
	}
	base, err := url.Parse(cmp.Or(cfg.BaseURL, openAI))
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		// The error does not quote the address, which may contain a password.
		return nil, errors.New("model: the base URL must look like https://host/v1")
	}
	named := cfg.Model != ""
	cfg.Model = cmp.Or(cfg.Model, DefaultModel)
	cfg.Timeout = cmp.Or(cfg.Timeout, DefaultTimeout)
	cfg.MaxRetryAfter = cmp.Or(cfg.MaxRetryAfter, time.Minute)
	cfg.Backoff = cmp.Or(cfg.Backoff, 500*time.Millisecond)
	paths, query := addresses(base)
	return &Client{
		cfg: cfg, named: named, host: base.Hostname(), provider: briefing.ProviderID(base), paths: paths, query: query,
		http: httpClient(cfg.HTTPClient), what: dialect{model: cfg.Model},
	}, nil
}

// Host returns the host of the server in lower case, without a port.
func (c *Client) Host() string { return strings.ToLower(c.host) }

// Provider returns the id of the server, as briefing.ProviderID has it.
func (c *Client) Provider() string { return c.provider }

// Close closes idle connections. Calls in progress continue.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Complete returns the model's answer to a conversation. The rules are the system message. The
// turns alternate between user and assistant, and the first is the user's. It is Ask without
// pictures and options.
func (c *Client) Complete(ctx context.Context, rules string, turns ...string) (string, error) {
	answer, err := c.Ask(ctx, Question{Rules: rules, Turns: turns})
	return answer.Text, err
}

// httpClient returns a client that follows no redirect: a redirect could send the prompt to another
// host, and the key to another path. Headers of an answer are bounded.
func httpClient(given *http.Client) *http.Client {
	client := &http.Client{}
	if given != nil {
		own := *given
		client = &own
	} else if transport, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = transport.Clone()
		transport.MaxResponseHeaderBytes = maxHeader
		transport.MaxIdleConnsPerHost = 4
		client.Transport = transport
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	return client
}

// openAI is the base URL of a Config without one.
const openAI = "https://api.openai.com/v1"

// endpoints are the ends of paths that people copy from a server's documentation.
var endpoints = []string{
	"/chat/completions", "/completions", "/responses", "/models", "/embeddings",
	"/api/chat", "/api/generate", "/api/tags",
}

// addresses returns the addresses that the chat may have, the most likely one first, and the query
// of the base URL, which some servers need.
func addresses(base *url.URL) (paths []string, query string) {
	at := *base
	at.RawQuery, at.Fragment, at.RawPath = "", "", ""
	path := strings.TrimRight(base.Path, "/")
	for _, end := range endpoints {
		if before, found := strings.CutSuffix(path, end); found {
			path = before
			break
		}
	}
	candidates := []string{path, path + "/v1", "/v1"}
	if last := path[strings.LastIndex(path, "/")+1:]; versioned(last) {
		candidates = []string{path, strings.TrimSuffix(path, "/"+last), "/v1"}
	} else if path == "" {
		candidates = []string{"/v1", ""} // most servers have the version in the path
	}
	for _, p := range candidates {
		at.Path = p + "/"
		if s := at.String(); !slices.Contains(paths, s) {
			paths = append(paths, s)
		}
	}
	return paths, base.RawQuery
}

// versioned reports whether a part of a path is a version: v1, v1beta, v2.
func versioned(part string) bool {
	return len(part) >= 2 && part[0] == 'v' && part[1] >= '0' && part[1] <= '9'
}
