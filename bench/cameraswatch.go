package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// cameraWatch subscribes to the briefings of all cameras over one connection.
type cameraWatch struct {
	conn  *websocket.Conn
	shops string // host:port of the cameras
	done  chan struct{}

	writing sync.Mutex // one writer at a time

	mu   sync.Mutex // guards came
	came []cameraBriefing
	err  error // why reading has ended; valid once done is closed
}

// cameraBriefing is one received briefing.
type cameraBriefing struct {
	user                         string
	at, came                     time.Time
	degraded, unchanged, byModel bool
}

// cameraCounts counts briefings.
type cameraCounts struct{ degraded, unchanged, byModel int }

// watchCameras saves a camera for each user and starts its briefings, evenly over one interval.
func watchCameras(ctx context.Context, addr, shops string, r camerasRow) (*cameraWatch, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}
	conn, res, err := dialer.DialContext(ctx, "ws://"+addr+"/graphql", nil)
	if err != nil {
		return nil, err
	}
	_ = res.Body.Close()
	w := &cameraWatch{conn: conn, shops: shops, done: make(chan struct{})}
	if err := w.send(map[string]any{"type": "connection_init"}); err != nil {
		return nil, err
	}
	var ack struct{ Type string }
	if err := conn.ReadJSON(&ack); err != nil || ack.Type != "connection_ack" {
		return nil, fmt.Errorf("no acknowledgement but %q: %w", ack.Type, err)
	}
	go w.read()
	for n := range camerasN {
		user := fmt.Sprintf("user%d", n)
		kind := "busy/"
		if r.calm {
			kind = "calm/"
		}
		source := "http://" + shops + "/snapshot/" + kind + user
		switch {
		case r.hanging && n == 0:
			source = "http://" + shops + "/hang"
		case n%2 == 1:
			source = "mjpeg+http://" + shops + "/stream/" + kind + user
		}
		id, err := saveCamera(ctx, addr, map[string]any{"username": user, "name": "hall", "source": source, "keepFrames": r.keep})
		if err != nil {
			return nil, err
		}
		err = w.send(map[string]any{"type": "subscribe", "id": user, "payload": map[string]any{
			"query": `subscription ($input: StartBriefingInput!) { startBriefing(input: $input) { at degraded unchanged facts { counts { method } } } }`,
			"variables": map[string]any{"input": map[string]any{
				"username": user, "cameraId": id, "interval": int(camerasInterval / time.Second),
				"endTime": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
			}},
		}})
		if err != nil {
			return nil, err
		}
		if err := pause(ctx, camerasInterval/camerasN); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// saveCamera saves a camera and returns its ID.
func saveCamera(ctx context.Context, addr string, input map[string]any) (string, error) {
	body, err := json.Marshal(map[string]any{
		"query": `mutation ($user: String!, $input: SaveCameraInput!) {
			login(username: $user) { __typename } saveCamera(input: $input) { camera { id } }
		}`,
		"variables": map[string]any{"user": input["username"], "input": input},
	})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/graphql", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var answer struct {
		Data struct {
			SaveCamera struct{ Camera struct{ ID string } }
		}
		Errors json.RawMessage
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return "", err
	}
	if answer.Errors != nil {
		return "", fmt.Errorf("camera not saved: %s", answer.Errors)
	}
	return answer.Data.SaveCamera.Camera.ID, nil
}

// send sends one message.
func (w *cameraWatch) send(message map[string]any) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	return w.conn.WriteJSON(message)
}

// read records briefings until the connection ends.
func (w *cameraWatch) read() {
	defer close(w.done)
	for {
		var m struct {
			Type, ID string
			Payload  json.RawMessage
		}
		if w.err = w.conn.ReadJSON(&m); w.err != nil {
			return
		}
		now := time.Now()
		switch m.Type {
		case "ping":
			_ = w.send(map[string]any{"type": "pong"})
		case "next":
			var p struct {
				Data struct {
					StartBriefing struct {
						At        time.Time
						Degraded  string
						Unchanged bool
						Facts     struct{ Counts []struct{ Method string } }
					}
				}
			}
			if w.err = json.Unmarshal(m.Payload, &p); w.err != nil {
				return
			}
			b := p.Data.StartBriefing
			w.mu.Lock()
			counts := b.Facts.Counts
			w.came = append(w.came, cameraBriefing{
				user: m.ID, at: b.At, came: now, degraded: b.Degraded != "", unchanged: b.Unchanged,
				byModel: len(counts) > 0 && counts[0].Method == "MODEL",
			})
			w.mu.Unlock()
		default:
			w.err = fmt.Errorf("%s of %s: %s", m.Type, m.ID, m.Payload)
			return
		}
	}
}

// lateness returns how long after their ticks the runs since a moment began and ended, sorted, and
// counts of their briefings. A camera that does not answer counts as neither.
func (w *cameraWatch) lateness(
	ctx context.Context, since time.Time,
) (begun, ended []time.Duration, of cameraCounts, err error) {
	select {
	case <-w.done:
		return nil, nil, of, w.err
	default:
	}
	asked, err := w.asked(ctx)
	if err != nil {
		return nil, nil, of, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range w.came {
		switch {
		case b.at.Before(since):
			continue
		case b.degraded:
			of.degraded++
			continue
		}
		if b.unchanged {
			of.unchanged++
		}
		if b.byModel {
			of.byModel++
		}
		ended = append(ended, b.came.Sub(b.at))
		first := slices.IndexFunc(asked[b.user], func(t time.Time) bool { return !t.Before(b.at) })
		if first >= 0 && asked[b.user][first].Before(b.came) {
			begun = append(begun, asked[b.user][first].Sub(b.at))
		}
	}
	slices.Sort(begun)
	slices.Sort(ended)
	return begun, ended, of, nil
}

// asked returns when the snapshots of each user were requested.
func (w *cameraWatch) asked(ctx context.Context) (map[string][]time.Time, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.shops+"/asked", http.NoBody)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var list []askedAt
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		return nil, err
	}
	asked := map[string][]time.Time{}
	for _, a := range list {
		asked[a.User] = append(asked[a.User], a.At)
	}
	return asked, nil
}

// close ends the connection and waits for the end of reading.
func (w *cameraWatch) close() {
	_ = w.conn.Close()
	<-w.done
}
