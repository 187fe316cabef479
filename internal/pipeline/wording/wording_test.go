package wording_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
	"bis/internal/pipeline/wording/sheet"
)

// sheets gives one sheet. Await waits for the sheet if there is a delay, and counts its calls.
type sheets struct {
	styled wording.Styled
	late   *wording.Styled // what Await returns after delay
	delay  time.Duration
	user   string
	awaits int
}

func (s *sheets) Styled(user string, _ []string) wording.Styled {
	s.user = user
	return s.styled
}

func (s *sheets) Await(ctx context.Context, _ string, _ []string) wording.Styled {
	s.awaits++
	select {
	case <-time.After(s.delay):
		if s.late != nil {
			return *s.late
		}
	case <-ctx.Done():
	}
	return s.styled
}

// written is a sheet that a model wrote: lines of some keys, over the polite Korean ones.
func written(lines map[sheet.Key][]string) wording.Styled {
	return wording.Styled{
		Sheet:   sheet.Sheet{Language: "ko", Base: sheet.Polite, Lines: lines},
		Verdict: briefing.VerdictStyleSheet, Provider: "models.example", Model: "fake-1", PromptVersion: "1",
	}
}

// model is a sheet with lines in another register than the built-in ones.
func model() wording.Styled {
	return written(map[sheet.Key][]string{
		"some": {"손님 {people} 계시옵니다"}, "nobody": {"손님이 안 계시옵니다"}, "more": {"지난 브리핑보다 {step} 느셨사옵니다"},
		"same": {"변함이 없사옵니다"}, "offline": {"카메라와 연결이 안 되옵니다!"}, "head_some": {"손님 {people} 계심"},
		"sum_people": {"살핀 때의 {share}에 손님이 계셨고, 평균 {average}, {time}에 최대 {peak}이었사옵니다."},
	})
}

func newWording(t *testing.T, s wording.Sheets, change func(*wording.Config)) *wording.Wording {
	t.Helper()
	cfg := wording.Config{Zone: seoul, Sheets: s}
	if change != nil {
		change(&cfg)
	}
	w, err := wording.New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return w
}

func caption(t *testing.T, w *wording.Wording, in pipeline.CaptionInput) pipeline.Caption {
	t.Helper()
	got, err := w.Caption(t.Context(), in)
	if err != nil {
		t.Fatalf("Caption: %v", err)
	}
	return got
}

func TestWording_Caption_without_a_model_is_built_in(t *testing.T) {
	t.Parallel()
	w := newWording(t, nil, nil)
	for _, s := range situations() {
		s.in.Custom = briefing.DefaultCustom()
		got := caption(t, w, s.in)
		if want := wording.Template(s.in, wording.ParseStyle(s.in.Custom)); got.Text != want || got.Source != "template" || got.Degraded != "" {
			t.Errorf("%s: %+v, want %q", s.name, got, want)
		}
		if got.Made.Verdict != briefing.VerdictBuiltIn || got.Made.Model != "" || len(got.Made.Said) == 0 || got.Headline == "" {
			t.Errorf("%s: made %+v, headline %q", s.name, got.Made, got.Headline)
		}
		for _, line := range got.Made.Said {
			if !line.BuiltIn || line.Key == "" || line.Line == "" {
				t.Errorf("%s: said %+v", s.name, line)
			}
		}
	}
	if by := w.By(); by != wording.SourceTemplate {
		t.Errorf("By() = %q", by)
	}
	if by := newWording(t, nil, func(c *wording.Config) { c.Model = func() string { return "fake-1" } }).By(); by != "fake-1" {
		t.Errorf("By() = %q", by)
	}
}

