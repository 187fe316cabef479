package model

import (
	"context"
	"slices"
	"strings"
)

// maxUnfit is how many models that did not answer are remembered.
const maxUnfit = 64

// notChat are parts of the names of models that do not chat: of embeddings, ranks, speech and
// pictures.
var notChat = []string{
	"embed", "rerank", "minilm", "whisper", "transcri", "speech", "dall-e", "diffusion", "image",
	"moderation", "realtime",
}

// notChatWords are like notChat, but count as whole words only: other names contain them within a
// word.
var notChatWords = []string{
	"bge", "gte", "e5", "clip", "siglip", "colbert", "tts", "stt", "asr", "ocr", "audio", "flux",
	"sd", "sdxl", "sora", "video", "kokoro", "piper", "parakeet", "davinci", "babbage",
}

// rank returns how well a model fits by its name: 0 for the default one, also under the name of a
// vendor, 1 for one that may chat, and 2 for others.
func rank(name string) int {
	name = strings.ToLower(name)
	if name[strings.LastIndex(name, "/")+1:] == DefaultModel {
		return 0
	}
	for _, part := range notChat {
		if strings.Contains(name, part) {
			return 2
		}
	}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '_' || notLetter(r) }) {
		if slices.Contains(notChatWords, word) {
			return 2
		}
	}
	return 1
}

// best returns the first of the names with the best rank, or "" if all are unfit.
func best(names, unfit []string) string {
	found, foundRank := "", 0
	for _, name := range names {
		if r := rank(name); (found == "" || r < foundRank) && !slices.Contains(unfit, name) {
			found, foundRank = name, r
		}
	}
	return found
}

// Name returns the name of the model that is asked: Config.Model, or else the one that was picked
// or adopted, or else DefaultModel.
func (c *Client) Name() string { return c.known().model }

// Assumed reports whether Name is a guess: Config has no model, and the server has not answered
// yet.
func (c *Client) Assumed() bool {
	d := c.known()
	return !c.named && !d.picked && !d.settled
}

// Adopt makes the client ask a model that was picked by an earlier client. It does nothing unless
// Assumed is true.
func (c *Client) Adopt(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := &c.what; !c.named && !d.picked && !d.settled && c.mayShow(name) {
		d.model, d.picked, d.lacking = name, true, false
	}
}

// settle remembers that the model of a dialect has answered.
func (c *Client) settle(used dialect) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.what.model == used.model {
		c.what.settled, c.what.lacking = true, false
	}
}

// pick replaces a model that the server does not have by another one of its list. It reports
// whether another one is asked from now on. A model that the owner has named is never replaced.
func (a *asking) pick(ctx context.Context, used dialect) bool {
	c := a.client
	if c.named {
		return false
	}
	if c.known().model != used.model {
		return true // another question has picked
	}
	a.list(ctx)
	name := c.replace(used.model, a.listed)
	if name != "" && c.cfg.Picked != nil {
		c.cfg.Picked(c.Host(), name)
	}
	return c.known().model != used.model
}

// list asks once for the names of the server's models, if an attempt is left.
func (a *asking) list(ctx context.Context) {
	if !a.wasListed && a.usage.Attempts < a.q.Attempts && a.count() == nil {
		a.listed, a.wasListed = a.client.models(ctx), true
	}
}

// replace replaces a model by the best one of a list, and returns its name. It returns "" if there
// is none, or if another question has replaced the model. A model that did not answer is
// picked again only after all others.
func (c *Client) replace(model string, list []string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := &c.what
	if d.model != model {
		return ""
	}
	c.unfit = append(c.unfit[max(0, len(c.unfit)-maxUnfit+1):], model)
	d.lacking = list == nil
	name := best(list, c.unfit)
	if name == "" {
		c.unfit = nil
		return ""
	}
	// What was found out about the old model does not hold for the new one.
	*d = dialect{model: name, picked: true, path: d.path, found: d.found, refused: d.refused}
	return name
}
