package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"bis/internal/config"
)

// health checks for at most 3 s whether the server at cfg.Addr is ready, and prints its answer to
// out. A container without a shell checks itself with this command. It fails if there is no answer
// or the server is not ready.
func health(ctx context.Context, cfg config.Config, _ Hooks, out io.Writer, _ *slog.Logger) error {
	addr, err := net.ResolveTCPAddr("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("%s is no address: %w", cfg.Addr, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	url := "http://" + reachable(addr) + "/readyz"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("nothing answers at %s: %w", cfg.Addr, cause(err))
	}
	defer res.Body.Close()
	// Another program may listen at the address, so the length of the answer is bounded.
	word, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return errors.New("not ready: " + strings.TrimSpace(string(word)))
	}
	_, err = out.Write(word)
	return err
}
