package stylist

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
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

// read reads an answer. Its error is errRefused if no line is good. If there is no sheet, it is
// sheet.ErrNoSheet, and the whole answer is rejected. Of an answer that was cut, the lists that are
// complete are read.
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
	if errors.Is(err, sheet.ErrNoSheet) {
		rejected = []sheet.Rejected{{Key: keyWhole, Line: clean(text), Rule: ruleOf(text)}}
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

// missing returns the keys without a line, good or rejected.
func (r reading) missing() (keys []sheet.Key) {
	for _, key := range slices.Sorted(maps.Keys(sheet.Definitions)) {
		isRejected := slices.ContainsFunc(r.rejected, func(one sheet.Rejected) bool {
			return one.Key == key
		})
		if !r.sheet.Has(key) && !isRejected {
			keys = append(keys, key)
		}
	}
	return keys
}

// ask asks one provider, or all, for the sheet of a style, and stores the sheet. Then it asks once
// more for the lines of keys without one. A failure of that second question is an error only if the
// first answer had no good line.
func (s *Stylist) ask(ctx context.Context, e *entry, username string, slot provider.Slot) error {
	request := sheet.Request(e.style.language, e.style.wishes)
	// The first check compiles the words of a language, which needs a moment. It runs beside the
	// question.
	s.work.Go(func() { _, _ = sheet.Check(e.style.language, sheet.Nobody, "-") })
	var got reading
	answer, err := s.question(ctx, username, provider.Question{
		Turns: []string{request}, Slot: slot, Accept: s.reader(e.style, &got),
	})
	d := draft{
		style: e.style, user: username, answer: answer, got: got, usage: answer.Usage,
	}
	if len(got.rejected) > 0 {
		d.ref = rand.Text()
	}
	if err == nil {
		s.finish(ctx, e, d)
		s.cfg.Observer.Sheet(Written)
	}
	if err == nil || len(got.empty()) > 0 && got.rejected[0].Key != keyWhole {
		err = s.repair(ctx, e, d, request, err)
	} else if d.ref != "" || d.usage != (briefing.Usage{}) { // else nothing was asked
		s.fail(ctx, e, d)
	}
	if err == nil || len(got.rejected) == 0 || ctx.Err() != nil ||
		errors.Is(err, errRefused) || errors.Is(err, provider.ErrBudget) {
		return err
	}
	return fmt.Errorf("%w: %w", errRefused, err)
}

// reader returns the check of an answer, which reads it.
func (s *Stylist) reader(st style, got *reading) func(text string) error {
	return func(text string) (err error) {
		*got, err = read(text, st.language)
		if !errors.Is(err, sheet.ErrNoSheet) {
			s.cfg.Observer.Lines(got.good(), len(got.rejected))
		}
		return err
	}
}

// repair asks once more for the lines of keys without one, and finishes the sheet with those that
// are good. If neither answer has a good line, that is a failure.
func (s *Stylist) repair(ctx context.Context, e *entry, d draft, request string, first error) error {
	left := model.MaxAttempts - d.answer.Usage.Attempts
	empty, missing := d.got.empty(), d.got.missing()
	if left <= 0 || len(empty)+len(missing) == 0 || d.answer.Text == "" {
		if first != nil {
			s.fail(ctx, e, d)
		}
		return first
	}
	var second reading
	q := provider.Question{
		Turns: []string{request, d.answer.Text, sheet.Repair(empty, missing...)},
		Slot:  d.answer.Slot, Attempts: left,
	}
	accept := s.reader(d.style, &second)
	q.Accept = func(text string) error {
		err := accept(text)
		if first == nil { // the first answer has given a sheet, so no second one fails
			if errors.Is(err, sheet.ErrNoSheet) {
				second.rejected = nil
			}
			return nil
		}
		return err
	}
	answer, err := s.question(ctx, d.user, q)
	if ctx.Err() != nil {
		return first
	}
	d.usage = d.usage.Add(answer.Usage)
	d.got.sheet = d.got.sheet.Merge(second.sheet)
	for _, one := range second.rejected { // a model may repeat a line
		if !slices.Contains(d.got.rejected, one) {
			d.got.rejected = append(d.got.rejected, one)
		}
	}
	if d.ref == "" && len(d.got.rejected) > 0 {
		d.ref = rand.Text()
	}
	if first != nil && err != nil {
		s.fail(ctx, e, d)
		return first
	}
	s.finish(ctx, e, d)
	if first != nil {
		s.cfg.Observer.Sheet(Written)
	}
	return nil
}

// fail notes what an answer without a good line cost, and why it was refused.
func (s *Stylist) fail(ctx context.Context, e *entry, d draft) {
	s.saveRefused(ctx, d)
	s.mu.Lock()
	defer s.mu.Unlock()
	e.refused, e.usage = d.ref, d.usage
}

// question asks the chain, within the time for a sheet, and books the cost.
func (s *Stylist) question(
	ctx context.Context, username string, q provider.Question,
) (provider.Answer, error) {
	limited, cancel := context.WithTimeout(ctx, s.cfg.SheetTime)
	defer cancel()
	q.Rules, q.JSON, q.MaxTokens, q.User = sheet.Rules, true, maxTokens, username
	answer, err := s.cfg.Chain.Ask(limited, q)
	s.book(ctx, username, answer.Usage)
	return answer, err
}
