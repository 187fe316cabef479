package server_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func benchQuery(b *testing.B, query string) {
	s := start(b, "--limits", "on", "--rate-factor", "10000")
	addr := strings.TrimPrefix(s.url, "http://")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	body := `{"query":` + strconv.Quote(query) + `}`
	req := []byte("POST /graphql HTTP/1.1\r\nHost: " + addr + "\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n" + body)
	r := bufio.NewReader(conn)
	b.ReportAllocs()
	for b.Loop() {
		conn.Write(req)
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		if res.StatusCode != 200 {
			b.Fatal(res.Status)
		}
	}
}

func BenchmarkTypename(b *testing.B) { benchQuery(b, `{ __typename }`) }
func BenchmarkUser(b *testing.B)     { benchQuery(b, `{ user(username: "x") { id username custom } }`) }
