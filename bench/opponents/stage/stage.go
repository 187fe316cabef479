// Package stage is what all opponents written in Go share: a listener whose address is said on standard output,
// and POST /publish?topic=NAME, whose body is the text.
package stage

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Publish gives a text to whoever is subscribed to the topic.
type Publish func(topic, text string) error

// Briefing is what subscribers get of a text: as much as the GraphQL operation selects.
type Briefing struct {
	Cursor  string    `json:"cursor"`
	At      time.Time `json:"at"`
	Caption string    `json:"caption"`
}

// New makes one of a text. The cursor is as long as this server's.
func New(text string) Briefing {
	return Briefing{Cursor: "AWkk8xQyAAAAAAAAAWkk8xQyAAAAAAAAAQ", At: time.Now(), Caption: text}
}

// Message is a briefing of a text in a message as long as a GraphQL server's.
func Message(text string) ([]byte, error) {
	m := message{ID: "1", Type: "next"}
	m.Payload.Data.Briefings = New(text)
	return json.Marshal(m)
}

type message struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Payload struct {
		Data struct {
			Briefings Briefing `json:"briefings"`
		} `json:"data"`
	} `json:"payload"`
}

// Run serves handler at path until SIGTERM.
func Run(path string, handler http.Handler, publish Publish) {
	addr := flag.String("addr", "127.0.0.1:0", "where to listen")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, path, handler, publish); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr, path string, handler http.Handler, publish Publish) error {
	mux := http.NewServeMux()
	mux.Handle(path, handler)
	mux.HandleFunc("POST /publish", func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err == nil {
			err = publish(r.URL.Query().Get("topic"), string(text))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case <-ctx.Done():
		return srv.Close()
	case err := <-failed:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	}
}
