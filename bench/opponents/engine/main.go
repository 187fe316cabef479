// Command engine serves the centrifuge library, on which Centrifugo is built, with history and
// recovery.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/centrifugal/centrifuge"

	"bis/bench/opponents/stage"
)

// The history of a channel for clients that reconnect is as long as this server's ring.
const (
	historySize = 64
	historyTTL  = 2 * time.Minute
)

func main() {
	node, err := newNode()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer func() { _ = node.Shutdown(context.Background()) }()
	stage.Run("/connection/websocket", sockets(node), func(topic, text string) error {
		data, err := json.Marshal(stage.New(text))
		if err != nil {
			return err
		}
		_, err = node.Publish(topic, data, centrifuge.WithHistory(historySize, historyTTL))
		return err
	})
}

// newNode returns a node with the library's defaults: pings every 25 s, a queue of 1 MiB for each
// client, no delay before a write.
func newNode() (*centrifuge.Node, error) {
	node, err := centrifuge.New(centrifuge.Config{})
	if err != nil {
		return nil, err
	}
	node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{Credentials: &centrifuge.Credentials{}}, nil
	})
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnSubscribe(func(_ centrifuge.SubscribeEvent, answer centrifuge.SubscribeCallback) {
			answer(centrifuge.SubscribeReply{Options: centrifuge.SubscribeOptions{EnableRecovery: true, EnablePositioning: true}}, nil)
		})
	})
	return node, node.Run()
}

// sockets returns a handler with the settings that the library recommends for many connections:
// pooled write buffers, a small read buffer, and commands off the read loop so that it keeps a
// small stack. Compression is off, as everywhere here.
func sockets(node *centrifuge.Node) http.Handler {
	return centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		ReadBufferSize: 1 << 10, UseWriteBufferPool: true, ProcessCommandsOffReadLoop: true,
	})
}
