package camera

import (
	"bufio"
	"bytes"
	"context"
	"image"
	"io"
	"net"
	"slices"
	"time"

	"bis/internal/briefing"
)

// DemoPeople returns how many people the demo draws at a moment.
func DemoPeople(seed uint64, at time.Time) int { return len(peopleAt(seed, at)) }

// DemoPeopleIn returns how many people a scene of the demo has at a moment.
func DemoPeopleIn(name string, seed uint64, at time.Time) int {
	return len(scene(name).people(seed, at))
}

// Decode is decode, for fuzzing.
func Decode(b []byte) (image.Image, error) { return decode(context.Background(), b) }

// DecodedBytes is decodedBytes of a picture whose header can be read.
func DecodedBytes(b []byte) int64 {
	size, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		panic(err)
	}
	return decodedBytes(b, size, format)
}

// Offline is offline, for errors that a test cannot provoke.
var Offline = offline

// AnswerTo returns the Authorization header for a challenge, as FuzzLogin wants it.
func AnswerTo(challenge, target string) string {
	l := login{user: "u", password: "p"}
	l.learn(origin{}, []string{challenge}, "", true)
	return l.header(origin{}, target)
}

// Carve returns the first picture in bytes that come in pieces, and what Frame would decode.
func Carve(pieces ...[]byte) ([]byte, error) {
	var s scanner
	for _, b := range pieces {
		s.feed(b)
		if p, err := s.next(); p != nil || err != nil {
			return p, err
		}
		if p := s.quiet(); p != nil {
			return p, nil
		}
	}
	if p := s.rest(); p != nil {
		return p, nil
	}
	return nil, s.fault(briefing.Source{})
}

// FrameOf is frameOf.
var FrameOf = frameOf

// ReadHead reads the head of an answer, for fuzzing.
func ReadHead(b []byte) (status int, body []byte, err error) {
	r := bufio.NewReaderSize(bytes.NewReader(b), maxHeadLine)
	h, err := readHead(r)
	if err != nil {
		return 0, nil, err
	}
	body, _ = io.ReadAll(io.LimitReader(bodyOf(h, r), 1<<20))
	return h.status, body, nil
}

// WithConnect returns a configuration whose connections are made by connect.
func WithConnect(cfg Config, connect func(ctx context.Context, address string) (net.Conn, error)) Config {
	cfg.connect = connect
	return cfg
}

// DecodeEighth is decodeEighth of a picture as it comes.
func DecodeEighth(b []byte) (image.Image, bool, error) {
	b, _ = mended(b)
	return decodeEighth(b)
}

// DemoQueueStands returns how many people stand in the queue at a moment. The others walk: they are
// at another place a moment later.
func DemoQueueStands(seed uint64, at time.Time) (n int) {
	later := queueAt(seed, at.Add(50*time.Millisecond))
	for _, p := range queueAt(seed, at) {
		if slices.ContainsFunc(later, func(q person) bool {
			return q.clothes == p.clothes && max(q.x-p.x, p.x-q.x) <= 2
		}) {
			n++
		}
	}
	return n
}
