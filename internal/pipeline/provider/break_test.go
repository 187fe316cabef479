package provider_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
)

// A panic in Accept is a failure of its question. It does not lock the breaker.
func TestChain_Ask_survives_a_panic_in_Accept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := open(t, nil, &modeltest.Server{})
		ask := func(accept func(string) error) (err error) {
			defer func() {
				if cause := recover(); cause != nil {
					err = errors.New("panic")
				}
			}()
			_, err = question(t, c, provider.Question{Accept: accept})
			return err
		}
		for range 5 {
			if ask(func(string) error { return errors.New("no") }) == nil {
				t.Fatal("no error")
			}
		}
		time.Sleep(61 * time.Second) // one question tries the provider
		if ask(func(string) error { panic("accept") }) == nil {
			t.Fatal("no panic")
		}
		time.Sleep(10 * time.Minute)
		if err := ask(nil); err != nil {
			t.Errorf("ten minutes after the panic: %v", err)
		}
	})
}

// A question waits at most its own time for what other questions of the user read.
func TestChain_Ask_waits_for_no_reader_beyond_its_time(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := open(t, func(cfg *provider.Config) {
			cfg.Spent = func(ctx context.Context, _, _ string) (int, error) {
				<-ctx.Done()
				return 0, ctx.Err()
			}
		}, &modeltest.Server{})
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { _, _ = question(t, c, provider.Question{User: "kim"}) })
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := c.Ask(ctx, provider.Question{Rules: "r", Turns: []string{"t"}, User: "kim"})
		if took := time.Since(began); took > time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v after %v", err, took)
		}
		all.Wait()
	})
}

// A question that began before midnight does not make the budget forget the requests since then.
func TestChain_Ask_counts_over_midnight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := open(t, func(cfg *provider.Config) {
			cfg.CallsADay = 1
			cfg.Spent = func(ctx context.Context, user, _ string) (int, error) {
				if user == "kim" { // the store answers slowly
					<-ctx.Done()
				}
				return 0, ctx.Err()
			}
		}, &modeltest.Server{})
		time.Sleep(24*time.Hour - time.Second)
		var slow sync.WaitGroup
		slow.Go(func() { _, _ = question(t, c, provider.Question{User: "kim"}) })
		time.Sleep(1500 * time.Millisecond) // into the next day
		if _, err := question(t, c, provider.Question{User: "lee"}); err != nil {
			t.Fatal(err)
		}
		slow.Wait()
		if _, err := question(t, c, provider.Question{User: "lee"}); !errors.Is(err, provider.ErrBudget) {
			t.Errorf("a second request of the day: %v", err)
		}
	})
}
