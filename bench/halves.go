package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// halfList are attacks by calls that are not complete, and by connections that rest.
var halfList = []attack{
	{"7,000 headers without end, 47 KB each", func(ctx context.Context, a *target) error {
		return a.says(ctx, 7_000, "GET / HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("x", 47_000))
	}},
	{"2,500 bodies of 127 KB without end", func(ctx context.Context, a *target) error {
		return a.says(ctx, 2_500, half("/graphql", "application/json", 127_000))
	}},
	{"600 old forms of 1 MB without end", func(ctx context.Context, a *target) error {
		return a.says(ctx, 600, half("/login", "application/x-www-form-urlencoded", 1_000_000))
	}},
	{"10,000 bodies of one byte", func(ctx context.Context, a *target) error {
		return a.says(ctx, 10_000, half("/graphql", "application/json", 1))
	}},
	{"10,000 connections that rest", func(ctx context.Context, a *target) error {
		return a.says(ctx, 10_000, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("x", 3_000)+"\r\n\r\n")
	}},
	{"400 sockets, 60 pings with 60 KB each", func(ctx context.Context, a *target) error {
		ping := clientFrame(0x81, `{"type":"ping","payload":{"a":"`+strings.Repeat("x", 60_000)+`"}}`)
		return a.flood(ctx, 400, clientFrame(0x81, `{"type":"connection_init"}`)+strings.Repeat(ping, 60))
	}},
	{"25,000 subscriptions with small documents of their own", func(ctx context.Context, a *target) error {
		for range 12 {
			err := a.subscribe(ctx, func(n int) (id, query, rest string) {
				query = fmt.Sprintf(`subscription ($u: String!) { requestChanged(username: $u) { id b%d: id c%d: id d: id e: id } }`, n, a.turn)
				return fmt.Sprint(n, strings.Repeat("z", 240)), query, `,"variables":{"u":"kim","x":"` + strings.Repeat("y", 950) + `"}`
			})
			if err != nil {
				return err
			}
		}
		return nil
	}},
}

// half returns a POST whose body lacks ten of its bytes.
func half(path, kind string, n int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, kind, n+10, strings.Repeat("x", n))
}

// says opens n connections and writes text to each. The server may close any of them.
func (a *target) says(ctx context.Context, n int, text string) error {
	return a.many(ctx, n, func(c net.Conn) error {
		_, err := io.WriteString(c, text)
		if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
			return nil
		}
		return err
	})
}
