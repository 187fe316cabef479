package provider

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"bis/internal/briefing"
	"bis/internal/pipeline/model"
)

// Rules of who is asked.
const (
	maxFailures = 5           // in a row open the breaker
	openTime    = time.Minute // until a question tries the provider again
	checkTime   = 24 * time.Hour

	leastRefused = 30 * time.Second // pauses after a wrong key or model
	mostRefused  = 15 * time.Minute
	leastLimited = 5 * time.Second // pauses after a limit without Retry-After
	mostLimited  = time.Minute
)

// Bounds of what a provider remembers.
const (
	maxTimes    = 32
	maxCosts    = 32
	leastCosts  = 3       // of which a median means something
	costFactor  = 5       // over the median
	costAtFirst = 100_000 // tokens, while there is no median
)

// provider is one provider and its state.
type provider struct {
	slot     Slot
	id       string
	client   *model.Client
	breaker  *gobreaker.TwoStepCircuitBreaker[struct{}]
	observer Observer
	checking chan struct{} // held during a check

	mu       sync.Mutex // guards the fields below
	wasAsked bool       // a question was answered, or has failed
	isWell   bool       // the last question was answered, and the answer accepted
	rejected bool       // the last answer that was checked was not accepted
	model    string     // that answered last; empty: none
	until    time.Time  // of the pause
	openedAt time.Time  // of the breaker
	refusals int        // answers in a row that make pauses grow
	last     string     // the last error since the last answer
	times    []time.Duration
	costs    []int  // input tokens of questions with pictures
	costly   string // why pictures are off
	sees     *bool
	seenBy   string // the model that sees, or does not
	seenAt   time.Time
}

// newProvider returns a provider that was not tried.
func newProvider(slot Slot, client *model.Client, observer Observer) *provider {
	p := &provider{
		slot: slot, id: client.Provider(), client: client, observer: observer,
		checking: make(chan struct{}, 1),
	}
	p.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name: string(slot), Timeout: openTime,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= maxFailures },
		IsExcluded:  harmless,
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.openedAt = time.Now()
			}
		},
	})
	return p
}

// harmless reports whether an error says nothing about the provider's health: the caller has gone,
// or the question does not fit the model.
func harmless(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, ErrBudget) ||
		errors.Is(err, model.ErrNoPictures) || errors.Is(err, model.ErrTooLong)
}

// rest returns a RestError if the provider may not be asked now.
func (p *provider) rest(now time.Time) error {
	open := p.breaker.State() == gobreaker.StateOpen
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := p.openedAt.Add(openTime); open {
		return &RestError{Until: until}
	}
	if now.Before(p.until) {
		return &RestError{Until: p.until}
	}
	return nil
}

// errPanic is the result of a question that panicked.
var errPanic = errors.New("the question panicked")

// call asks the provider unless it rests, and notes the outcome.
func (p *provider) call(
	ctx context.Context, q model.Question, accept func(string) error,
) (model.Answer, error) {
	began := time.Now()
	if err := p.rest(began); err != nil {
		return model.Answer{}, err
	}
	done, err := p.breaker.Allow()
	if err != nil { // another question tries the provider
		return model.Answer{}, &RestError{Until: began.Add(openTime)}
	}
	result := errPanic
	defer func() { done(result) }() // also after a panic, which would lock the breaker
	answer, err := p.client.Ask(ctx, q)
	outcome := outcomeOf(err)
	if err == nil && accept != nil {
		if err = accept(answer.Text); err != nil {
			outcome = Rejected
		}
	}
	result = err
	took := time.Since(began)
	p.noteModel(answer.Model)
	p.note(err, outcome, took, accept != nil)
	if p.observer != nil {
		p.observer.Asked(p.slot, outcome, took, answer.Usage)
	}
	return answer, err
}

// noteModel notes which model has answered. What is known about another one is forgotten.
func (p *provider) noteModel(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if name == "" || name == p.model {
		return
	}
	if p.model != "" {
		p.sees, p.times, p.costs, p.costly = nil, nil, nil, ""
	}
	p.model = name
}

// note changes the state by the outcome of a question. isChecked says that an answer was accepted
// by its question. One that nobody checks does not make up for a refused one.
func (p *provider) note(err error, outcome Outcome, took time.Duration, isChecked bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if outcome == Canceled || outcome == Spent {
		return
	}
	p.wasAsked = true
	switch outcome {
	case Answered:
		p.refusals, p.until = 0, time.Time{}
		p.times = append(p.times[max(0, len(p.times)-maxTimes+1):], took)
		if isChecked || !p.rejected {
			p.isWell, p.rejected, p.last = true, false, ""
		}
	case Rejected:
		p.isWell, p.rejected, p.refusals = false, true, 0
		p.last = "the answer was refused"
	case NoPictures:
		sees := false
		p.sees, p.seenBy, p.seenAt, p.last = &sees, p.client.Name(), time.Now(), sentence(err)
	case TooLong: // the question does not fit the model
		p.last = sentence(err)
	default:
		p.isWell, p.last = false, sentence(err)
		p.pause(err, outcome)
	}
}

// pause begins a pause if an error asks for one. p.mu is held.
func (p *provider) pause(err error, outcome Outcome) {
	least, most := leastRefused, mostRefused
	switch outcome {
	case Limited:
		least, most = leastLimited, mostLimited
	case Refused, NoModel:
	default:
		return
	}
	pause := min(most, least<<min(p.refusals, 10))
	if e, ok := errors.AsType[*model.StatusError](err); ok && e.RetryAfter > 0 {
		pause = max(min(pause, mostLimited), e.RetryAfter)
	}
	p.refusals++
	p.until = time.Now().Add(pause)
}

// notePicture notes what a question with a picture cost. Pictures are off after one that cost too
// much. Estimated tokens say nothing.
func (p *provider) notePicture(usage briefing.Usage) {
	if usage.InputTokens == 0 || usage.Estimated {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	bound := costAtFirst
	if len(p.costs) >= leastCosts {
		bound = costFactor * median(p.costs)
	}
	if usage.InputTokens > bound {
		p.costly = costSentence(usage.InputTokens, bound)
		return
	}
	p.costs = append(p.costs[max(0, len(p.costs)-maxCosts+1):], usage.InputTokens)
}

// seen returns whether the model sees, and whether a check is due.
func (p *provider) seen(now time.Time) (sees, due bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sees != nil && *p.sees, p.checkDue(now)
}

// checkDue reports whether a check of the present model is due. p.mu is held.
func (p *provider) checkDue(now time.Time) bool {
	return p.sees == nil || p.seenBy != p.client.Name() || now.Sub(p.seenAt) >= checkTime
}

// checkedModel returns the model that was checked last.
func (p *provider) checkedModel() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seenBy
}

// saw notes the result of a check of a model and returns it.
func (p *provider) saw(sees bool, by string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sees, p.seenBy, p.seenAt = &sees, by, now
	return sees
}

// median returns the median of a list, or 0 if it is empty.
func median[T cmp.Ordered](list []T) T {
	if len(list) == 0 {
		var zero T
		return zero
	}
	return slices.Sorted(slices.Values(list))[len(list)/2]
}

// refusedStatus reports whether a status says that the key or the address is wrong.
func refusedStatus(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound
}
