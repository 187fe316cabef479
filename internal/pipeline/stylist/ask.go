package stylist

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"bis/internal/briefing"
	"bis/internal/pipeline/model"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/wording/sheet"
)

// maxTokens bounds an answer. A sheet needs about 3,000 tokens, and reasoning some more.
const maxTokens = 8192

// reading is an answer that was read.
type reading struct {
	sheet    sheet.Sheet
	rejected []sheet.Rejected
}

// read reads an answer. Its error is sheet.ErrNoSheet, or errRefused if no line is good. Of an
// answer that was cut, the lists that are complete are read.
func read(text, language string) (reading, error) {
	s, rejected, err := sheet.Read(text, language)
	if err != nil {
		if end := strings.LastIndexByte(text, ']'); end >= 0 {
			s, rejected, err = sheet.Read(text[:end+1]+"}}", language)
		}
	}
	if err == nil && len(s.Lines) == 0 {
		err = sheet.ErrNoSheet
		if len(rejected) > 0 {
			err = errRefused
		}
	}
	return reading{s, rejected}, err
}

// good returns the number of good lines.
func (r reading) good() (n int) {
	for _, lines := range r.sheet.Lines {
		n += len(lines)
	}
	return n
}

// empty returns the rejected lines of keys that have no good line.
func (r reading) empty() []sheet.Rejected {
	return slices.DeleteFunc(slices.Clone(r.rejected), func(one sheet.Rejected) bool {
		return r.sheet.Has(one.Key)
	})
}

// ask asks a provider, or all, for the sheet of a style. The sheet speaks and is stored before the
// lines of empty keys are asked for once more. A failure of that is none.
func (s *Stylist) ask(ctx context.Context, e *entry, username string, slot provider.Slot) error {
	request := sheet.Request(e.style.language, e.style.wishes)
	// The first check compiles the words of a language, which needs a moment. It runs beside the
	// question.
	s.work.Go(func() { _, _ = sheet.Check(e.style.language, sheet.Nobody, "-") })
	var got reading
	answer, err := s.question(ctx, username, provider.Question{
		Turns: []string{request}, Slot: slot,
		Accept: func(text string) (err error) {
			got, err = read(text, e.style.language)
			s.cfg.Observer.Lines(got.good(), len(got.rejected))
			return err
		},
	})
	d := draft{
		style: e.style, user: username, answer: answer, got: got, usage: briefing.Usage(answer.Usage),
	}
	if err != nil {
		if errors.Is(err, errRefused) {
			d.ref = rand.Text()
			s.saveRefused(ctx, d)
		}
		s.mu.Lock()
		e.refused = d.ref
		s.mu.Unlock()
		return err
	}
	if len(got.rejected) > 0 {
		d.ref = rand.Text()
	}
	s.finish(ctx, e, d)
	s.cfg.Observer.Sheet(Written)
	left := model.MaxAttempts - answer.Usage.Attempts
	if empty := got.empty(); len(empty) > 0 && left > 0 {
		s.repair(ctx, e, d, provider.Question{
			Turns: []string{request, answer.Text, sheet.Repair(empty)},
			Slot:  answer.Slot, Attempts: left,
		})
	}
	return nil
}

// repair asks once more for the lines of empty keys, and finishes the sheet with those that are
// good.
func (s *Stylist) repair(ctx context.Context, e *entry, d draft, q provider.Question) {
	answer, err := s.question(ctx, d.user, q)
	if ctx.Err() != nil {
		return
	}
	d.usage = d.usage.Add(briefing.Usage(answer.Usage))
	if err == nil {
		second, _ := read(answer.Text, d.style.language) // without lines it changes nothing
		s.cfg.Observer.Lines(second.good(), len(second.rejected))
		d.got.sheet = d.got.sheet.Merge(second.sheet)
		d.got.rejected = slices.Concat(d.got.rejected, second.rejected)
	}
	s.finish(ctx, e, d)
}

// question asks the chain, within the time for a sheet, and books the cost.
func (s *Stylist) question(
	ctx context.Context, username string, q provider.Question,
) (provider.Answer, error) {
	limited, cancel := context.WithTimeout(ctx, s.cfg.SheetTime)
	defer cancel()
	q.Rules, q.JSON, q.MaxTokens, q.User = sheet.Rules, true, maxTokens, username
	answer, err := s.cfg.Chain.Ask(limited, q)
	s.book(ctx, username, briefing.Usage(answer.Usage))
	return answer, err
}
