package model

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// DefaultModel is asked when the settings name none. It is small, cheap, and
// known to OpenAI; other servers usually need a name of their own.
const DefaultModel = "gpt-4o-mini"

// Defaults and limits of a call.
const (
	DefaultTimeout = 30 * time.Second // of one try
	maxTries       = 2
	maxBody        = 1 << 20 // bytes of an HTTP answer
	maxAnswer      = 16_000  // bytes of the text in it
	maxTokens      = 1_024   // asked of the model; some of it may go into reasoning
)

// The ways in which a model fails beside ctx's end and StatusError.
var (
	ErrTimeout  = errors.New("no answer in time")
	ErrEmpty    = errors.New("empty answer")
	ErrTooLarge = errors.New("answer too large")
	ErrNetwork  = errors.New("network error")
	ErrGarbled  = errors.New("no chat completion in the answer")
)

// StatusError is an answer with an HTTP status other than 200.
type StatusError struct {
	Status int
}

func (e *StatusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("status %d %s", e.Status, http.StatusText(e.Status)))
}

// Config says which model is asked, and how. A key alone means OpenAI itself; a
// base URL alone means a server that wants no key.
type Config struct {
	APIKey  string
	BaseURL string // http or https, as OPENAI_BASE_URL: "http://localhost:11434/v1"
	Model   string // zero: DefaultModel
	// Timeout is how long one try may take. Zero means DefaultTimeout. The first
	// try takes at most two thirds of what ctx has left, so that one which
	// hangs leaves room for the second.
	Timeout time.Duration
	// MaxRetryAfter caps what a server may ask us to wait. Zero means a minute.
	MaxRetryAfter time.Duration
	// Backoff is the mean pause before the second try. Zero means half a second.
	Backoff time.Duration
	// HTTPClient is used for the calls, but follows no redirect. Nil means one of
	// its own, over http.DefaultTransport.
	HTTPClient *http.Client
}

// Client asks one model. It is safe for concurrent use and starts nothing.
type Client struct {
	cfg  Config
	chat openai.ChatCompletionService
}

// New checks the settings and makes a client. It calls nobody.
func New(cfg Config) (*Client, error) {
	if cfg.APIKey == "" && cfg.BaseURL == "" {
		return nil, errors.New("model: neither a key nor a base URL")
	}
	if err := checkBaseURL(cfg.BaseURL); err != nil {
		return nil, err
	}
	if strings.ContainsFunc(cfg.APIKey, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("model: the key has characters that no key has")
	}
	cfg.Model = orDefault(cfg.Model, DefaultModel)
	cfg.Timeout = orDefault(cfg.Timeout, DefaultTimeout)
	cfg.MaxRetryAfter = orDefault(cfg.MaxRetryAfter, time.Minute)
	cfg.Backoff = orDefault(cfg.Backoff, 500*time.Millisecond)
	return &Client{cfg: cfg, chat: openai.NewChatCompletionService(options(cfg)...)}, nil
}

// Name returns the name of the model that is asked.
func (c *Client) Name() string { return c.cfg.Model }

// Complete sends the rules as system message and the turns of a conversation,
// user and assistant by turns beginning with the user, and returns the model's
// answer: not empty, trimmed, at most 16,000 bytes. It gives up when ctx
// ends, with ctx's error; other errors are a StatusError or one of the Err
// values, and none of them holds the key or what was sent.
func (c *Client) Complete(ctx context.Context, rules string, turns ...string) (string, error) {
	params := c.params(rules, turns)
	for try := 1; ; try++ {
		text, wait, err := c.try(ctx, params, try)
		if err == nil {
			return text, nil
		}
		if ctx.Err() != nil {
			return "", fmt.Errorf("ask model: %w", ctx.Err())
		}
		if try == maxTries || !transient(err) || !c.pause(ctx, wait) {
			return "", fmt.Errorf("ask model: %w", err)
		}
	}
}

func (c *Client) params(rules string, turns []string) openai.ChatCompletionNewParams {
	messages := []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(rules)}
	for i, turn := range turns {
		if i%2 == 0 {
			messages = append(messages, openai.UserMessage(turn))
		} else {
			messages = append(messages, openai.AssistantMessage(turn))
		}
	}
	// No temperature: the reasoning models refuse any but their own.
	return openai.ChatCompletionNewParams{
		Model:               c.cfg.Model,
		Messages:            messages,
		MaxCompletionTokens: openai.Int(maxTokens),
	}
}

// try asks once. wait is what the server asks for before another try; 0: nothing.
func (c *Client) try(ctx context.Context, params openai.ChatCompletionNewParams, n int) (string, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, c.tryTime(ctx, n))
	defer cancel()
	var res *http.Response
	answer, err := c.chat.New(ctx, params, option.WithResponseInto(&res))
	if err != nil {
		return "", retryAfter(res, time.Now()), clean(ctx, err)
	}
	if answer == nil || len(answer.Choices) == 0 {
		return "", 0, ErrGarbled
	}
	text := strings.TrimSpace(answer.Choices[0].Message.Content)
	switch {
	case text == "":
		return "", 0, ErrEmpty // also a model that spent all its tokens on reasoning
	case len(text) > maxAnswer:
		return "", 0, ErrTooLarge
	}
	return text, 0, nil
}

func (c *Client) tryTime(ctx context.Context, n int) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok || n == maxTries {
		return c.cfg.Timeout
	}
	return min(c.cfg.Timeout, time.Until(deadline)*2/3)
}

// options makes the SDK do as little as it can by itself: no environment, no
// retries, no redirects.
func options(cfg Config) []option.RequestOption {
	client := &http.Client{}
	if cfg.HTTPClient != nil {
		own := *cfg.HTTPClient
		client = &own
	}
	// A redirect could carry the prompt, and from odd servers the key, elsewhere.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	opts := []option.RequestOption{
		option.WithEnvironmentProduction(),
		option.WithHTTPClient(client),
		option.WithMaxRetries(0),
		option.WithMiddleware(limitBody),
	}
	if cfg.BaseURL != "" {
		opts = append(opts, option.WithBaseURL(strings.TrimRight(cfg.BaseURL, "/")+"/"))
	}
	if cfg.APIKey != "" {
		opts = append(opts, option.WithAPIKey(cfg.APIKey))
	}
	return opts
}

// checkBaseURL never repeats the address: it may hold a password.
func checkBaseURL(base string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return errors.New("model: the base URL must look like https://host/v1")
	}
	return nil
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
