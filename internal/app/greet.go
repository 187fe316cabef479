package app

import (
	"fmt"
	"io"
	"net"

	"bis/internal/config"
)

// greet prints the address of the server and its console, the store, the camera, the detector, the
// writer of captions and a command to try. The camera's address is printed without secrets.
func greet(out io.Writer, cfg config.Config, addr net.Addr, store, countedBy, wordedBy string) {
	url := "http://" + reachable(addr)
	fmt.Fprintf(out, `BIS 방구석 브리핑 is at %[1]s

  console   %[1]s
  store     %[2]s
  camera    %[3]s
  counting  %[4]s
  wording   %[5]s
  explore   %[1]s/graphiql and %[1]s/playground
  try       curl -N %[1]s/graphql -H 'Content-Type: application/json' -H 'Accept: text/event-stream' -d '{"query":"subscription { startBriefing(input: {username: \"kim\", interval: 5, endTime: \"23:59\"}) { at caption } }"}'

Ctrl-C stops it; briefings go on with the next start.
`, url, store, cfg.Camera, countedBy, wordedBy)
}

// reachable returns an address at which this machine reaches a listener: an unspecified host
// becomes localhost.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
