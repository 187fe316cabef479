package transfer_test

import (
	"context"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/text/unicode/norm"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
	"bis/internal/transfer"
)

// oldWriter is the connection of an old server.
func oldWriter(t *testing.T, database string) *driver.Database {
	t.Helper()
	client, err := driver.Connect(options.Client().ApplyURI(mongotest.Shared(t).URI()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client.Database(database)
}

func put(t *testing.T, db *driver.Database, collection string, fields bson.D) string {
	t.Helper()
	id := bson.NewObjectID()
	if _, err := db.Collection(collection).InsertOne(t.Context(), append(bson.D{{Key: "_id", Value: id}}, fields...)); err != nil {
		t.Fatal(err)
	}
	return id.Hex()
}

// fillLegacy fills a database with documents of the first server: names that occur twice, several
// active requests of a user, and nothing but the old fields.
func fillLegacy(t *testing.T, db *driver.Database) (users, requests, texts []string) {
	t.Helper()
	seoul := time.FixedZone("KST", 9*60*60)
	for _, name := range []string{"kim", "lee", "kim", "kim"} {
		users = append(users, put(t, db, "users", bson.D{{Key: "username", Value: name}, {Key: "custom", Value: bson.A{"존댓말", name}}}))
	}
	now := time.Now().In(seoul)
	for _, r := range []struct {
		user   string
		age    time.Duration
		active bool
	}{{"kim", 3 * time.Hour, true}, {"lee", 2 * time.Hour, false}, {"kim", time.Hour, true}} {
		start := now.Add(-r.age)
		id := put(t, db, "requests", bson.D{
			{Key: "username", Value: r.user}, {Key: "request_name", Value: start.Format(briefing.NameLayout)}, {Key: "interval", Value: int32(60)},
			{Key: "endtime", Value: now.Add(2 * time.Hour).Format("15:04")}, {Key: "is_active", Value: r.active},
		})
		requests = append(requests, id)
		oid, _ := bson.ObjectIDFromHex(id)
		for n := range 3 {
			text := start.Add(time.Duration(n+1)*time.Minute).Format(briefing.TextLayout) + "_손님이 있어요_" + r.user
			texts = append(texts, text)
			put(t, db, "briefings", bson.D{{Key: "request_id", Value: oid}, {Key: "briefing", Value: text}})
		}
	}
	return users, requests, texts
}

func TestRun_of_an_old_servers_data(t *testing.T) {
	t.Parallel()
	name := mongotest.Database()
	db := oldWriter(t, name)
	users, requests, texts := fillLegacy(t, db)
	from, to := database(t, name), folder(t)
	report := transferAll(t, from, to)
	if report.Users != 2 || report.SameName != 2 || report.Ended != 1 || report.Requests != 3 || report.Briefings != 9 {
		t.Errorf("%+v", report)
	}
	got := read(t, to)
	if len(got.Users) != 2 || string(got.Users[0].ID) != users[0] || string(got.Users[1].ID) != users[1] || got.Users[0].Custom[0] != "존댓말" {
		t.Errorf("users: %+v, want the first of each name", got.Users)
	}
	for i, r := range got.Requests {
		if string(r.ID) != requests[i] {
			t.Fatalf("request %d is %s, want %s", i, r.ID, requests[i])
		}
		checkOld(t, i, r)
		for n, b := range got.Briefings[r.ID] {
			if want := texts[3*i+n]; b.Text != want || b.Source != "outside" || !b.At.Equal(r.StartedAt.Truncate(time.Minute).Add(time.Duration(n+1)*time.Minute)) {
				t.Errorf("briefing %q at %s, want %q", b.Text, b.At, want)
			}
		}
	}
	if again := transferAll(t, from, to); again.Briefings != 0 || again.Ended != 1 || again.Ahead != 0 {
		t.Errorf("once more: %+v", again)
	}
	back := database(t, mongotest.Database())
	transferAll(t, to, back)
	for i, text := range texts {
		list, _, err := back.Briefings(t.Context(), briefing.RequestID(requests[i/3]), briefing.Slice{Limit: 10})
		if err != nil || len(list) != 3 || list[i%3].Text != text {
			t.Errorf("back in MongoDB: %+v, %v; want %q", list, err, text)
		}
	}
}

// An old server made one user twice, composed and decomposed, with an active request each.
func TestRun_of_one_user_in_two_spellings(t *testing.T) {
	t.Parallel()
	name := mongotest.Database()
	db := oldWriter(t, name)
	composed, decomposed := "김민수", norm.NFD.String("김민수")
	now := time.Now()
	var users, requests []string
	for i, user := range []string{decomposed, composed} {
		users = append(users, put(t, db, "users", bson.D{{Key: "username", Value: user}, {Key: "custom", Value: bson.A{user}}}))
		requests = append(requests, put(t, db, "requests", bson.D{
			{Key: "username", Value: user}, {Key: "request_name", Value: now.Add(time.Duration(i-60) * time.Minute).UTC().Format(briefing.NameLayout)}, {Key: "interval", Value: 60},
			{Key: "endtime", Value: now.Add(2 * time.Hour).UTC().Format(briefing.ClockLayout)}, {Key: "is_active", Value: true},
		}))
	}
	from, home, away := database(t, name), folder(t), database(t, mongotest.Database())
	for i, step := range []struct{ from, to testStore }{{from, home}, {home, away}} {
		report := transferAll(t, step.from, step.to)
		if want := (transfer.Report{Users: 1, Requests: 2, SameName: 1, Ended: 1}); i == 0 && report != want {
			t.Errorf("copied %+v, want %+v", report, want)
		}
		u, err := step.to.User(t.Context(), composed)
		if err != nil || string(u.ID) != users[0] || u.Username != decomposed {
			t.Errorf("the user is %+v, %v; want the first", u, err)
		}
		list, _, err := step.to.Requests(t.Context(), composed, "", 9)
		if err != nil || len(list) != 2 || string(list[0].ID) != requests[1] || !list[0].Active || list[1].Active || list[1].Username != decomposed {
			t.Errorf("its requests are %+v, %v", list, err)
		}
	}
}

// checkOld compares a transferred request with the original of fillLegacy: the first was replaced
// by the last, and the second had ended.
func checkOld(t *testing.T, i int, r briefing.Request) {
	t.Helper()
	if r.Interval != 60 || r.EndsAt == nil || r.StartedAt.IsZero() {
		t.Errorf("request %d: %+v", i, r)
	}
	switch i {
	case 0:
		if r.Active || r.EndReason == nil || *r.EndReason != briefing.Replaced || r.Ticks.Done != 3 {
			t.Errorf("the older of two active ones: %+v", r)
		}
	case 1:
		if r.Active || r.EndReason != nil {
			t.Errorf("the ended one: %+v", r)
		}
	case 2:
		if !r.Active || r.Ticks.Done != 3 || r.Ticks.Done+r.Ticks.Missed != int(r.LastTick) || r.LastID == "" {
			t.Errorf("the one that goes on: %+v", r)
		}
	}
}

func TestRun_into_a_database_with_an_active_request(t *testing.T) {
	t.Parallel()
	name := mongotest.Database()
	home, away := folder(t), database(t, name)
	fillStore(t, home)
	db := oldWriter(t, name)
	theirs := put(t, db, "requests", bson.D{{Key: "username", Value: "kim"}, {Key: "request_name", Value: "2024-02-03 14:05:09"},
		{Key: "interval", Value: int32(60)}, {Key: "endtime", Value: "18:30"}, {Key: "is_active", Value: true}})
	// An old server that ends a new server's request leaves active_user in place.
	put(t, db, "requests", bson.D{{Key: "username", Value: "lee"}, {Key: "request_name", Value: "2024-02-03 14:05:09"},
		{Key: "interval", Value: int32(60)}, {Key: "endtime", Value: "18:30"}, {Key: "is_active", Value: false}, {Key: "active_user", Value: "lee"}})
	if report := transferAll(t, home, away); report.Ended != 1 {
		t.Errorf("%+v, want one request ended for the one that is there", report)
	}
	if r, err := away.ActiveRequest(t.Context(), "kim"); err != nil || string(r.ID) != theirs {
		t.Errorf("kim's active request: %+v, %v", r, err)
	}
	if r, err := away.ActiveRequest(t.Context(), "lee"); err != nil || r.EndText != "6:30 PM" {
		t.Errorf("lee's active request: %+v, %v", r, err)
	}
}
