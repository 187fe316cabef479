package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Of the benchmark of queries.
const (
	queryCallers = 8
	queryRounds  = 5 // the contenders take turns
)

// queries are what is asked; both servers hold the user.
var queries = []struct{ name, text string }{
	{"__typename", `{ __typename }`},
	{"a user", `{ user(username: "x") { id username custom } }`},
}

// query compares the processor time of a plain query over HTTP with stock gqlgen's on the same shape of schema, with the user in
// the same kind of database.
func query(ctx context.Context, o options) error {
	y, err := newYard(o)
	if err != nil {
		return err
	}
	defer y.close()
	own, err := startOurs(ctx, y)
	if err != nil {
		return err
	}
	defer own.close()
	call := caller{addr: own.Addr, client: newClient()}
	if err := call.graphql(ctx, `mutation { login(username: "x") { outcome } }`, nil, nil); err != nil {
		return err
	}
	other, err := stock.start(ctx, y)
	if err != nil {
		return err
	}
	defer other.close()
	var rows []string
	for _, q := range queries {
		a, b, err := y.duel(ctx, own, other, q.text)
		if err != nil {
			return err
		}
		rows = append(rows, a.row("bis, "+q.name, b), b.row("stock gqlgen, "+q.name, b))
	}
	table("a POST to /graphql | µs of processor | ratio | answers/s | ratio", rows...)
	fmt.Printf("   %d callers; the median of %d turns. wanted: 1.2 of gqlgen's processor time\n", queryCallers, queryRounds)
	return nil
}

// asked is what came of a server's turns.
type asked struct {
	cost      time.Duration
	perSecond float64
}

func (a asked) row(name string, than asked) string {
	return fmt.Sprintf("%s | %.1f | %.2f | %.0f | %.2f", name, micro(a.cost), float64(a.cost)/float64(than.cost), a.perSecond, a.perSecond/than.perSecond)
}

// duel asks both in turn, one short turn before they count.
func (y *yard) duel(ctx context.Context, own, other *server, text string) (a, b asked, err error) {
	turn := y.stretch / (2 * queryRounds)
	var turns [2][]asked
	for round := range queryRounds + 1 {
		for i, s := range []*server{own, other} {
			one, err := askMany(ctx, s, text, turn)
			if err != nil {
				return a, b, err
			}
			if round > 0 {
				turns[i] = append(turns[i], one)
			}
		}
	}
	return middle(turns[0]), middle(turns[1]), nil
}

// middle is the turn of median cost.
func middle(list []asked) asked {
	slices.SortFunc(list, func(a, b asked) int { return int(a.cost - b.cost) })
	return list[len(list)/2]
}

func askMany(ctx context.Context, s *server, text string, d time.Duration) (asked, error) {
	body, err := json.Marshal(map[string]string{"query": text})
	if err != nil {
		return asked{}, err
	}
	before, err := s.CPU()
	if err != nil {
		return asked{}, err
	}
	var n atomic.Int64
	var all sync.WaitGroup
	failed := make([]error, queryCallers)
	call := caller{addr: s.Addr, client: newClient()}
	begin := time.Now()
	for i := range queryCallers {
		all.Go(func() {
			for failed[i] == nil && time.Since(begin) < d {
				_, failed[i] = call.do(ctx, "/graphql", "application/json", body)
				n.Add(1)
			}
		})
	}
	all.Wait()
	took := time.Since(begin)
	call.client.CloseIdleConnections()
	for _, err := range failed {
		if err != nil {
			return asked{}, err
		}
	}
	after, err := s.CPU()
	return asked{(after - before) / time.Duration(n.Load()), float64(n.Load()) / took.Seconds()}, err
}
