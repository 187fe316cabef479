package storetest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
	"bis/internal/store/storetest"
)

// speechless is a good store that breaks one promise about what models wrote.
type speechless struct {
	briefing.Store
	breaks string
	dir    string
}

// lossy returns a briefing without one of its words.
func (s speechless) lossy(b briefing.Briefing) briefing.Briefing {
	switch s.breaks {
	case "headlines":
		b.Headline = ""
	case "descriptions":
		b.Description = ""
	case "questions":
		b.Question = ""
	case "an empty usage":
		if b.Usage != nil && *b.Usage == (briefing.Usage{}) {
			b.Usage = nil
		}
	case "slots":
		if b.Made != nil {
			made := *b.Made
			made.Said = slices.Clone(made.Said)
			for i := range made.Said {
				made.Said[i].Slots = nil
			}
			b.Made = &made
		}
	}
	return b
}

func (s speechless) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	a.Briefing = s.lossy(a.Briefing)
	return s.Store.Append(ctx, a)
}

func (s speechless) AddBriefing(ctx context.Context, b briefing.Briefing) (briefing.Briefing, error) {
	if s.breaks == "a briefing beside the ticks" {
		b.Made = nil
	}
	return s.Store.AddBriefing(ctx, b)
}

func (s speechless) CatchUp(ctx context.Context, at []briefing.Position, limit int) (map[briefing.RequestID][]briefing.Briefing, error) {
	found, err := s.Store.CatchUp(ctx, at, limit)
	if s.breaks == "those who catch up" {
		for _, list := range found {
			list[0].Headline = ""
		}
	}
	return found, err
}

func (s speechless) DayBriefings(ctx context.Context, q briefing.DayQuery, p briefing.DayPage) (briefing.DayListing, error) {
	l, err := s.Store.DayBriefings(ctx, q, p)
	if s.breaks == "the day" && len(l.Briefings) > 0 {
		l.Briefings[0].Made = nil
	}
	return l, err
}

func (s speechless) ReportBriefing(ctx context.Context, id briefing.BriefingID, m briefing.Mark) (briefing.Briefing, bool, error) {
	b, changed, err := s.Store.ReportBriefing(ctx, id, m)
	if s.breaks == "marked briefings" {
		b.Made = nil
	}
	return b, changed, err
}

func (s speechless) SaveSheet(ctx context.Context, sheet briefing.StoredSheet) error {
	switch old, err := s.Store.Sheet(ctx, sheet.Key); {
	case s.breaks == "a reference":
		sheet.Refused = ""
	case s.breaks == "earlier sheets" && err == nil && old.MadeAt.After(sheet.MadeAt):
		return nil
	case s.breaks == "large sheets" && len(sheet.Body) > briefing.MaxSheetBytes:
		return nil
	case s.breaks == "the oldest":
		list, _, _ := s.Store.Sheets(ctx, briefing.SheetKey{}, bound)
		if len(list) == bound && errors.Is(err, briefing.ErrNotFound) {
			sheet.MadeAt = sheet.MadeAt.Add(-24 * time.Hour)
		}
	}
	return s.Store.SaveSheet(ctx, sheet)
}

func (s speechless) Sheets(ctx context.Context, after briefing.SheetKey, limit int) ([]briefing.StoredSheet, bool, error) {
	if s.breaks == "prompt versions" {
		after.PromptVersion = "\xff"
	}
	list, more, err := s.Store.Sheets(ctx, after, limit)
	return list, more && s.breaks != "further pages", err
}

func (s speechless) SaveRefused(ctx context.Context, r briefing.Refused) error {
	switch before, _ := s.Store.Refused(ctx, []string{r.Ref}); {
	case s.breaks == "repeated references" && len(before) > 0, s.breaks == "refused texts":
		return nil
	case s.breaks == "the age":
		r.At = s.Now()
	case s.breaks == "whose texts they are":
		r.Username = "nobody"
	case s.breaks == "the limit of texts" && len(r.Texts) > 1:
		r.Texts = r.Texts[:1]
	}
	return s.Store.SaveRefused(ctx, r)
}

func (s speechless) Refused(ctx context.Context, refs []string) (map[string][]briefing.RefusedText, error) {
	all, err := s.Store.Refused(ctx, refs)
	switch {
	case s.breaks == "references of texts" && len(all) > 1:
		all["a"], all["b"] = all["b"], all["a"]
	case s.breaks == "the order of texts" && len(all["a"]) > 1:
		all["a"] = slices.Clone(all["a"])
		slices.Reverse(all["a"])
	case s.breaks == "references without texts":
		for _, ref := range refs {
			all[ref] = append([]briefing.RefusedText{}, all[ref]...)
		}
	}
	return all, err
}

