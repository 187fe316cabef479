package model_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/pipeline/model"
)

func TestClient_Complete(t *testing.T) {
	t.Parallel()

	t.Run("sends_rules_and_turns_and_returns_the_trimmed_answer", func(t *testing.T) {
		t.Parallel()
		s := serve(t, says("  손님이 2명 있습니다.\n"))
		got, err := s.client(t, nil).Complete(t.Context(), "rules", "one", "two", "three")
		if err != nil || got != "손님이 2명 있습니다." {
			t.Fatalf("Complete = %q, %v", got, err)
		}
		a := s.calls()[0]
		if a.Path != "/v1/chat/completions" || a.Auth != "Bearer "+key || a.Body.Model != model.DefaultModel {
			t.Errorf("asked %s as %s for %s", a.Path, a.Auth, a.Body.Model)
		}
		var roles []string
		for _, m := range a.Body.Messages {
			roles = append(roles, m.Role+":"+m.Content)
		}
		want := []string{"system:rules", "user:one", "assistant:two", "user:three"}
		if diff := cmp.Diff(want, roles); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})

	t.Run("sends_no_authorization_without_a_key", func(t *testing.T) {
		t.Parallel()
		s := serve(t, says("ok"))
		c := s.client(t, func(cfg *model.Config) { cfg.APIKey = ""; cfg.Model = "llama" })
		if _, err := c.Complete(t.Context(), "r", "u"); err != nil {
			t.Fatal(err)
		}
		if a := s.calls()[0]; a.Auth != "" || a.Body.Model != "llama" {
			t.Errorf("asked as %q for %q", a.Auth, a.Body.Model)
		}
	})

	t.Run("follows_no_redirect", func(t *testing.T) {
		t.Parallel()
		s := serve(t, raw(http.StatusTemporaryRedirect, "", "Location", "/elsewhere"), says("lured"))
		if got, err := s.client(t, nil).Complete(t.Context(), "r", "u"); err == nil {
			t.Errorf("Complete = %q after a redirect", got)
		}
		if n := len(s.calls()); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
	})
}

func TestClient_Complete_ignores_the_environment(t *testing.T) {
	// Not parallel: it sets the environment.
	t.Setenv("OPENAI_API_KEY", "sk-from-environment")
	t.Setenv("OPENAI_ADMIN_KEY", "sk-admin")
	t.Setenv("OPENAI_BASE_URL", "http://127.0.0.1:1")
	s := serve(t, says("ok"))
	c := s.client(t, func(cfg *model.Config) { cfg.APIKey = "" })
	if _, err := c.Complete(t.Context(), "r", "u"); err != nil {
		t.Fatal(err)
	}
	if a := s.calls()[0]; a.Auth != "" {
		t.Errorf("sent %q", a.Auth)
	}
}

func TestClient_Complete_retries(t *testing.T) {
	t.Parallel()
	for _, status := range []int{408, 429, 500, 502, 503, 504, 529} {
		t.Run(fmt.Sprint(status, "_once"), func(t *testing.T) {
			t.Parallel()
			s := serve(t, raw(status, `{"error":{"message":"busy"}}`), says("ok"))
			got, err := s.client(t, nil).Complete(t.Context(), "r", "u")
			if got != "ok" || err != nil || len(s.calls()) != 2 {
				t.Errorf("Complete = %q, %v after %d calls", got, err, len(s.calls()))
			}
		})
	}
	for status, calls := range map[int]int{400: 1, 401: 1, 403: 1, 404: 1, 413: 1, 422: 1, 500: 2, 503: 2} {
		t.Run(fmt.Sprint(status, "_always"), func(t *testing.T) {
			t.Parallel()
			s := serve(t, raw(status, `{"error":{"message":"no"}}`))
			_, err := s.client(t, nil).Complete(t.Context(), "r", "u")
			if e, ok := errors.AsType[*model.StatusError](err); !ok || e.Status != status {
				t.Errorf("Complete: %v, want status %d", err, status)
			}
			if n := len(s.calls()); n != calls {
				t.Errorf("%d calls, want %d", n, calls)
			}
		})
	}
	t.Run("a_hanging_try_leaves_room_for_another", func(t *testing.T) {
		if testing.Short() {
			t.Skip("hangs for 4 s")
		}
		t.Parallel()
		s := serve(t, hangs, says("ok"))
		// 2 s for the other, which is enough on a busy machine.
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		got, err := s.client(t, nil).Complete(ctx, "r", "u")
		if got != "ok" || err != nil {
			t.Errorf("Complete = %q, %v", got, err)
		}
	})
	t.Run("retry_after_beyond_the_deadline_fails_at_once", func(t *testing.T) {
		t.Parallel()
		s := serve(t, raw(429, `{}`, "Retry-After", "8549"))
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		began := time.Now()
		_, err := s.client(t, nil).Complete(ctx, "r", "u")
		if err == nil || time.Since(began) > 25*time.Second || len(s.calls()) != 1 {
			t.Errorf("Complete: %v after %v and %d calls", err, time.Since(began), len(s.calls()))
		}
	})
	t.Run("retry_after_is_capped", func(t *testing.T) {
		t.Parallel()
		s := serve(t, raw(503, `{}`, "Retry-After", "8549"), says("ok"))
		c := s.client(t, func(cfg *model.Config) { cfg.MaxRetryAfter = time.Millisecond })
		if got, err := c.Complete(t.Context(), "r", "u"); got != "ok" || err != nil {
			t.Errorf("Complete = %q, %v", got, err)
		}
	})
}