func TestWording_Caption_speaks_the_lines_of_a_model(t *testing.T) {
	t.Parallel()
	away := scene(briefing.SceneNone)
	away.Degraded, away.LastSeen = briefing.CameraOffline, noon.Add(-2*time.Hour)
	for name, c := range map[string]struct {
		in       pipeline.CaptionInput
		text     string
		headline string
		source   string
	}{
		"people":       {people(2), "손님 2명 계시옵니다", "손님 2명 계심", "fake-1"},
		"nobody":       {people(0), "손님이 안 계시옵니다", "손님 없음", "fake-1"},
		"estimated":    {estimated(people(2)), "손님 2명(추정) 계시옵니다", "손님 2명(추정) 계심", "fake-1"},
		"one_more":     {after(people(1), people(2)), "손님 2명 계시옵니다. 지난 브리핑보다 1명 느셨사옵니다", "손님 2명 계심", "fake-1"},
		"one_fewer":    {after(people(3), people(2)), "손님 2명 계시옵니다. 지난 브리핑보다 1명 줄었습니다.", "손님 2명 계심", "fake-1"},
		"the_same":     {after(people(2), people(2)), "변함이 없사옵니다. 손님 2명 계시옵니다", "손님 2명 계심", "fake-1"},
		"things":       {people(2, thing("bottle", 5)), "손님 2명 계시옵니다. 그 밖에 병 5개가 보입니다.", "손님 2명 계심", "fake-1"},
		"offline":      {away, "카메라와 연결이 안 되옵니다 (10:34부터)!", "매장이 안 보임", "fake-1"},
		"a_key_it_has": {because(away, "NAME_UNKNOWN"), "카메라와 연결이 안 되옵니다 (10:34부터)!", "매장이 안 보임", "fake-1"},
		"dark":         {scene(briefing.SceneLearning), "", "사람 수 확인 안 됨", "template"},
	} {
		s := &sheets{styled: model()}
		got := caption(t, newWording(t, s, nil), c.in)
		if c.text != "" && got.Text != c.text || got.Headline != c.headline || got.Source != c.source || got.Degraded != "" {
			t.Errorf("%s: %+v, want %q and %q by %s", name, got, c.text, c.headline, c.source)
		}
		if got.Made.Verdict != briefing.VerdictStyleSheet || got.Made.Model != "fake-1" || got.Made.Provider != "models.example" || got.Made.PromptVersion != "1" {
			t.Errorf("%s: made %+v", name, got.Made)
		}
		if s.awaits != 0 {
			t.Errorf("%s: a caption waited", name)
		}
	}
}

func TestWording_Caption_says_what_it_said(t *testing.T) {
	t.Parallel()
	in := after(people(3), people(2, thing("bottle", 5)))
	in.Username = "kim"
	s := &sheets{styled: model()}
	s.styled.Refused = "ref-1"
	got := caption(t, newWording(t, s, nil), in)
	want := []briefing.SaidLine{
		{Key: "some", Line: "손님 {people} 계시옵니다", Slots: []briefing.SaidSlot{{Name: "people", Text: "2명"}}},
		{Key: "fewer", Line: "지난 브리핑보다 {step} 줄었습니다.", Slots: []briefing.SaidSlot{{Name: "step", Text: "1명"}}, BuiltIn: true},
		{Key: "things", Line: "그 밖에 {things}이 보입니다.", Slots: []briefing.SaidSlot{{Name: "things", Text: "병 5개"}}, BuiltIn: true},
	}
	if !reflect.DeepEqual(got.Made.Said, want) || !reflect.DeepEqual(got.Made.Refused, []string{"ref-1"}) || s.user != "kim" {
		t.Errorf("said %+v, refused %q for %q", got.Made.Said, got.Made.Refused, s.user)
	}
}

// A refused key has built-in lines and the verdict REFUSED; an empty key has built-in lines alone.
func TestWording_Caption_of_refused_lines(t *testing.T) {
	t.Parallel()
	styled := written(map[sheet.Key][]string{"nobody": {"손님이 안 계시옵니다"}})
	styled.RefusedKeys = map[string]bool{"some": true, "more": true, "nobody": true}
	w := newWording(t, &sheets{styled: styled}, nil)
	for _, c := range []struct {
		in      pipeline.CaptionInput
		verdict briefing.Verdict
		source  string
	}{
		{people(2), briefing.VerdictRefused, "template"},
		{after(people(1), people(2)), briefing.VerdictRefused, "template"},
		{people(0), briefing.VerdictStyleSheet, "fake-1"},
		{scene(briefing.SceneDark), briefing.VerdictStyleSheet, "template"},
	} {
		got := caption(t, w, c.in)
		if got.Made.Verdict != c.verdict || got.Source != c.source || got.Made.Model != "fake-1" {
			t.Errorf("%q: %s by %s, want %s by %s", got.Text, got.Made.Verdict, got.Source, c.verdict, c.source)
		}
	}
}

