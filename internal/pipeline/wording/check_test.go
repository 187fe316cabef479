package wording_test

import (
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
)

var (
	korean  = wording.Style{Language: wording.Korean, Polite: true}
	english = wording.Style{Language: wording.English, Polite: true}
)

// checked is a text with the verdict that it should get.
type checked struct {
	text string
	ok   bool
}

func checkAll(t *testing.T, in pipeline.CaptionInput, style wording.Style, list []checked) {
	t.Helper()
	for _, c := range list {
		if err := wording.CheckCaption(c.text, in, style); (err == nil) != c.ok {
			t.Errorf("CheckCaption(%q) = %v, want ok %v", c.text, err, c.ok)
		}
	}
}

func TestCheckCaption_numbers_in_Korean(t *testing.T) {
	t.Parallel()
	checkAll(t, people(2, thing("bottle", 5), thing("chair", 3), thing("dog", 1)), korean, []checked{
		{"현재 매장에 손님 2명이 있습니다.", true},
		{"손님이 두 명 계시고 병이 다섯 개 있습니다.", true},
		{"손님 둘이 있고 의자는 3개입니다.", true},
		{"2명의 손님과 5개의 병이 보입니다.", true},
		{"손님 이 명이 있습니다.", true},
		{"손님 두 분이 계십니다.", true},
		{"강아지 한 마리와 의자 세 개가 보입니다.", true},
		{"12시 34분 현재 손님 2명입니다.", true},
		{"12:34 기준 손님은 2명입니다.", true},
		{"손님이 여러 명 있습니다.", true},
		{"손님 2명이 있어 한편으로 활기가 돕니다.", true},
		{"손님 7명이 있습니다.", false},
		{"손님 일곱 명이 있습니다.", false},
		{"손님 일곱이 있습니다.", false},
		{"손님 칠 명이 있습니다.", false},
		{"손님 ７명이 있습니다.", false},
		{"손님 ⑦명이 있습니다.", false},
		{"손님 ٧명이 있습니다.", false},
		{"손님 Ⅶ명이 있습니다.", false},
		{"손님 七명이 있습니다.", false},
		{"손님 5명과 병 2개가 있습니다.", false}, // the right numbers at the wrong things
		{"손님 3명이 있습니다.", false},
		{"3명의 손님이 있습니다.", false},
		{"다섯 명이 있습니다.", false},
		{"손님 2~3명이 있습니다.", false},
		{"손님 두세 명이 있습니다.", false},
		{"손님 2.5명이 있습니다.", false},
		{"손님 2명, 컵 5개가 있습니다.", false},
		{"모두 합쳐 10가지가 보입니다.", false},
		{"손님 2명이 30분째 머물고 있습니다.", false},
		{"손님 2명, 혼잡도는 5%입니다.", false},
		{"손님 2명이 5시간 머물렀습니다.", false},
		{"15:00 기준 손님은 2명입니다.", false},
		{"3시 현재 손님 2명입니다.", false},
		{"손님이 2명 늘었습니다.", false}, // nothing to compare with
		{"손님 열두 명이 있습니다.", false},
		{"손님 스물두 명이 있습니다.", false},
		{"손님 1000000000000000000000명이 있습니다.", false},
	})
}

func TestCheckCaption_numbers_in_English(t *testing.T) {
	t.Parallel()
	checkAll(t, people(2, thing("bottle", 5), thing("hot dog", 3), thing("tv", 1)), english, []checked{
		{"There are 2 people in the shop.", true},
		{"Two customers are in the shop, with five bottles on display.", true},
		{"2 visitors, 5 bottles and three hot dogs.", true},
		{"People: 2. Bottles: 5.", true},
		{"At 12:34 there were 2 people.", true},
		{"Several people are in the shop.", true},
		{"7 people are in the shop.", false},
		{"Seven people are in the shop.", false},
		{"Twenty-two people are in the shop.", false},
		{"5 people and 2 bottles.", false},
		{"A customer is in the shop.", false},
		{"One person is in the shop.", false},
		{"A dozen people are in the shop.", false},
		{"2 people and 3 dogs.", false},
		{"2 people stayed for 5 minutes.", false},
		{"At 3 pm there were 2 people.", false},
		{"2 people, 3 more than before.", false},
	})
	checkAll(t, people(1), english, []checked{
		{"A customer is in the shop.", true},
		{"One customer is in the shop.", true},
		{"No one else is there but 1 person.", false}, // true, but not understood
		{"Several customers are in the shop.", false},
		{"Both customers are in the shop.", false},
	})
}

