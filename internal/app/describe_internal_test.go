package app

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/observe"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/store/sqlite"
)

// A model of the settings describes the default camera if the settings let it have pictures.
func TestOpenWords_describes_as_the_settings_allow(t *testing.T) {
	t.Parallel()
	for egress, asks := range map[string]bool{"FULL": true, "BLURRED": true, "COUNTS": false, "": false} {
		server := &modeltest.Server{Answer: modeltest.Sees(func(*modeltest.Request) string {
			return `{"description": "바닥이 깨끗합니다. 손님이 2명 있습니다."}`
		})}
		log := slog.New(slog.DiscardHandler)
		st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Instance: "test", Log: log})
		if err != nil {
			t.Fatal(err)
		}
		cfg := config.Config{
			Data: t.TempDir(), Camera: "demo:", CameraEgress: egress, SheetTime: time.Minute, ModelCallsADay: 100,
			Model: config.Model{BaseURL: config.Address(server.Listen(t))},
		}
		words, err := openWords(cfg, st, observe.NewMetrics(), log)
		if err != nil {
			t.Fatal(err)
		}
		runner, _, err := openRunner(cfg, Hooks{}, words.Wording, pictures{log: log}.describedBy(words.describer))
		if err != nil {
			t.Fatal(err)
		}
		got, err := runner.Run(t.Context(), briefing.Run{Request: briefing.Request{ID: "r", Username: "kim", Interval: 60}, Tick: 1, At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		described := got.Description == "바닥이 깨끗합니다." && got.Made != nil && got.Made.DescribedBy != "" && got.Usage != nil && len(got.Made.Refused) > 0
		if described != asks {
			t.Errorf("%q: %+v, made %+v", egress, got, got.Made)
		}
		if asks {
			all, err := st.Refused(t.Context(), got.Made.Refused)
			texts := all[got.Made.Refused[0]]
			if err != nil || len(texts) == 0 || texts[0].Rule != "person" {
				t.Errorf("%q: refused %+v: %v", egress, texts, err)
			}
		}
		for _, r := range server.Requests() {
			if pictures := len(r.Pictures()) > 0; pictures && !asks || strings.Contains(r.Raw, "kim") {
				t.Errorf("%q: a request with pictures %v", egress, pictures)
			}
		}
		for _, close := range []func() error{runner.Close, words.Close, st.Close} {
			if err := close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// The choice of the settings holds for one port of a host. A fallback on another one of the same
// host gets no picture.
func TestOpenWords_gives_the_fallback_on_another_port_no_picture(t *testing.T) {
	t.Parallel()
	a, b := &modeltest.Server{Fault: modeltest.Zoo()["status/500_always"]}, &modeltest.Server{}
	log := slog.New(slog.DiscardHandler)
	st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Instance: "test", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{
		Data: t.TempDir(), Camera: "demo:", CameraEgress: "FULL", SheetTime: time.Minute, ModelCallsADay: 100,
		Model:    config.Model{BaseURL: config.Address(a.Listen(t))},
		Fallback: config.Model{BaseURL: config.Address(b.Listen(t))},
	}
	words, err := openWords(cfg, st, observe.NewMetrics(), log)
	if err != nil {
		t.Fatal(err)
	}
	runner, _, err := openRunner(cfg, Hooks{}, words.Wording, pictures{log: log}.describedBy(words.describer))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runner.Run(t.Context(), briefing.Run{Request: briefing.Request{ID: "r", Username: "kim", Interval: 60}, Tick: 1, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	list := words.stylist.Providers()
	if len(list) != 2 || list[0].ID == list[1].ID || !slices.Equal(providersOf(cfg), []string{list[0].ID, list[1].ID}) {
		t.Errorf("providers %+v, of the settings %q", list, providersOf(cfg))
	}
	if len(a.Requests()) == 0 {
		t.Error("the model of the settings was not asked")
	}
	for _, r := range b.Requests() {
		if len(r.Pictures()) > 0 {
			t.Error("the fallback got a picture")
		}
	}
	for _, close := range []func() error{runner.Close, words.Close, st.Close} {
		if err := close(); err != nil {
			t.Error(err)
		}
	}
}
