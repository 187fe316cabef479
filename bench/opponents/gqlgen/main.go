// Command gqlgen is an unchanged gqlgen server: its executor, its own WebSocket transport, and a
// channel for every subscriber. Users are in SQLite, opened as this server opens its own, so that a
// query costs the same below GraphQL.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	_ "modernc.org/sqlite" // the driver

	"bis/bench/opponents/gqlgen/graph"
	"bis/bench/opponents/stage"
)

func main() {
	dir, err := os.MkdirTemp("", "bis-bench-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = serve(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve serves until SIGTERM, with its database in dir.
func serve(dir string) error {
	users, err := openUsers(filepath.Join(dir, "users.db"))
	if err != nil {
		return err
	}
	r := &resolver{hub: &hub{topics: map[string]map[chan *stage.Briefing]bool{}}, users: users}
	stage.Run("/graphql", endpoint(r), r.hub.publish)
	return nil
}

// endpoint returns the library's handler with the settings of its documentation: a cache of
// documents, and no introspection. It pings every 25 s, as this server does. The WebSocket
// transport is the default one, without compression.
func endpoint(r *resolver) http.Handler {
	srv := handler.New(graph.NewExecutableSchema(graph.Config{Resolvers: r}))
	srv.AddTransport(transport.Websocket{PingPongInterval: 25 * time.Second, KeepAlivePingInterval: 25 * time.Second})
	srv.AddTransport(transport.POST{})
	srv.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	return srv
}

// openUsers creates the table of users and returns the statement that finds one.
func openUsers(path string) (*sql.Stmt, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	_, err = db.Exec(`CREATE TABLE users (username TEXT PRIMARY KEY, id TEXT, custom TEXT) WITHOUT ROWID;
		INSERT INTO users VALUES ('x', '6924d1b2a1b2c3d4e5f60718', '["존댓말로", "짧게"]')`)
	if err != nil {
		return nil, err
	}
	return db.Prepare("SELECT id, custom FROM users WHERE username = ?")
}

// resolver answers the schema.
type resolver struct {
	hub   *hub
	users *sql.Stmt
}

// Query implements graph.ResolverRoot.
func (r *resolver) Query() graph.QueryResolver { return queries{r} }

// Subscription implements graph.ResolverRoot.
func (r *resolver) Subscription() graph.SubscriptionResolver { return subscriptions{r} }

type queries struct{ *resolver }

// User implements graph.QueryResolver.
func (q queries) User(ctx context.Context, username string) (*graph.User, error) {
	u := graph.User{Username: username}
	var custom []byte
	err := q.users.QueryRowContext(ctx, username).Scan(&u.ID, &custom)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &u, json.Unmarshal(custom, &u.Custom)
}

type subscriptions struct{ *resolver }

// Briefings implements graph.SubscriptionResolver. It ignores after, because it has no history to
// resume from.
func (s subscriptions) Briefings(ctx context.Context, requestID string, _ *string) (<-chan *stage.Briefing, error) {
	return s.hub.subscribe(ctx, requestID), nil
}