func TestCheckCaption_steps(t *testing.T) {
	t.Parallel()
	checkAll(t, after(people(4), people(2)), korean, []checked{
		{"손님이 2명으로, 2명 줄었습니다.", true},
		{"손님이 4명에서 2명으로 줄었습니다.", true},
		{"손님이 두 명 줄어 2명입니다.", true},
		{"손님이 2명 늘었습니다.", false},
		{"손님이 4명 줄었습니다.", false},
		{"손님이 5명에서 2명으로 줄었습니다.", false},
		{"손님이 4명 있습니다.", false},
	})
	checkAll(t, after(people(1), people(3)), english, []checked{
		{"3 people are in the shop, 2 more than before.", true},
		{"3 people are in the shop, two more than before.", true},
		{"3 people are in the shop, 2 fewer than before.", false},
		{"3 people are in the shop, 1 more than before.", false},
	})
}

func TestCheckCaption_presence(t *testing.T) {
	t.Parallel()
	checkAll(t, people(0, thing("chair", 4)), korean, []checked{
		{"매장에 손님이 없습니다.", true},
		{"손님은 한 명도 없습니다.", true},
		{"손님은 하나도 보이지 않습니다.", true},
		{"지금은 아무도 없습니다.", true},
		{"손님 0명, 의자 4개입니다.", true},
		{"매장이 비어 있습니다.", true},
		{"손님이 있습니다.", false},
		{"손님들이 매장을 둘러봅니다.", false},
		{"손님 한 명이 있습니다.", false},
		{"매장이 붐빕니다.", false},
	})
	checkAll(t, people(2), korean, []checked{
		{"손님이 있습니다.", true},
		{"손님이 없습니다.", false},
		{"아무도 없습니다.", false},
		{"매장이 텅 비었습니다.", false},
		{"손님 수에는 변화가 없습니다.", true},
	})
	checkAll(t, people(2), english, []checked{
		{"The shop is empty.", false},
		{"Nobody is there.", false},
		{"There are no customers.", false},
		{"Customers are there.", true},
	})
}

func TestCheckCaption_nothing_counted_says_nothing_of_people(t *testing.T) {
	t.Parallel()
	for _, s := range []briefing.Scene{briefing.SceneChanged, briefing.SceneDark, briefing.SceneLearning, briefing.SceneSteady, ""} {
		checkAll(t, scene(s), korean, []checked{
			{"장면이 바뀌어 사람 수를 세지 않았습니다.", true},
			{"지금은 사람 수를 확인할 수 없습니다.", true},
			{"손님이 없습니다.", false},
			{"아무도 없습니다.", false},
			{"매장이 비어 있습니다.", false},
			{"손님이 있습니다.", false},
			{"손님 0명입니다.", false},
			{"손님 2명입니다.", false},
			{"손님 한 명이 있습니다.", false},
			{"여러 사람이 보입니다.", false},
			{"병 3개가 보입니다.", false},
		})
		checkAll(t, scene(s), english, []checked{
			{"The scene changed, so people were not counted.", true},
			{"Nobody is in the shop.", false},
			{"Someone is in the shop.", false},
			{"One customer is in the shop.", false},
			{"3 bottles.", false},
		})
	}
}

func TestCheckCaption_counts_hidden_behind_a_scene_are_not_said(t *testing.T) {
	t.Parallel()
	in := people(2)
	in.Facts.Scene = briefing.SceneDark
	checkAll(t, in, korean, []checked{{"손님 2명입니다.", false}, {"어두워 볼 수 없습니다.", true}})
}

func TestCheckCaption_estimates_are_said_to_be(t *testing.T) {
	t.Parallel()
	checkAll(t, estimated(people(2)), korean, []checked{
		{"손님 2명이 있습니다.", false},
		{"손님 2명(추정)이 있습니다.", true},
		{"손님이 약 2명 있습니다.", true},
		{"손님이 2명 있는 것 같습니다.", true},
	})
	checkAll(t, estimated(people(2)), english, []checked{
		{"2 people are in the shop.", false},
		{"About 2 people are in the shop.", true},
	})
}