// The built-in lines of short styles join people and things. A model's line does not.
func TestWording_Caption_of_a_short_sheet(t *testing.T) {
	t.Parallel()
	styled := written(nil)
	styled.Sheet.Base = sheet.Short
	in := after(people(2, thing("bottle", 5)), people(2, thing("bottle", 5)))
	if got := caption(t, newWording(t, &sheets{styled: styled}, nil), in); got.Text != "변화 없음, 손님 2명, 병 5개입니다." {
		t.Errorf("without lines: %q", got.Text)
	}
	styled.Sheet.Lines = map[sheet.Key][]string{"some": {"{people} 계심"}}
	in.Facts.Counts = append(in.Facts.Counts, thing("cup", 4), thing("chair", 3))
	in.Previous = nil
	if got := caption(t, newWording(t, &sheets{styled: styled}, nil), in); got.Text != "2명 계심. 그 밖에 병 5개와 컵 4개 등이 보입니다." {
		t.Errorf("with a line: %q", got.Text)
	}
}

// Built-in lines speak while a model is asked or does not answer. Only the second is degraded, and
// only if the camera shows the shop.
func TestWording_Caption_without_a_sheet_yet(t *testing.T) {
	t.Parallel()
	off := scene(briefing.SceneNone)
	off.Degraded = briefing.CameraOffline
	unchanged := after(people(2), people(2))
	unchanged.Unchanged = true
	for _, c := range []struct {
		verdict  briefing.Verdict
		degraded briefing.Degraded
		in       pipeline.CaptionInput
		want     briefing.Degraded
	}{
		{briefing.VerdictPending, "", people(2), ""},
		{briefing.VerdictUnavailable, briefing.ModelUnavailable, people(2), briefing.ModelUnavailable},
		{briefing.VerdictUnavailable, briefing.BudgetSpent, people(0), briefing.BudgetSpent},
		{briefing.VerdictUnavailable, briefing.ModelUnavailable, scene(briefing.SceneDark), briefing.ModelUnavailable},
		{briefing.VerdictUnavailable, briefing.ModelUnavailable, unchanged, briefing.ModelUnavailable},
		{briefing.VerdictUnavailable, briefing.ModelUnavailable, off, ""},
		{briefing.VerdictPending, briefing.ModelUnavailable, people(2), ""},
		{briefing.VerdictRefused, briefing.ModelUnavailable, people(2), briefing.ModelUnavailable},
	} {
		s := &sheets{styled: wording.Styled{Sheet: sheet.BuiltIn("ko", sheet.Polite), Verdict: c.verdict, Degraded: c.degraded}}
		got := caption(t, newWording(t, s, nil), c.in)
		if want := wording.Template(c.in, wording.DefaultStyle()); got.Text != want || got.Degraded != c.want || got.Source != "template" {
			t.Errorf("%s, %s: %+v, want %q", c.verdict, c.degraded, got, want)
		}
		if got.Made.Verdict != c.verdict || got.Made.Model != "" || !got.Made.Said[0].BuiltIn {
			t.Errorf("%s: made %+v", c.verdict, got.Made)
		}
	}
}

