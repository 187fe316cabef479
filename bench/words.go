package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/model"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/stylist"
	"bis/internal/pipeline/wording"
)

// The size of the benchmark of words.
const (
	wordRuns    = 4320 // 12 hours at 10 s
	wordChanges = 3    // one run in so many differs from the one before
	wordStyles  = 5    // saved styles that are timed
	wordTime    = time.Second
)

// words writes the captions of a day with a model, through the captioner of the pipeline, and
// counts the requests that a model server gets. The model leaves out most lines of a style, so each
// style needs a second request. The opponent is the rule of the earlier captioner: a request for
// each run that was counted and that differs from the one before. It then times the first caption
// in a saved style, with a model that needs a second, and the captions meanwhile.
// Wanted: under 1 % of the runs; no caption that waits for the model.
func words(ctx context.Context, _ options) error {
	server, err := newModel()
	if err != nil {
		return err
	}
	defer server.close()
	w, closeAll, err := newWords(server.address)
	if err != nil {
		return err
	}
	defer closeAll()
	before, err := wordDay(ctx, w)
	if err != nil {
		return err
	}
	share := func(n int64) string { return fmt.Sprintf("%d | %.2f %%", n, 100*float64(n)/wordRuns) }
	table(fmt.Sprintf("%d runs at 10 s, a style saved at noon | requests | of the runs", wordRuns),
		"a request for each changed run | "+share(int64(before)),
		"two requests for each style | "+share(server.asked.Load()))
	fmt.Printf("   wanted: under 1 %%\n")
	return wordTimes(ctx, w, server)
}

// newWords returns the captioner with a model at an address.
func newWords(address string) (*wording.Wording, func(), error) {
	chain, err := provider.New(provider.Config{Models: []model.Config{{BaseURL: address, Model: "fake"}}})
	if err != nil {
		return nil, nil, err
	}
	sheets, err := stylist.New(stylist.Config{Chain: chain})
	if err != nil {
		return nil, nil, err
	}
	closeAll := func() { _ = sheets.Close(); chain.Close() }
	w, err := wording.New(wording.Config{
		Sheets: sheets, Model: chain.Name, Log: slog.New(slog.DiscardHandler),
	})
	return w, closeAll, err
}

// wordDay writes the captions of a day, and returns how many the earlier rule asks a model for.
func wordDay(ctx context.Context, w *wording.Wording) (before int, err error) {
	draw := rand.New(rand.NewPCG(17, 17)) // the same day each time
	at := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	in := pipeline.CaptionInput{Username: "kim", Custom: []string{"공손하게, 짧게"}}
	for n := range wordRuns {
		if n == wordRuns/2 {
			in.Custom = []string{"사장님이라고 불러 줘"}
		}
		previous := in.Facts
		in.At, in.Unchanged = at.Add(time.Duration(n)*10*time.Second), n > 0 && draw.IntN(wordChanges) > 0
		if !in.Unchanged {
			in.Facts = briefing.Facts{Counted: true, Scene: briefing.SceneSteady, Counts: []briefing.ObjectCount{
				{Name: briefing.Person, Count: draw.IntN(6)},
			}}
			before++
		}
		if n > 0 {
			in.Previous = &previous
		}
		if _, err := w.Caption(ctx, in); err != nil {
			return 0, err
		}
	}
	return before, nil
}

// wordTimes saves styles, writes captions every 10 ms, and prints when the first one has the lines
// of the model.
func wordTimes(ctx context.Context, w *wording.Wording, server *fakeModel) error {
	server.takes.Store(int64(wordTime))
	var firsts, waited []time.Duration
	for n := range wordStyles {
		in := pipeline.CaptionInput{
			Username: "kim", Custom: []string{fmt.Sprintf("말투 %d", n)}, At: time.Now(),
			Facts: briefing.Facts{Counted: true, Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 2}}},
		}
		began := time.Now()
		for {
			from := time.Now()
			c, err := w.Caption(ctx, in)
			if err != nil {
				return err
			}
			waited = append(waited, time.Since(from))
			if c.Made.Verdict == briefing.VerdictStyleSheet {
				firsts = append(firsts, time.Since(began))
				break
			}
			if time.Since(began) > time.Minute {
				return fmt.Errorf("no sheet after a minute: %+v", c)
			}
			if err := pause(ctx, 10*time.Millisecond); err != nil {
				return err
			}
		}
	}
	slices.Sort(firsts)
	slices.Sort(waited)
	table("saved styles, a model that needs 1 s | median | most",
		fmt.Sprintf("from saving to the first caption | %s | %s", ms(quantile(firsts, .5)), ms(firsts[len(firsts)-1])),
		fmt.Sprintf("a caption meanwhile | %s | %s", ms(quantile(waited, .5)), ms(waited[len(waited)-1])))
	return nil
}

// fakeModel is a model server that writes the same lines for every style.
type fakeModel struct {
	address string
	asked   atomic.Int64
	takes   atomic.Int64 // the time of an answer
	server  *http.Server
}

// newModel starts a model server on loopback.
func newModel() (*fakeModel, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &fakeModel{address: "http://" + l.Addr().String() + "/v1"}
	m.server = &http.Server{Handler: m, ReadHeaderTimeout: time.Minute}
	go func() { _ = m.server.Serve(l) }()
	return m, nil
}

func (m *fakeModel) close() { _ = m.server.Close() }

// askedSheet finds the keys of a request for a sheet.
var askedSheet = regexp.MustCompile(`SHEET\\n\{.*\}\\nEND OF SHEET`)

// ServeHTTP answers with a line for each of some keys.
func (m *fakeModel) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	m.asked.Add(1)
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if pause(r.Context(), time.Duration(m.takes.Load())) != nil {
		return
	}
	text := "no sheet was asked for"
	if askedSheet.Match(body) && strings.HasSuffix(r.URL.Path, "/chat/completions") {
		text = `{"sheet": {"some": ["지금 매장에 손님 {people} 계십니다."], "nobody": ["지금 매장에 손님이 없는 것 같습니다."]}}`
	}
	_ = json.NewEncoder(out).Encode(map[string]any{
		"choices": []any{map[string]any{
			"finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": text},
		}},
		"usage": map[string]any{"prompt_tokens": 3000, "completion_tokens": 60},
	})
}
