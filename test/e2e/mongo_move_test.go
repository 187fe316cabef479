package e2e

import (
	"fmt"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// moved is a request in the answers of TestMongo_moves_an_end.
type moved struct {
	ID                briefing.RequestID
	Active            bool
	EndReason         *string
	EndsAt, StartedAt time.Time
	Ticks             briefing.TickCounts
}

// A request runs on one of two replicas, and both move its end. The one that runs it must not end
// it at the old end, and must end it at the new one, long before its next tick.
func TestMongo_moves_an_end(t *testing.T) {
	mongotest.Need(t)
	t.Parallel()
	database := mongotest.Own(t, "--sync-on-commit")
	env := []string{"DATABASE_URI=" + database.URI()}
	replicas := []*child{startChild(t, options{env: env}), startChild(t, options{env: env})}
	read := func(c *child, id briefing.RequestID) moved {
		var data struct{ Request moved }
		err := c.graphql(t.Context(), fmt.Sprintf(`{ request(id: %q) { id active endReason endsAt startedAt ticks { done skipped missed } } }`, id), &data)
		if err != nil {
			t.Fatal(err)
		}
		return data.Request
	}
	move := func(c *child, id briefing.RequestID, to time.Time) {
		var data struct{ ExtendBriefing moved }
		err := c.graphql(t.Context(), fmt.Sprintf(`mutation { extendBriefing(requestId: %q, endTime: %q) { id active endsAt } }`, id, to.UTC().Format(time.RFC3339)), &data)
		if err != nil || !data.ExtendBriefing.Active || !data.ExtendBriefing.EndsAt.Equal(to.Truncate(time.Second)) {
			t.Fatalf("extendBriefing to %v: %+v, %v", to, data.ExtendBriefing, err)
		}
	}
	// The first replica starts both requests. Hashing may give either of them to the second one.
	for i, user := range []string{"kim", "lee"} {
		var data struct{ StartBriefing moved }
		if err := replicas[0].graphql(t.Context(), startMutation(user, 3_600, time.Now().Add(2*time.Hour)), &data); err != nil {
			t.Fatal(err)
		}
		id := data.StartBriefing.ID
		old := time.Now().Add(3 * time.Second)
		move(replicas[1-i], id, old)
		move(replicas[i], id, time.Now().Add(3*time.Hour))
		pass(time.Until(old.Add(1500 * time.Millisecond)))
		if r := read(replicas[0], id); !r.Active {
			t.Fatalf("a timer of the old end has ended %+v", r)
		}
		end := time.Now().Add(3 * time.Second)
		move(replicas[1-i], id, end)
		await.True(t, "the request has ended", func() bool { return !read(replicas[0], id).Active })
		if r := read(replicas[1], id); *r.EndReason != string(briefing.EndedByTime) || time.Since(end) > 10*time.Second || time.Now().Before(end.Truncate(time.Second)) {
			t.Errorf("ended %v after the moved end: %+v", time.Since(end), r)
		}
	}
}

// startMutation starts a request of a user.
func startMutation(user string, every int, end time.Time) string {
	return fmt.Sprintf(`mutation { startBriefing(input: {username: %q, interval: %d, endTime: %q}) { id } }`, user, every, end.UTC().Format(time.RFC3339))
}
