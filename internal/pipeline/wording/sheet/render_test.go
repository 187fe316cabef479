package sheet_test

import (
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"bis/internal/pipeline/wording/sheet"
)

// rows reads a table of testdata.
func rows(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for line := range strings.Lines(string(data)) {
		all = append(all, strings.Split(strings.TrimRight(line, "\n"), "\t"))
	}
	return all
}

// The table was made from the canonical decomposition of the nouns, by another program.
func TestWith_particles_of_nouns_and_numbers(t *testing.T) {
	t.Parallel()
	table := rows(t, "particles.txt")
	if len(table) < 300 {
		t.Errorf("%d nouns and numbers, want 300", len(table))
	}
	forms := [][]string{{"이", "가"}, {"은", "는"}, {"을", "를"}, {"과", "와"}, {"으로", "로"}, {"이에요", "예요"}}
	for _, row := range table {
		for i, pair := range forms {
			for _, form := range pair {
				if got := sheet.With(row[0], form); got != row[i+1] {
					t.Errorf("With(%s, %s) = %s, want %s", row[0], form, got, row[i+1])
				}
			}
		}
	}
}

func TestWith_other_words(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{"2명(추정)", "가", "2명(추정)이"},
		{"1개(추정)", "이", "1개(추정)가"}, {"1대(추정)", "은", "1대(추정)는"}, {"(추정)", "가", "(추정)이"},
		{"38%", "이", "38%가"}, {"18:00", "와", "18:00과"}, {"cup", "가", "cup이"},
		{"car", "이", "car가"}, {"TV", "을", "TV를"}, {"QR", "으로", "QR로"}, {"", "이", "가"}, {"2명", "네요", "2명이네요"},
		{"2개", "이네요", "2개네요"}, {"2명", "였어요", "2명이었어요"}, {"2개", "이었어요", "2개였어요"}, {"2명", "입니다", "2명입니다"},
	} {
		if got := sheet.With(test[0], test[1]); got != test[2] {
			t.Errorf("With(%s, %s) = %s, want %s", test[0], test[1], got, test[2])
		}
	}
}

func TestRender_counters_and_number_words(t *testing.T) {
	t.Parallel()
	table := rows(t, "counters.txt")
	if len(table) < 300 {
		t.Errorf("%d numbers and counters, want 300", len(table))
	}
	for _, row := range table {
		n, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatal(err)
		}
		for i, numbers := range []string{"digits", "words"} {
			s := sheet.Sheet{Language: "ko", Numbers: numbers, Lines: map[sheet.Key][]string{"some": {"{people}"}}}
			value := sheet.Count(n, sheet.Unit{Counter: row[1], One: "thing", Many: "things"})
			if row[1] == "명" || row[1] == "분" {
				s.Counter, value = row[1], sheet.People(n)
			}
			got := s.Render("some", 0, sheet.Values{Slots: map[string]sheet.Value{"people": value}})
			if got != row[i+2] {
				t.Errorf("%d %s in %s = %q, want %q", n, row[1], numbers, got, row[i+2])
			}
		}
	}
}

// values are the values of a busy day.
func values(language string, people int) sheet.Values {
	bottle := sheet.Thing{Korean: "병", Unit: sheet.Unit{Counter: "개", One: "bottle", Many: "bottles"}, Count: 5}
	chair := sheet.Thing{Korean: "의자", Unit: sheet.Unit{Counter: "개", One: "chair", Many: "chairs"}, Count: 1}
	v := map[string]sheet.Value{
		"people": sheet.People(people), "step": sheet.People(1), "things": sheet.List([]sheet.Thing{bottle, chair}, false),
		"samples": sheet.Count(60, sheet.UnitSamples), "counted": sheet.Count(48, sheet.UnitSamples), "share": sheet.Text("38%"),
		"average": sheet.Mean(5.5), "overall": sheet.Mean(1), "peak": sheet.People(6), "time": sheet.Text("18:00"),
		"times": sheet.Times(6), "period": sheet.Text("10:00~19:50"), "hour": sheet.Text("18시대"), "part": sheet.Text("아침 시간"),
	}
	if language == "en" {
		v["period"], v["hour"] = sheet.Text("10:00 to 19:50"), sheet.Text("the hour from 18:00")
		v["part"], v["times"] = sheet.Text("this morning"), sheet.Count(6, sheet.UnitSamples)
	}
	return sheet.Values{Slots: v}
}

