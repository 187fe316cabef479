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

// The size of the benchmark of queries.
const (
	queryCallers = 8
	queryRounds  = 5 // turns of each contender
)

// queries are the documents that are measured. Both servers have the user.
var queries = []struct{ name, text string }{
	{"__typename", `{ __typename }`},
	{"a user", `{ user(username: "x") { id username custom } }`},
}

// query compares the processor time of a plain query over HTTP with stock gqlgen's. The shape of
// the schema and the kind of database are the same.
//
// Both servers run at the same time and are measured in turn, so a drift of the machine affects
// both. The median turn counts. Wanted: at most 1.2 of gqlgen's processor time.
func query(ctx context.Context, o options) error {
	y, err := newWorkspace(o)
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
		a, b, err := y.compareQueries(ctx, own, other, q.text)
		if err != nil {
			return err
		}
		rows = append(rows, a.row("bis, "+q.name, b), b.row("stock gqlgen, "+q.name, b))
	}
	table("a POST to /graphql | µs of processor | ratio | answers/s | ratio", rows...)
	fmt.Printf("   %d callers; the median of %d turns. wanted: 1.2 of gqlgen's processor time\n", queryCallers, queryRounds)
	return nil
}

// queryCost is the outcome of a turn.
type queryCost struct {
	cost      time.Duration // processor time of an answer
	perSecond float64       // answers
}

// row formats the cost and its ratio to another's. The opponent's own row has the ratio 1.
func (a queryCost) row(name string, than queryCost) string {
	return fmt.Sprintf("%s | %.1f | %.2f | %.0f | %.2f", name, micro(a.cost), float64(a.cost)/float64(than.cost), a.perSecond, a.perSecond/than.perSecond)
}

// compareQueries measures both servers in turn, each turn a tenth of the flag -measure. The first
// turn of each does not count, because it fills caches and connections.
func (y *workspace) compareQueries(ctx context.Context, own, other *server, text string) (a, b queryCost, err error) {
	turn := y.stretch / (2 * queryRounds)
	var turns [2][]queryCost
	for round := range queryRounds + 1 {
		for i, s := range []*server{own, other} {
			one, err := runQueries(ctx, s, text, turn)
			if err != nil {
				return a, b, err
			}
			if round > 0 {
				turns[i] = append(turns[i], one)
			}
		}
	}
	return medianCost(turns[0]), medianCost(turns[1]), nil
}

// medianCost sorts list and returns the turn of median cost.
func medianCost(list []queryCost) queryCost {
	slices.SortFunc(list, func(a, b queryCost) int { return int(a.cost - b.cost) })
	return list[len(list)/2]
}

// runQueries calls a server from queryCallers callers for d. Every answer must have status 200: an
// error of one caller fails the turn.
func runQueries(ctx context.Context, s *server, text string, d time.Duration) (queryCost, error) {
	body, err := json.Marshal(map[string]string{"query": text})
	if err != nil {
		return queryCost{}, err
	}
	before, err := s.CPU()
	if err != nil {
		return queryCost{}, err
	}
	// The callers make no pauses, so the server's idle time hardly counts.
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
	call.client.CloseIdleConnections() // no goroutine may run into the other server's turn
	for _, err := range failed {
		if err != nil {
			return queryCost{}, err
		}
	}
	after, err := s.CPU()
	return queryCost{(after - before) / time.Duration(n.Load()), float64(n.Load()) / took.Seconds()}, err
}
