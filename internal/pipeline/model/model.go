package model

import (
	"cmp"
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

// DefaultModel is the model of a Config without one. It is a small and cheap model of OpenAI.
// Other servers usually need another name.
const DefaultModel = "gpt-4o-mini"

// Defaults and limits of a call.
const (
	// DefaultTimeout is the time for one try.
	DefaultTimeout = 30 * time.Second

	maxTries  = 2       // HTTP requests per call
	maxBody   = 1 << 20 // bytes of an HTTP response
	maxAnswer = 16_000  // bytes of the answer's text
	maxTokens = 1_024   // tokens of the answer, including the model's reasoning
)

// Errors of Complete in addition to ctx's own and StatusError.
var (
	ErrTimeout  = errors.New("no answer in time")
	ErrEmpty    = errors.New("empty answer")                     // blank text
	ErrTooLarge = errors.New("answer too large")                 // over maxBody or maxAnswer
	ErrNetwork  = errors.New("network error")                    // no connection, or it broke
	ErrGarbled  = errors.New("no chat completion in the answer") // not the expected JSON
)

// StatusError means that the server answered with a status other than 200.
type StatusError struct {
	Status int // the HTTP status
}

// Error returns the status and its usual name, never the body of the response.
func (e *StatusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("status %d %s", e.Status, http.StatusText(e.Status)))
}

// Config names the model of a Client and bounds its calls. A key without a base URL means OpenAI. A
// base URL without a key means a server that needs none.
type Config struct {
	// APIKey is the key: printable ASCII without blanks. It is a secret.
	APIKey string
	// BaseURL is the address before "/chat/completions", such as "http://localhost:11434/v1". It
	// may contain a password, so it is also a secret.
	BaseURL string
	// Model is the model's name. Empty means DefaultModel.
	Model string
	// Timeout bounds one try. Zero means DefaultTimeout. The first try gets at most two thirds of
	// the time that ctx has left, so that time for the second remains if a server hangs.
	Timeout time.Duration
	// MaxRetryAfter is the longest wait that a server's Retry-After can cause. Zero means a
	// minute.
	MaxRetryAfter time.Duration
	// Backoff is the mean pause before the second try. Zero means 500 ms.
	Backoff time.Duration
	// HTTPClient sends the requests. It is copied, and the copy follows no redirect. Nil
	// means a client of its own over http.DefaultTransport.
	HTTPClient *http.Client
}

// Client calls one model. It is safe for concurrent use and starts no goroutine.
type Client struct {
	cfg  Config
	chat openai.ChatCompletionService
}

// New checks cfg and returns a client. It sends nothing. Its errors never repeat the key or the
// address.
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
	cfg.Model = cmp.Or(cfg.Model, DefaultModel)
	cfg.Timeout = cmp.Or(cfg.Timeout, DefaultTimeout)
	cfg.MaxRetryAfter = cmp.Or(cfg.MaxRetryAfter, time.Minute)
	cfg.Backoff = cmp.Or(cfg.Backoff, 500*time.Millisecond)
	return &Client{cfg: cfg, chat: openai.NewChatCompletionService(options(cfg)...)}, nil
}

// Name returns the model's name.
func (c *Client) Name() string { return c.cfg.Model }

// Complete returns the model's answer to a conversation. The rules are the system message. The
// turns alternate between user and assistant, and the first is the user's.
//
// The answer is trimmed, not empty, and at most 16,000 bytes long. If a server is slow or
// overloaded, Complete tries once more. The error is ctx's if ctx has ended, and otherwise a
// *StatusError or one of the Err values of this package. It contains neither the key nor the
// conversation.
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
		if try == maxTries || !transient(err) || c.pause(ctx, wait) != nil {
			return "", fmt.Errorf("ask model: %w", err)
		}
	}
}

// params returns the body of a request.
func (c *Client) params(rules string, turns []string) openai.ChatCompletionNewParams {
	messages := []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(rules)}
	for i, turn := range turns {
		if i%2 == 0 {
			messages = append(messages, openai.UserMessage(turn))
		} else {
			messages = append(messages, openai.AssistantMessage(turn))
		}
	}
	// The temperature is left out, because reasoning models refuse every value but their default.
	return openai.ChatCompletionNewParams{
		Model:               c.cfg.Model,
		Messages:            messages,
		MaxCompletionTokens: openai.Int(maxTokens),
	}
}

// try sends the n-th request. wait is the Retry-After of a failed one; 0 means that the answer had
// none.
func (c *Client) try(
	ctx context.Context, params openai.ChatCompletionNewParams, n int,
) (text string, wait time.Duration, err error) {
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
	text = strings.TrimSpace(answer.Choices[0].Message.Content)
	switch {
	case text == "":
		return "", 0, ErrEmpty // a model may spend all its tokens on reasoning
	case len(text) > maxAnswer:
		return "", 0, ErrTooLarge
	}
	return text, 0, nil
}

// tryTime returns the time for the n-th try.
func (c *Client) tryTime(ctx context.Context, n int) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok || n == maxTries {
		return c.cfg.Timeout
	}
	return min(c.cfg.Timeout, time.Until(deadline)*2/3)
}

// options returns the SDK's options. They switch off all that the SDK would do by itself: read
// the environment, retry and follow redirects.
func options(cfg Config) []option.RequestOption {
	client := &http.Client{}
	if cfg.HTTPClient != nil {
		own := *cfg.HTTPClient
		client = &own
	}
	// A redirect could send the prompt to another host, and the key to another path.
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
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

// checkBaseURL checks the form of a base URL; empty is allowed. The error never repeats the
// address, which may contain a password.
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