// absent are keys that the templates of the golden files did not have.
var absent = map[sheet.Key]bool{
	sheet.Unchanged: true, sheet.HeadSome: true, sheet.HeadNobody: true, sheet.HeadSomeEst: true, sheet.HeadNobodyEst: true, sheet.HeadUnknown: true, sheet.HeadCamera: true,
	sheet.SameSomeThings: true, sheet.SumNotes: true, sheet.SumQuietUncounted: true,
}

// goldenValues are the values that a key has in the golden files.
func goldenValues(language string, key sheet.Key) sheet.Values {
	v := values(language, 2)
	english := language == "en"
	set := func(slot, korean, other string) {
		v.Slots[slot] = sheet.Text(korean)
		if english {
			v.Slots[slot] = sheet.Text(other)
		}
	}
	switch key {
	case sheet.Fewer:
		v.Slots["step"] = sheet.People(2)
	case sheet.OnlyThings:
		v.Slots["things"] = sheet.List([]sheet.Thing{
			{Korean: "병", Unit: sheet.Unit{Counter: "개", One: "bottle", Many: "bottles"}, Count: 5},
			{Korean: "자동차", Unit: sheet.Unit{Counter: "대", One: "car", Many: "cars"}, Count: 1},
		}, false)
	case sheet.SameSome, sheet.SomeEstimated, sheet.NobodyEstimated:
		v.Estimate = true
	case sheet.Zero:
		v.Slots["people"] = sheet.People(0)
	case sheet.SumPeople:
		v.Slots["average"] = sheet.Mean(1)
	case sheet.SumEmpty, sheet.AdviceEmpty:
		set("period", "11:50~14:50", "11:50 to 14:50")
	case sheet.AdviceCamera:
		set("times", "1번", "1 time")
		set("period", "17:00~17:50", "17:00 to 17:50")
	case sheet.AdviceMissed:
		set("times", "9회", "9 planned briefings")
	case sheet.SumQuiet:
		v.Slots["counted"] = sheet.Count(12, sheet.UnitSamples)
		set("period", "10:00~11:50", "10:00 to 11:50")
	}
	return v
}

