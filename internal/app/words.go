package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/observe"
	"bis/internal/pipeline"
	"bis/internal/pipeline/describe"
	"bis/internal/pipeline/model"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/stylist"
	"bis/internal/pipeline/wording"
)

// words are the parts that word briefings.
type words struct {
	*wording.Wording
	stylist   *stylist.Stylist
	chain     *provider.Chain    // nil: no model is configured
	describer pipeline.Describer // nil: no model is configured
	by        string             // who words, for the greeting
}

// openWords returns the writer of captions and summaries, with the models of the settings. Without
// a model built-in lines speak.
func openWords(
	cfg config.Config, st briefing.WordStore, metrics *observe.Metrics, log *slog.Logger,
) (w words, err error) {
	sc := stylist.Config{
		Store: st, SheetTime: cfg.SheetTime, Zone: cfg.Zone, Observer: sheetObserver{metrics}, Log: log,
	}
	wc := wording.Config{Zone: cfg.Zone, Log: log}
	w.by = "built-in lines (set OPENAI_API_KEY or OPENAI_BASE_URL for a model)"
	if cfg.Model.On() {
		if w.chain, err = openChain(cfg, st, metrics, log); err != nil {
			return words{}, err
		}
		w.describer, err = describe.New(describe.Config{
			Chain: w.chain, Words: st, Zone: cfg.Zone, Log: log, Language: languageOf,
		})
		if err != nil {
			return words{}, err
		}
		sc.Chain, wc.Model = w.chain, w.chain.Name
		w.by = wordedBy(w.chain)
	}
	if w.stylist, err = stylist.New(sc); err != nil {
		return words{}, err
	}
	wc.Sheets = w.stylist
	w.Wording, err = wording.New(wc)
	return w, err
}

// languageOf returns the language of style lines.
func languageOf(custom []string) string {
	language, _ := wording.BaseOf(custom)
	return language
}

// Close ends the questions to models.
func (w words) Close() error {
	err := w.stylist.Close()
	if w.chain != nil {
		w.chain.Close()
	}
	return err
}

// wordedBy says who words, for the greeting.
func wordedBy(chain *provider.Chain) string {
	by := ""
	for i, p := range chain.Status() {
		by += []string{"model ", ", then "}[i] + p.Model
		if p.Assumed {
			by += " (or one that " + p.Provider + " has)"
		}
	}
	return by + ", asked once for a style; built-in lines until then"
}

// openChain returns the providers of the settings: the model and its fallback.
func openChain(
	cfg config.Config, st briefing.WordStore, metrics *observe.Metrics, log *slog.Logger,
) (*provider.Chain, error) {
	pc := provider.Config{
		CallsADay: cfg.ModelCallsADay, Zone: cfg.Zone, Observer: modelObserver{metrics},
		Spent: func(ctx context.Context, user, day string) (int, error) { return spent(ctx, st, user, day) },
	}
	names := []string{"OPENAI_MODEL", "OPENAI_FALLBACK_MODEL"}
	for i, m := range []config.Model{cfg.Model, cfg.Fallback} {
		if m.On() {
			pc.Models = append(pc.Models, model.Config{
				Picked: func(host, name string) {
					log.Info("model picked from those of the server; to choose, set "+names[i],
						"server", host, "model", name)
				},
				APIKey: string(m.APIKey), BaseURL: string(m.BaseURL), Model: m.Name,
				Timeout: max(cfg.SheetTime, model.DefaultTimeout), // the callers have shorter ones
			})
		}
	}
	return provider.New(pc)
}

// spent returns the requests of a user on a day, as the store has them.
func spent(ctx context.Context, st briefing.WordStore, user, day string) (n int, err error) {
	days, err := st.UsageDays(ctx, user, day, day)
	if errors.Is(err, briefing.ErrNotFound) {
		return 0, nil
	}
	for _, d := range days {
		n += d.Usage.Attempts
	}
	return n, err
}

// modelObserver counts questions to models.
type modelObserver struct{ metrics *observe.Metrics }

// Asked implements provider.Observer.
func (o modelObserver) Asked(
	slot provider.Slot, outcome provider.Outcome, took time.Duration, u briefing.Usage,
) {
	o.metrics.Question(observe.Question{
		Slot: string(slot), Outcome: string(outcome), Took: took,
		Requests: u.Attempts, Input: u.InputTokens, Output: u.OutputTokens,
	})
}

// sheetObserver counts sheets of styles.
type sheetObserver struct{ metrics *observe.Metrics }

// Sheet implements stylist.Observer.
func (o sheetObserver) Sheet(outcome stylist.Outcome) { o.metrics.Sheet(string(outcome)) }

// Lines implements stylist.Observer.
func (o sheetObserver) Lines(good, refused int) { o.metrics.Lines(good, refused) }
