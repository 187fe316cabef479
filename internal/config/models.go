package config

import (
	"errors"
	"strings"
	"time"
)

// Model is a language model on a server. It is on when a key or a base URL is set.
type Model struct {
	APIKey  Secret
	BaseURL Address
	Name    string // empty: the client's default, or one that the server has
}

// On reports whether a model is configured.
func (m Model) On() bool { return m.APIKey != "" || m.BaseURL != "" }

// modelFlags are the flags for the use of models.
type modelFlags struct {
	CallsADay int           `name:"model-calls-a-day" setting:"BIS_MODEL_CALLS_A_DAY" default:"5000" placeholder:"N" help:"Requests to models for one user and day; beyond them built-in lines speak. 0 lifts the limit."`
	SheetTime time.Duration `name:"sheet-time" setting:"BIS_SHEET_TIME" default:"120s" placeholder:"DURATION" help:"How long a model may take for the words of a style, so that a local model may load."`
}

// apply checks the flags and the variables of models, and sets their fields of cfg.
func (f modelFlags) apply(cfg *Config, vars map[string]string) (err error) {
	if cfg.Model, err = buildModel("OPENAI_", vars); err != nil {
		return err
	}
	if cfg.Fallback, err = buildModel("OPENAI_FALLBACK_", vars); err != nil {
		return err
	}
	switch {
	case !cfg.Fallback.On() && cfg.Fallback.Name != "":
		return errors.New("OPENAI_FALLBACK_MODEL needs OPENAI_FALLBACK_API_KEY or OPENAI_FALLBACK_BASE_URL")
	case cfg.Fallback.On() && !cfg.Model.On():
		return errors.New("OPENAI_FALLBACK_API_KEY and OPENAI_FALLBACK_BASE_URL stand behind another model: " +
			"set OPENAI_API_KEY or OPENAI_BASE_URL, too")
	case f.CallsADay < 0 || f.CallsADay > 10_000_000:
		return errors.New("--model-calls-a-day must be 0 to 10000000")
	case f.SheetTime < time.Second || f.SheetTime > time.Hour:
		return errors.New("--sheet-time must be 1s to 1h")
	}
	cfg.ModelCallsADay, cfg.SheetTime = f.CallsADay, f.SheetTime
	return nil
}

// buildModel returns the model of the variables with a prefix. Errors do not quote values, which
// may contain a secret.
func buildModel(prefix string, vars map[string]string) (Model, error) {
	m := Model{
		APIKey:  Secret(vars[prefix+"API_KEY"]),
		BaseURL: Address(vars[prefix+"BASE_URL"]),
		Name:    vars[prefix+"MODEL"],
	}
	if looksLikeKey(m.Name) || isSecret(m.Name, vars) || strings.Contains(m.Name, "://") {
		return Model{}, errors.New(prefix + "MODEL must be the name of a model, " +
			"and what it holds looks like a key or an address; " +
			"the key goes into " + prefix + "API_KEY, the address into " + prefix + "BASE_URL")
	}
	if base := string(m.BaseURL); base != "" && !isWebAddress(base) {
		return Model{}, errors.New(prefix + "BASE_URL must look like https://host/v1")
	}
	return m, nil
}
