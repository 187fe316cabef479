package wording_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
)

// previewOf returns the input of a preview with the facts of a caption's input.
func previewOf(user string, in pipeline.CaptionInput, custom ...string) briefing.PreviewInput {
	return briefing.PreviewInput{Username: user, At: in.At.UTC(), Facts: in.Facts, Degraded: in.Degraded, Custom: custom}
}

// A preview is the caption of its facts: by the template, by the model, or by the template in place
// of a model that fails.
func TestPreview_writes_like_a_caption(t *testing.T) {
	t.Parallel()
	in := people(2)
	in.Custom = []string{"공손하게"}
	template := templateOf(in, "").Text
	for name, c := range map[string]struct {
		chat *chat
		want string
	}{
		"without a model": {nil, template},
		"by the model":    {says(`{"caption": "사람 두 명이 있어요."}`), "사람 두 명이 있어요."},
		"a false number":  {says(`{"caption": "사람 열 명이 있어요."}`), template},
		"model away":      {&chat{err: errors.New("status 503")}, template},
	} {
		got, err := newWording(t, c.chat, nil).Preview(t.Context(), previewOf("kim", in, in.Custom...))
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
	english, err := newWording(t, nil, nil).Preview(t.Context(), previewOf("kim", in, "in English"))
	if err != nil || english == template {
		t.Errorf("in another style: %q, %v", english, err)
	}
}

// Previews have a gate of their own: thirty that wait for a hanging model leave captions their turn,
// and those without a place are written by the template at once.
func TestPreview_costs_captions_nothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model := &chat{hang: true}
		w, err := wording.New(wording.Config{Chat: model, Model: "fake-1", Zone: seoul})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var mu sync.Mutex // guards waited
		waited := map[string]int{}
		var wg sync.WaitGroup
		ask := func(user string) {
			wg.Go(func() {
				if text, err := w.Preview(t.Context(), previewOf(user, people(2))); err != nil || text == "" {
					t.Errorf("Preview = %q, %v", text, err)
				}
				if time.Since(began) > 0 {
					mu.Lock()
					defer mu.Unlock()
					waited[user]++
				}
			})
		}
		for range 30 {
			ask("greedy")
		}
		synctest.Wait()
		for i := range 30 {
			ask(fmt.Sprint("other", i))
		}
		synctest.Wait()
		// One preview has the model. Two captions and a summary still reach it.
		for range 2 {
			wg.Go(func() { _, _ = w.Caption(t.Context(), people(2)) }) // the template writes in the end
		}
		wg.Go(func() { _, _ = w.Summarize(t.Context(), busyDay()) })
		synctest.Wait()
		if n := len(model.calls()); n != 4 {
			t.Errorf("%d calls of the model, want one preview, two captions and a summary", n)
		}
		wg.Wait()
		if waited["greedy"] != 2 || len(waited) != 8 {
			t.Errorf("waited for the model: %v, want 2 of the greedy user and 7 of others", waited)
		}
	})
}
