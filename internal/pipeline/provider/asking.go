package provider

import (
	"cmp"
	"context"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model"
)

// asking is a question in progress.
type asking struct {
	chain *Chain
	q     Question
	left  int // attempts that may still be made
	usage briefing.Usage
}

// ask asks one provider. A provider with another one behind it gets two thirds of the time, and all
// attempts but one.
func (a *asking) ask(ctx context.Context, p *provider, behind bool) (Answer, error) {
	pictures, err := a.pictures(ctx, p)
	if err != nil {
		return Answer{}, err
	}
	if deadline, ok := ctx.Deadline(); ok && behind {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)*2/3)
		defer cancel()
	}
	attempts := a.left
	if behind && attempts > 1 {
		attempts--
	}
	checked := p.checkedModel()
	answer, err := a.call(ctx, p, model.Question{
		Rules: a.q.Rules, Turns: a.q.Turns, Tail: a.q.Tail, JSON: a.q.JSON, MaxTokens: a.q.MaxTokens,
		Pictures: pictures, Attempts: attempts, HandOver: behind,
	}, a.q.Accept)
	if len(pictures) > 0 {
		p.notePicture(answer.Usage)
		if err == nil && answer.Model != checked {
			err = ErrChanged // a model that does not see would invent a description
		}
	}
	return Answer{
		Answer: answer, Slot: p.slot, Provider: p.id, Model: cmp.Or(answer.Model, p.client.Name()),
		Pictured: len(pictures) > 0,
	}, err
}

// call gives a question to a provider, and books what it costs.
func (a *asking) call(
	ctx context.Context, p *provider, q model.Question, accept func(string) error,
) (model.Answer, error) {
	q.Before = func() error { return a.chain.budget.spend(ctx, a.q.User) }
	answer, err := p.call(ctx, q, accept)
	a.left -= answer.Usage.Attempts
	a.usage = a.usage.Add(answer.Usage)
	return answer, err
}

// pictures returns the pictures that a provider gets. An error means that it gets none, and is not
// asked.
func (a *asking) pictures(ctx context.Context, p *provider) ([][]byte, error) {
	if a.q.Pictures == nil {
		return nil, nil
	}
	if err := p.mayHave(a.q); err != nil {
		return nil, err
	}
	if err := a.check(ctx, p); err != nil {
		return nil, err
	}
	pictures := a.q.Pictures(a.q.Egress(p.id))
	if len(pictures) == 0 {
		return nil, ErrNoConsent
	}
	if a.left <= 0 { // the check needed the last attempt
		return nil, &RestError{Until: time.Now()}
	}
	return pictures, nil
}

// mayHave returns an error if a provider must not get a question, as far as that is known before a
// check. Every provider may get a question without pictures.
func (p *provider) mayHave(q Question) error {
	if q.Pictures == nil {
		return nil
	}
	if q.Egress == nil {
		return ErrNoConsent
	}
	switch q.Egress(p.id) {
	case briefing.EgressBlurred, briefing.EgressFull:
	default:
		return ErrNoConsent
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.costly != "":
		return ErrCostly
	case p.sees != nil && !*p.sees && !p.checkDue(time.Now()):
		return ErrBlind
	}
	return nil
}

// check shows the drawing to a provider if a check is due. It returns nil if the model sees. One
// question checks at a time, and the others wait.
func (a *asking) check(ctx context.Context, p *provider) error {
	select {
	case p.checking <- struct{}{}:
		defer func() { <-p.checking }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if sees, due := p.seen(time.Now()); !due {
		return blindness(sees)
	}
	picture, colours := drawing()
	answer, err := a.call(ctx, p, model.Question{
		Rules: checkRules, Turns: []string{checkQuestion}, Pictures: [][]byte{picture},
		Attempts: max(1, a.left-1), HandOver: true,
	}, nil)
	if err != nil {
		return err // call has noted it, if the model takes no pictures
	}
	return blindness(p.saw(namesColours(answer.Text, colours), answer.Model, time.Now()))
}

// blindness returns ErrBlind unless a model sees.
func blindness(sees bool) error {
	if !sees {
		return ErrBlind
	}
	return nil
}
