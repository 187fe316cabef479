// Package modeltest is a fake OpenAI-compatible server for tests. It answers as real servers do,
// with any fault of a list by name, and records what it was asked.
//
// Server.Client connects without a network, so a test may run under testing/synctest.
// Server.Listen serves on loopback for tests of a whole program.
package modeltest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// URL is the address of a Server for its own Client.
const URL = "http://model.test"

// Request is a request that a Server got.
type Request struct {
	N      int // from 1
	Method string
	Path   string
	Query  string
	Auth   string
	Body   map[string]any // nil if it was no JSON
	Raw    string         // the body
}

// Has reports whether the body has a parameter.
func (r *Request) Has(field string) bool { _, ok := r.Body[field]; return ok }

// Number returns a parameter that is a number, or 0.
func (r *Request) Number(field string) int { n, _ := r.Body[field].(float64); return int(n) }

// Tokens returns the limit of tokens, or 0 if there is none.
func (r *Request) Tokens() int {
	return max(r.Number("max_completion_tokens"), r.Number("max_tokens"))
}

// Message is a message of a request. Its text has no pictures.
type Message struct{ Role, Text string }

// Messages returns the messages.
func (r *Request) Messages() []Message {
	var all []Message
	r.parts(func(role, text, _ string, first bool) {
		if first {
			all = append(all, Message{Role: role})
		}
		all[len(all)-1].Text += text
	})
	return all
}

// Model returns the name of the model that is asked.
func (r *Request) Model() string { name, _ := r.Body["model"].(string); return name }

// Pictures returns the pictures of all messages.
func (r *Request) Pictures() [][]byte {
	var all [][]byte
	r.parts(func(_, _, address string, _ bool) {
		_, code, found := strings.Cut(address, ";base64,")
		if picture, err := base64.StdEncoding.DecodeString(code); found && err == nil {
			all = append(all, picture)
		}
	})
	return all
}

// parts calls f for each part of each message.
func (r *Request) parts(f func(role, text, address string, first bool)) {
	var body struct {
		Messages []struct {
			Role    string
			Content json.RawMessage
		}
	}
	_ = json.Unmarshal([]byte(r.Raw), &body)
	for _, m := range body.Messages {
		var text string
		if json.Unmarshal(m.Content, &text) == nil {
			f(m.Role, text, "", true)
			continue
		}
		var parts []struct {
			Text  string
			Image struct{ URL string } `json:"image_url"`
		}
		_ = json.Unmarshal(m.Content, &parts)
		for i, part := range parts {
			f(m.Role, part.Text, part.Image.URL, i == 0)
		}
	}
}

// Handler answers a request.
type Handler func(w http.ResponseWriter, r *Request)

// Fault returns the answer to a request that a fault spoils, or nil for a request that it does not.
type Fault func(s *Server, r *Request) Handler

// Server is a fake server. Its fields are set before the first request.
type Server struct {
	// Fault spoils answers. Nil means none.
	Fault Fault
	// Answer returns the model's words. Nil means Words for every request.
	Answer func(r *Request) string
	// Models are the names that the server lists. SetModels changes them later.
	Models []string

	mu       sync.Mutex // guards requests and Models
	requests []*Request
}

// Words is the answer of a Server without one of its own.
const Words = "손님이 2명 있습니다."

// Requests returns the requests so far.
func (s *Server) Requests() []*Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Request(nil), s.requests...)
}

// SetModels changes the names that the server lists.
func (s *Server) SetModels(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Models = names
}

// models returns the names that the server lists.
func (s *Server) models() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Models
}

// Words returns the model's words for a request.
func (s *Server) Words(r *Request) string {
	if s.Answer == nil {
		return Words
	}
	return s.Answer(r)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, from *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(from.Body, 64<<20))
	r := &Request{
		Method: from.Method, Path: from.URL.Path, Query: from.URL.RawQuery,
		Auth: from.Header.Get("Authorization"), Raw: string(body),
	}
	_ = json.Unmarshal(body, &r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, r)
	r.N = len(s.requests)
	s.mu.Unlock()
	if s.Fault != nil {
		if handler := s.Fault(s, r); handler != nil {
			handler(&canceled{w, from.Context()}, r)
			return
		}
	}
	switch {
	case strings.HasSuffix(r.Path, "/models"):
		s.listModels(w)
	case strings.HasSuffix(r.Path, "/chat/completions"):
		Says(s.Words(r))(w, r)
	default:
		Raw(http.StatusNotFound, `{"error":{"message":"Invalid URL (POST `+r.Path+`)","type":"invalid_request_error"}}`)(w, r)
	}
}

// listModels answers with the names of the models.
func (s *Server) listModels(w http.ResponseWriter) {
	var list []map[string]any
	for _, name := range s.models() {
		list = append(list, map[string]any{"id": name, "object": "model"})
	}
	Raw(http.StatusOK, encode(map[string]any{"object": "list", "data": list}))(w, nil)
}

// canceled is a response with the context of its request.
type canceled struct {
	http.ResponseWriter
	ctx context.Context
}

// Flush sends what was written.
func (c *canceled) Flush() { _ = http.NewResponseController(c.ResponseWriter).Flush() }

// gone is closed when the client of a response has gone.
func gone(w http.ResponseWriter) <-chan struct{} {
	if c, ok := w.(*canceled); ok {
		return c.ctx.Done()
	}
	return nil
}

// Listen serves on loopback until the test ends, and returns the address without a path.
func (s *Server) Listen(t testing.TB) string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// Client returns a client whose connections all lead to the server, without a network and, also for
// https, without TLS. They end with the test.
func (s *Server) Client(t testing.TB) *http.Client {
	t.Helper()
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: s}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(l)
	}()
	transport := &http.Transport{DialContext: l.dial, DialTLSContext: l.dial, MaxResponseHeaderBytes: 64 << 10}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		<-served
	})
	return &http.Client{Transport: transport}
}

// pipes is a listener of connections within the process.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error { p.once.Do(func() { close(p.closed) }); return nil }

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "model.test"} }

// dial connects to the listener.
func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.closed:
		return nil, errors.New("closed")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
