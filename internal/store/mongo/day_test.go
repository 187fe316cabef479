package mongo

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// The briefings of old servers have their time in the text, as a minute, or else in the id. A day
// lists them with the others, also if the clocks of their writers differ.
func TestStore_DayBriefings_of_old_servers(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	uri, database := mongotest.Shared(t).URI(), mongotest.Database()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(t.Context())
	db := client.Database(database)
	midnight := time.Date(2024, 2, 3, 0, 0, 0, 0, zone)
	insert := func(collection string, at time.Time, fields ...bson.E) bson.ObjectID {
		t.Helper()
		id := bson.NewObjectIDFromTimestamp(at)
		if _, err := db.Collection(collection).InsertOne(t.Context(), append(bson.D{{Key: "_id", Value: id}}, fields...)); err != nil {
			t.Fatal(err)
		}
		return id
	}
	insert("users", midnight, bson.E{Key: "username", Value: "kim"}, bson.E{Key: "custom", Value: bson.A{}})
	old := insert("requests", midnight, bson.E{Key: "username", Value: "kim"}, bson.E{Key: "request_name", Value: "2024-02-03 00:00:00"},
		bson.E{Key: "interval", Value: 10}, bson.E{Key: "endtime", Value: "18:30"}, bson.E{Key: "is_active", Value: false})
	for i, text := range []string{
		"2024-02-02 23:59_before", "2024-02-03 09:00_c", "2024-02-03 08:59_b", "2024-02-03 09:00_d", "no time",
		"2024-02-03 23:59_e", "2024-02-04 00:00_after", "2024-02-30 10:00_no day",
	} {
		insert("briefings", midnight.Add(time.Duration(i)*time.Second), bson.E{Key: "request_id", Value: old}, bson.E{Key: "briefing", Value: text})
	}
	insert("briefings", midnight.Add(240*time.Hour), bson.E{Key: "request_id", Value: old}, bson.E{Key: "briefing", Value: "2024-02-03 12:00_late"})
	insert("briefings", midnight.Add(-time.Second), bson.E{Key: "request_id", Value: old}, bson.E{Key: "briefing", Value: "no time yesterday"})
	insert("briefings", midnight, bson.E{Key: "request_id", Value: old}, bson.E{Key: "briefing", Value: "2024-02-03 09:00_new"},
		bson.E{Key: "at", Value: midnight.Add(9*time.Hour + time.Second)})
	s, err := Open(t.Context(), Config{URI: uri, Database: database, Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q := briefing.DayQuery{Username: "kim", From: midnight, To: midnight.Add(24 * time.Hour), CameraID: briefing.DefaultCamera}
	want := []string{"no time", "2024-02-30 10:00_no day", "b", "c", "d", "new", "late", "e"}
	for _, limit := range []int{1, 3, 50} {
		page := briefing.DayPage{Limit: limit, Examine: limit + 1}
		var got []string
		for more := true; more; {
			list, err := s.DayBriefings(t.Context(), q, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range list.Briefings {
				got = append(got, b.Caption)
			}
			page.After, more = list.Last, list.More
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in pages of %d: -want +got\n%s", limit, diff)
		}
	}
	people, err := s.DayOccupancy(t.Context(), q)
	if err != nil || len(people) != 96 {
		t.Errorf("occupancy: %d quarters, %v", len(people), err)
	}
}

// The history of a user does not matter to a page of one day. The documents without a time are read
// by their ids, of the day and a day around it. By their texts they are read only in requests that
// ran at that time, so a text under an id of another year counts only there.
func TestStore_DayBriefings_reads_old_servers_by_index(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	if _, _, err := p.a.EnsureUser(t.Context(), "lee", nil); err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2024, 2, 3, 0, 0, 0, 0, time.UTC)
	insert := func(collection *mongo.Collection, at time.Time, fields ...bson.E) bson.ObjectID {
		t.Helper()
		id := bson.NewObjectIDFromTimestamp(at)
		if _, err := collection.InsertOne(t.Context(), append(bson.D{{Key: "_id", Value: id}}, fields...)); err != nil {
			t.Fatal(err)
		}
		return id
	}
	var requests []bson.ObjectID
	for _, days := range []int{-400, -2, -1, 0, 1, 2, 400} {
		at := midnight.AddDate(0, 0, days).Add(20 * time.Hour)
		request := insert(p.a.requests, at, bson.E{Key: "username", Value: "lee"}, bson.E{Key: "request_name", Value: at.Format(briefing.NameLayout)},
			bson.E{Key: "interval", Value: 10}, bson.E{Key: "endtime", Value: "23:30"}, bson.E{Key: "is_active", Value: false})
		requests = append(requests, request)
		insert(p.a.briefings, at, bson.E{Key: "request_id", Value: request}, bson.E{Key: "briefing", Value: "2024-02-03 12:00_" + at.Format("01-02")})
	}
	q := briefing.DayQuery{Username: "lee", From: midnight, To: midnight.Add(24 * time.Hour)}
	_, near, err := p.a.dayRequests(t.Context(), q)
	if err != nil || len(near) != 3 || !slices.Contains(near, any(requests[2])) || !slices.Contains(near, any(requests[4])) {
		t.Errorf("near the day are %v of %v, %v", near, requests, err)
	}
	list, err := p.a.DayBriefings(t.Context(), q, briefing.DayPage{Limit: 50, Examine: 51})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range list.Briefings {
		got = append(got, b.Caption)
	}
	if diff := cmp.Diff([]string{"02-02", "02-03", "02-04"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	// The ends of the calendar are beyond the times of ids.
	for _, from := range []time.Time{time.Unix(0, 0), midnight.AddDate(90, 0, 0)} {
		if a, b := firstID(from.Add(-textMargin)), firstID(from.Add(2*textMargin)); from.Year() < 2000 && a.Hex() >= b.Hex() || a.Hex() > b.Hex() {
			t.Errorf("the ids around %v are from %s to %s", from, a.Hex(), b.Hex())
		}
	}
}