// An unchanged run has the words of a steady picture, even if the run that it repeats saw movement,
// and the model's line for an unchanged picture.
func TestWording_Caption_of_an_unchanged_run(t *testing.T) {
	t.Parallel()
	in := after(people(2), people(2))
	in.Unchanged, in.Facts.Scene = true, briefing.SceneMoving
	steady := after(people(2), people(2))
	for _, style := range styles() {
		if got, want := wording.Template(in, style), wording.Template(steady, style); strings.Contains(got, "움직") || got == "" || want == "" {
			t.Errorf("%q, and of a steady picture %q", got, want)
		}
	}
	styled := model()
	styled.Sheet.Lines["unchanged"] = []string{"화면이 그대로이옵니다"}
	if got := caption(t, newWording(t, &sheets{styled: styled}, nil), in); got.Text != "화면이 그대로이옵니다. 손님 2명 계시옵니다" {
		t.Errorf("by a model: %q", got.Text)
	}
}

// A headline has at most 20 characters: a line of a model that is too long with its number gives
// way.
func TestWording_Caption_headline_is_short(t *testing.T) {
	t.Parallel()
	styled := written(map[sheet.Key][]string{"head_some": {"지금 매장에 손님 {people}"}})
	for n, want := range map[int]string{2: "지금 매장에 손님 2명(추정)", 123456: "손님 123456명(추정)"} {
		if got := caption(t, newWording(t, &sheets{styled: styled}, nil), estimated(people(n))); got.Headline != want {
			t.Errorf("%d people: %q, want %q", n, got.Headline, want)
		}
	}
	english := wording.Styled{Sheet: sheet.Sheet{
		Language: "en", Base: sheet.Polite,
		Lines: map[sheet.Key][]string{"head_some": {"{people} in the shop"}, "head_nobody": {"nobody in the shop"}},
	}, Verdict: briefing.VerdictStyleSheet}
	for want, in := range map[string]pipeline.CaptionInput{
		"2 people in the shop": people(2), "12 people inside": people(12), "About 12 people": estimated(people(12)),
		"nobody in the shop": people(0), "Shop seems empty": estimated(people(0)), "12345678 people": people(12345678),
	} {
		if got := caption(t, newWording(t, &sheets{styled: english}, nil), in); got.Headline != want {
			t.Errorf("headline %q, want %q", got.Headline, want)
		}
	}
}

// The old path stores line separators as they were sent. They reach no caption, and read as spaces.
func TestWording_cleans_line_separators_in_style_lines(t *testing.T) {
	t.Parallel()
	in := people(2)
	in.Custom = []string{"공손하게\u2028말해줘", "짧게\u2029\u202e말해줘\u0085"}
	got := caption(t, newWording(t, nil, nil), in)
	if strings.ContainsAny(got.Text, "\u2028\u2029\u202e\u0085") || got.Text != wording.Template(in, wording.Style{Language: wording.Korean, Polite: true, Brief: true}) {
		t.Errorf("%q", got.Text)
	}
}

func TestWording_ends_with_its_context(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := newWording(t, &sheets{styled: model(), delay: time.Hour}, nil)
	if _, err := w.Caption(ctx, people(2)); !errors.Is(err, context.Canceled) {
		t.Errorf("Caption: %v, want Canceled", err)
	}
	if _, err := w.Summarize(ctx, briefing.SummaryInput{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Summarize: %v, want Canceled", err)
	}
	if _, _, err := w.Preview(ctx, []briefing.PreviewInput{previewOf("kim", people(2))}); !errors.Is(err, context.Canceled) {
		t.Errorf("Preview: %v, want Canceled", err)
	}
}

func TestWording_logs_failures_seldom_and_without_texts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := &sheets{styled: wording.Styled{
			Sheet: sheet.BuiltIn("ko", sheet.Polite), Verdict: briefing.VerdictUnavailable, Degraded: briefing.ModelUnavailable,
		}}
		w := newWording(t, s, func(cfg *wording.Config) { cfg.Log = slog.New(slog.NewTextHandler(&out, nil)) })
		for range 5 {
			caption(t, w, people(2))
		}
		if n := strings.Count(out.String(), "\n"); n != 1 || strings.Contains(out.String(), "손님") {
			t.Errorf("%d lines: %s", n, out.String())
		}
		time.Sleep(2 * time.Minute)
		caption(t, w, people(2))
		if n := strings.Count(out.String(), "\n"); n != 2 {
			t.Errorf("%d lines after two minutes, want 2", n)
		}
	})
}
