package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"bis/test/hostile"
)

// The size of the benchmark of queries.
const (
	queryCallers = 8
	queryRounds  = 5 // turns of each contender
)

// pageRows is the number of briefings on the page that is measured.
const pageRows = 100

// question is a document that the benchmark of queries measures.
type question struct {
	name, text string
	apart      bool // only this server has it: stock gqlgen's schema is smaller
}

// questions returns the documents. The request has pageRows briefings.
func questions(request string) []question {
	list := []question{
		{"__typename", `{ __typename }`, false},
		{"a user", `{ user(username: "x") { id username custom } }`, false},
		{"a page of briefings", fmt.Sprintf(`{ briefings(requestId: %q, first: %d) { edges { cursor node { id at caption } } pageInfo { hasNextPage endCursor } } }`, request, pageRows), true},
	}
	for _, tool := range []string{"GraphiQL", "Apollo's code generator", "urql's schema fetcher"} {
		i := slices.IndexFunc(hostile.Honest(), func(c hostile.Case) bool { return c.Name == "introspection of "+tool })
		list = append(list, question{"introspection, " + tool, hostile.Honest()[i].Call.Query, true})
	}
	return list
}

// query compares the processor time of plain queries over HTTP with the cost on stock gqlgen, and
// on another build of this server if the command line names one. The shape of the schema and the
// kind of database are the same.
//
// All servers run at the same time and are measured in turn, so a drift of the machine affects all.
// The median turn counts. Wanted: at most 1.2 of gqlgen's processor time, and at most 1.05 of the
// build before.
func query(ctx context.Context, o options) error {
	y, err := newWorkspace(o)
	if err != nil {
		return err
	}
	defer y.close()
	var servers []asked
	for _, c := range o.withBefore(ours, stock) {
		s, err := c.start(ctx, y)
		if err != nil {
			return err
		}
		defer s.close()
		request := ""
		if c.name != stock.name {
			if request, err = fillForQueries(ctx, s); err != nil {
				return err
			}
		}
		servers = append(servers, asked{server: s, name: c.name, questions: questions(request)})
	}
	var rows []string
	for i, q := range servers[0].questions {
		list := servers
		if q.apart { // stock gqlgen comes last
			list = servers[:len(servers)-1]
		}
		costs, err := y.compareQueries(ctx, list, i)
		if err != nil {
			return err
		}
		for n, c := range costs {
			rows = append(rows, c.row(list[n].name+", "+q.name, costs[len(costs)-1]))
		}
	}
	table("a POST to /graphql | µs of processor | ratio | answers/s | ratio", rows...)
	fmt.Printf("   %d callers; the median of %d turns; ratios to the last row of a document. wanted: 1.2 of gqlgen's processor time, 1.05 of the build before\n", queryCallers, queryRounds)
	return nil
}

// asked is a server with the documents that it is asked.
type asked struct {
	*server
	name      string
	questions []question
}

// fillForQueries makes the data that the documents read, and returns the request's id.
func fillForQueries(ctx context.Context, s *server) (string, error) {
	call := caller{addr: s.Addr, client: newClient()}
	if err := call.graphql(ctx, `mutation { login(username: "x") { outcome } }`, nil, nil); err != nil {
		return "", err
	}
	topics, err := s.topics(ctx, 1)
	if err != nil {
		return "", err
	}
	for n := range pageRows {
		if err := s.publish(ctx, topics[0].ID, fmt.Sprintf("%d: 현재 매장에는 손님이 두 명 있고 조용합니다.", n)); err != nil {
			return "", err
		}
	}
	return topics[0].ID, nil
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

// compareQueries measures the i-th document on all servers, each turn a tenth of the flag -measure.
// The first turn of each does not count, because it fills caches and connections.
func (y *workspace) compareQueries(ctx context.Context, list []asked, i int) ([]queryCost, error) {
	turn := y.stretch / (2 * queryRounds)
	turns := make([][]queryCost, len(list))
	for round := range queryRounds + 1 {
		for n, s := range list {
			one, err := runQueries(ctx, s.server, s.questions[i].text, turn)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				turns[n] = append(turns[n], one)
			}
		}
	}
	costs := make([]queryCost, len(list))
	for n := range list {
		costs[n] = medianCost(turns[n])
	}
	return costs, nil
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