func TestRender_reproduces_the_golden_files(t *testing.T) {
	t.Parallel()
	golden := ""
	for _, name := range []string{"captions", "reports"} {
		data, err := os.ReadFile("../testdata/" + name + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		golden += string(data)
	}
	summaries, err := os.ReadFile("../testdata/summaries.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range languages {
		for _, name := range []string{sheet.Polite, sheet.Casual, sheet.Short, sheet.ShortCasual} {
			s := sheet.BuiltIn(language, name)
			golden := golden
			if name != sheet.Polite {
				golden += string(summaries)
			}
			for key, lines := range s.Lines {
				for turn := range lines {
					text := s.Render(key, uint64(turn), goldenValues(language, key))
					// The time since when a camera is away comes before the sign that ends the line.
					if !absent[key] && !strings.Contains(golden, strings.TrimRight(text, ".")) {
						t.Errorf("%s %s %s: the golden files have no %q", language, name, key, text)
					}
				}
			}
		}
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	estimated, one := values("ko", 2), values("en", 1)
	estimated.Estimate = true
	since := sheet.Values{Note: "(10:34부터)"}
	korean := func(line string) sheet.Sheet {
		s := sheet.Sheet{Language: "ko", Counter: "분", Lines: map[sheet.Key][]string{"some": {line}, "nobody": {line}}}
		if strings.Contains(line, "것 같아요") || strings.Contains(line, "듯해요") {
			s.Doubts = []string{line}
		}
		return s
	}
	doubting := sheet.Sheet{
		Language: "ko", Lines: map[sheet.Key][]string{"some": {"손님 {people} 계신 것 같아요", "손님 {people} 계세요"}},
		Doubts: []string{"손님 {people} 계신 것 같아요"},
	}
	english := func(line string) sheet.Sheet {
		return sheet.Sheet{Language: "en", Numbers: "words", Lines: map[sheet.Key][]string{"some": {line}, "more": {line}}}
	}
	for _, test := range []struct {
		sheet  sheet.Sheet
		key    sheet.Key
		values sheet.Values
		want   string
	}{
		{korean("손님 {people}가 계세요 🙂"), "some", values("ko", 3), "손님 세 분이 계세요 🙂"},
		{korean("손님 {people}가 계세요"), "some", values("ko", 120), "손님 120명이 계세요"},
		{korean("손님 {people}가 계세요"), "some", estimated, "손님 두 분(추정)이 계세요"},
		{korean("손님 {people} 계신 것 같아요"), "some", estimated, "손님 두 분 계신 것 같아요"},
		{korean("아무도 없어요! 🙂"), "nobody", sheet.Values{Estimate: true}, "아무도 없어요(추정)! 🙂"},
		{korean("아무도 없는 듯해요"), "nobody", sheet.Values{Estimate: true}, "아무도 없는 듯해요"},
		{sheet.BuiltIn("ko", sheet.Polite), "offline", since, "카메라에 연결할 수 없습니다 (10:34부터)."},
		{sheet.BuiltIn("ko", sheet.Figures), "offline", since, "카메라 연결 불가 (10:34부터)"},
		{english("There {is} {people} inside"), "some", one, "There is one person inside"},
		{english("{people} {is} in"), "some", values("en", 12), "Twelve people are in"},
		{english("{people} {is} in."), "some", sheet.Values{Slots: one.Slots, Estimate: true}, "One person is in (estimate)."},
		{english("{step} more than before"), "more", one, "One more than before"},
		{english("Up by {step}"), "more", one, "Up by one person"},
		{sheet.Sheet{Language: "ko", Base: sheet.Casual}, "dark", sheet.Values{}, "화면이 너무 어두워 매장을 볼 수 없어."},
		{sheet.Sheet{Language: "ko", Base: sheet.Casual}, "none", sheet.Values{}, ""},
		{english("{samples} looks, {counted} of them counted"), "some", values("en", 1), "Sixty looks, forty-eight of them counted"},
		{english("{samples}, {counted}"), "some", values("en", 1), "Sixty samples, forty-eight samples"},
		{sheet.BuiltIn("en", sheet.Casual), "head_some", estimated, "About 2 people"},
		{sheet.BuiltIn("en", sheet.Casual), "head_some", values("en", 12), "12 people inside"},
		{sheet.BuiltIn("ko", sheet.Short), "head_some", estimated, "손님 2명(추정)"},
		{english("In {period} there were {samples} looks"), "some", values("en", 2), "In the time from 10:00 to 19:50 there were sixty looks"},
		{english("{period}: {samples} looks"), "some", values("en", 2), "10:00 to 19:50: sixty looks"},
		{doubting, "some", sheet.Values{Slots: values("ko", 2).Slots}, "손님 2명 계세요"},
		{doubting, "some", estimated, "손님 2명 계신 것 같아요"},
		{sheet.Sheet{}, "dark", sheet.Values{}, "The picture is too dark to see the shop."},
	} {
		if got := test.sheet.Render(test.key, 0, test.values); got != test.want {
			t.Errorf("Render(%s) = %q, want %q", test.key, got, test.want)
		}
	}
}

func TestSay_reports_the_line_and_its_slots(t *testing.T) {
	t.Parallel()
	s := sheet.Sheet{Language: "ko", Base: sheet.Casual, Lines: map[sheet.Key][]string{"some": {"손님 {people}가 있네"}}}
	v := values("ko", 2)
	v.Estimate = true
	for _, test := range []struct {
		got  sheet.Said
		want sheet.Said
	}{
		{s.Say("some", 7, v), sheet.Said{
			Text: "손님 2명(추정)이 있네", Line: "손님 {people}가 있네", Slots: []sheet.Filled{{Name: "people", Text: "2명(추정)"}}, Own: true,
		}},
		{s.Say("more", 0, v), sheet.Said{
			Text: "지난 브리핑보다 1명 늘었어(추정).", Line: "지난 브리핑보다 {step} 늘었어.", Slots: []sheet.Filled{{Name: "step", Text: "1명"}},
		}},
		{s.Say("none", 0, v), sheet.Said{}},
		{s.SayLine("{people}입니다.", v), sheet.Said{Text: "2명(추정)입니다.", Line: "{people}입니다.", Slots: []sheet.Filled{{Name: "people", Text: "2명(추정)"}}}},
	} {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("said %+v, want %+v", test.got, test.want)
		}
	}
}

// A line with a verb beside a number is used in the form that agrees with it.
func TestCheck_lets_verbs_agree(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		key        sheet.Key
		line, want string
	}{
		{"more", "There are now {step} more than before.", "There {is} now {step} more than before."},
		{"some", "There are {people} in the shop.", "There {is} {people} in the shop."},
		{"some", "There are currently {people} in the shop.", "There {is} currently {people} in the shop."},
	} {
		if got, err := sheet.Check("en", test.key, test.line); got != test.want || err != nil {
			t.Errorf("Check(%s, %q) = %q, %v, want %q", test.key, test.line, got, err, test.want)
		}
	}
}