func (s speechless) AddUsage(ctx context.Context, username, date string, u briefing.Usage) error {
	switch s.breaks {
	case "estimates":
		u.Estimated = false
	case "users":
		_, _, _ = s.Store.EnsureUser(ctx, username, nil)
	case "simultaneous usage":
		u.InputTokens = 0
	case "dates":
		if _, err := briefing.ParseDate(date); err != nil {
			return nil
		}
	}
	return s.Store.AddUsage(ctx, username, date, u)
}

func (s speechless) UsageDays(ctx context.Context, username, from, to string) ([]briefing.UsageDay, error) {
	list, err := s.Store.UsageDays(ctx, username, from, to)
	return slices.DeleteFunc(list, func(d briefing.UsageDay) bool { return s.breaks == "the last day" && d.Date == to }), err
}

func (s speechless) DeleteUser(ctx context.Context, d briefing.DeleteUser) (briefing.Deleted, error) {
	days, _ := s.Store.UsageDays(ctx, d.Username, "1970-01-01", "9999-12-31")
	done, err := s.Store.DeleteUser(ctx, d)
	for _, day := range days {
		if s.breaks == "the usage of deleted users" {
			_ = s.Store.AddUsage(ctx, d.Username, day.Date, day.Usage)
		}
	}
	return done, err
}

// bound is the bound on sheets of these stores.
const bound = 10

// TestRun_notices_a_speechless_store runs on broken stores the checks that must fail.
func TestRun_notices_a_speechless_store(t *testing.T) {
	t.Parallel()
	for breaks, check := range map[string]string{
		"headlines":                   "Append/stores_the_words_and_every_read_returns_them",
		"descriptions":                "Append/stores_the_words_and_every_read_returns_them",
		"questions":                   "Append/stores_the_words_and_every_read_returns_them",
		"an empty usage":              "Append/stores_the_words_and_every_read_returns_them",
		"slots":                       "Append/stores_the_words_and_every_read_returns_them",
		"those who catch up":          "Append/stores_the_words_and_every_read_returns_them",
		"the day":                     "Append/stores_the_words_and_every_read_returns_them",
		"a briefing beside the ticks": "AddBriefing/stores_the_words_and_every_read_returns_them",
		"marked briefings":            "ReportBriefing/leaves_the_words",
		"a reference":                 "SaveSheet/stores_every_field",
		"earlier sheets":              "SaveSheet/replaces_the_sheet_of_its_key",
		"large sheets":                "SaveSheet/refuses_what_cannot_be_stored",
		"the oldest":                  "SaveSheet/deletes_the_oldest_beyond_the_bound",
		"prompt versions":             "Sheets/pages_in_the_order_of_keys",
		"further pages":               "Sheets/pages_in_the_order_of_keys",
		"refused texts":               "SaveSheet/survives_with_refused_texts_and_usage",
		"references of texts":         "Refused/returns_the_texts_by_reference",
		"the order of texts":          "Refused/returns_the_texts_by_reference",
		"references without texts":    "Refused/returns_the_texts_by_reference",
		"repeated references":         "SaveRefused/replaces_the_texts_of_a_reference",
		"the age":                     "Refused/of_older_texts_are_none",
		"the limit of texts":          "SaveRefused/bounds_the_texts",
		"estimates":                   "AddUsage/adds_to_the_day_of_a_user",
		"users":                       "AddUsage/adds_to_the_day_of_a_user",
		"simultaneous usage":          "AddUsage/loses_nothing_whatever_races",
		"dates":                       "AddUsage/refuses_what_cannot_be_stored",
		"the last day":                "UsageDays/are_those_of_the_span",
		"whose texts they are":        "DeleteUser/deletes_refused_texts_and_usage",
		"the usage of deleted users":  "DeleteUser/deletes_refused_texts_and_usage",
	} {
		t.Run(breaks, func(t *testing.T) {
			t.Parallel()
			if good := failuresOf(t, check, speechlessHarness(""), time.Minute); len(good) > 0 {
				t.Fatalf("a good store fails: %s", good)
			}
			if bad := failuresOf(t, check, speechlessHarness(breaks), 10*time.Second); len(bad) == 0 {
				t.Errorf("%s does not notice", check)
			}
		})
	}
}

// speechlessHarness opens stores that break a promise.
func speechlessHarness(breaks string) storetest.Harness {
	open := func(t storetest.T, dir, instance string) briefing.Store {
		st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: instance, MaxSheets: bound})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		t.Cleanup(func() { st.Close() })
		return speechless{st, breaks, dir}
	}
	return storetest.Harness{
		MaxSheets: bound,
		Open: func(t storetest.T, instance string) briefing.Store {
			return open(t, t.TempDir(), instance)
		},
		Takeover: func(t storetest.T, st briefing.Store, instance string) briefing.Store {
			st.Close()
			return open(t, st.(speechless).dir, instance)
		},
	}
}