func TestCheckCaption_unmeasured_traits(t *testing.T) {
	t.Parallel()
	checkAll(t, people(2, thing("cake", 1)), korean, []checked{
		{"남자 손님 2명이 있습니다.", false},
		{"여성 2명이 있습니다.", false},
		{"20대 손님 2명이 있습니다.", false},
		{"아이와 어른 2명이 있습니다.", false},
		{"할머니 손님 등 2명이 있습니다.", false},
		{"외국인 손님 2명이 있습니다.", false},
		{"커플로 보이는 2명이 있습니다.", false},
		{"직원 2명이 있습니다.", false},
		{"아이스크림 매장에 손님 2명이 있습니다.", true}, // no 아이
	})
	for _, word := range strings.Fields("man woman male female boy girl lady elderly teenager child adult young Asian she his couple family employee") {
		checkAll(t, people(1), english, []checked{{"1 person, a " + word + ", is in the shop.", false}})
	}
	checkAll(t, people(1), english, []checked{{"1 person is in the shop; the machine is human-sized.", true}})
}

func TestCheckCaption_form(t *testing.T) {
	t.Parallel()
	in := people(2)
	checkAll(t, in, korean, []checked{
		{"", false},
		{"   ", false},
		{"손님 2명\n입니다.", false},
		{"손님 2명\t입니다.", false},
		{"손님 2명\u200b입니다.", false},
		{"손님 2명\u202e입니다.", false},
		{"손님 2명\u2028입니다.", false},
		{"손님 2명\xff입니다.", false},
		{"손님 2명입니다 https://example.com", false},
		{"손님 2명입니다. example.com 방문", false},
		{"<b>손님 2명</b>", false},
		{"**손님 2명**", false},
		{"`손님 2명`", false},
		{"There are 2 people.", false},
		{"손님 2名です", false},
		{"お客様が2名います", false},
		{"손님 2명, wine glass와 bottle이 조금 있습니다만 매장은 잘 정돈되어 있습니다.", true},
		{strings.Repeat("가", wording.MaxCaption), true},
		{strings.Repeat("가", wording.MaxCaption+1), false},
	})
	checkAll(t, in, english, []checked{
		{"손님 2명이 있습니다.", false},
		{"2 people (손님).", false},
		{"2.", false},
		{"2 people.", true},
	})
}

func TestCheckCaption_twelve_hour_clocks(t *testing.T) {
	t.Parallel()
	in := people(2)
	in.At = time.Date(2026, 2, 3, 14, 5, 0, 0, seoul)
	checkAll(t, in, korean, []checked{
		{"오후 2시 5분, 손님 2명입니다.", true},
		{"14시 손님 2명입니다.", true},
		{"오후 3시 5분, 손님 2명입니다.", false},
		{"2시 6분, 손님 2명입니다.", false},
	})
	checkAll(t, in, english, []checked{{"At 2:05 pm, 2 people.", true}, {"At 2:06 pm, 2 people.", false}})
}

func FuzzCheckCaption(f *testing.F) {
	f.Add("손님 7명이 있습니다.")
	f.Add("A customer and twenty-two dogs, 한두 명")
	f.Add("\xff손님 1,000.5:3명도 없")
	in := after(people(1), people(2, thing("dog", 3)))
	f.Fuzz(func(t *testing.T, text string) {
		for _, style := range styles() {
			err := wording.CheckCaption(text, in, style)
			// An accepted text has no digits but those of its facts and times.
			if err == nil && strings.ContainsAny(text, "5678") && !strings.Contains(text, "12:34") {
				for _, word := range strings.Fields(text) {
					if strings.ContainsAny(word, "5678") && strings.Trim(word, "0123456789") == "" {
						t.Errorf("%q passes", text)
					}
				}
			}
		}
	})
}

func BenchmarkCheckCaption(b *testing.B) {
	in := people(2, thing("bottle", 5))
	for b.Loop() {
		if err := wording.CheckCaption("현재 매장에 손님이 두 명 있고 병 5개가 보입니다.", in, korean); err != nil {
			b.Fatal(err)
		}
	}
}