func TestClient_Complete_fails(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"`)
		for range 200 {
			if _, err := io.WriteString(w, strings.Repeat("a", 16_384)); err != nil {
				return
			}
		}
	}
	tests := map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"empty_text":     {says(" \n "), model.ErrEmpty},
		"reasoning_only": {raw(200, `{"choices":[{"message":{"role":"assistant","content":null,"reasoning_content":"hm"}}]}`), model.ErrEmpty},
		"no_choices":     {raw(200, `{"choices":[]}`), model.ErrGarbled},
		"empty_body":     {raw(200, ""), model.ErrGarbled},
		"garbage":        {raw(200, `{"choices": [`), model.ErrGarbled},
		"html":           {raw(200, "<html>", "Content-Type", "text/html"), model.ErrGarbled},
		"too_long":       {says(strings.Repeat("가", 6_000)), model.ErrTooLarge},
		"endless":        {endless, model.ErrTooLarge},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := serve(t, tt.handler).client(t, nil).Complete(t.Context(), "r", "u")
			if !errors.Is(err, tt.want) {
				t.Errorf("Complete: %v, want %v", err, tt.want)
			}
		})
	}
	t.Run("a_model_that_always_hangs_ends_with_the_deadline", func(t *testing.T) {
		t.Parallel()
		s := serve(t, hangs)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := s.client(t, nil).Complete(ctx, "r", "u"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Complete: %v, want the deadline", err)
		}
	})
	t.Run("a_refused_connection_is_told_at_once", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
		c, err := model.New(model.Config{BaseURL: "http://" + l.Addr().String(), Backoff: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Complete(t.Context(), "r", "u"); !errors.Is(err, model.ErrNetwork) {
			t.Errorf("Complete: %v, want ErrNetwork", err)
		}
	})
}

func TestClient_never_tells_the_key(t *testing.T) {
	t.Parallel()
	echo := `{"error":{"message":"Incorrect API key provided: ` + key + `","code":"` + key + `"}}`
	handlers := []http.HandlerFunc{raw(401, echo), raw(500, echo), raw(200, echo), raw(200, key, "Content-Type", "text/plain"),
		raw(302, "", "Location", "http://"+key+"@127.0.0.1:1/")}
	for i, h := range handlers {
		_, err := serve(t, h).client(t, nil).Complete(t.Context(), "prompt-text", "u")
		if err == nil {
			t.Errorf("handler %d: no error", i)
			continue
		}
		for _, s := range []string{fmt.Sprintf("%v", err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
			if strings.Contains(s, key) || strings.Contains(s, "prompt-text") {
				t.Errorf("handler %d: the error tells too much: %s", i, s)
			}
		}
	}
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]model.Config{
		"nothing":         {},
		"no_scheme":       {BaseURL: "localhost:11434"},
		"another_scheme":  {BaseURL: "ftp://user:" + key + "@host/"},
		"no_url":          {BaseURL: "http://user:" + key + "@ho st/"},
		"key_with_spaces": {APIKey: key + "\r\nX-Other: 1"},
	} {
		if _, err := model.New(cfg); err == nil || strings.Contains(err.Error(), key) {
			t.Errorf("New(%s): %v, want an error without the key", name, err)
		}
	}
}
