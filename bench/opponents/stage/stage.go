// Package stage is the common part of all opponents written in Go: a listener that prints its
// address to standard output, and POST /publish?topic=NAME, whose body is the text.
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

// Publish sends a text to the subscribers of a topic.
type Publish func(topic, text string) error

// Briefing is the payload that subscribers receive for a text: the fields that the GraphQL
// operation selects.
type Briefing struct {
	Cursor  string    `json:"cursor"`
	At      time.Time `json:"at"`
	Caption string    `json:"caption"`
}

// New returns the briefing of a text. Its cursor is as long as this server's.
func New(text string) Briefing {
	return Briefing{Cursor: "AWkk8xQyAAAAAAAAAWkk8xQyAAAAAAAAAQ", At: time.Now(), Caption: text}
}

// Message returns a briefing in a message as long as a GraphQL server's.
func Message(text string) ([]byte, error) {
	m := message{ID: "1", Type: "next"}
	m.Payload.Data.Briefings = New(text)
	return json.Marshal(m)
}

// message is the envelope of graphql-transport-ws.
type message struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Payload struct {
		Data struct {
			Briefings Briefing `json:"briefings"`
		} `json:"data"`
	} `json:"payload"`
}

// Run serves handler at path until SIGTERM. It ends the process with 1 on an error.
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

// run is Run with an error.
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
