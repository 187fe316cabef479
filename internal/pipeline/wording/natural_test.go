package wording_test

import (
	"testing"

	"bis/internal/briefing"
)

// Models write sentences like these about the facts. If they were refused, each caption would cost
// a repair and end in the template.
func TestCheckCaption_passes_natural_sentences(t *testing.T) {
	t.Parallel()
	yes := func(texts ...string) (list []checked) {
		for _, text := range texts {
			list = append(list, checked{text, true})
		}
		return list
	}
	checkAll(t, people(2, thing("bottle", 5)), korean, yes(
		"현재 매장에는 2명의 손님이 있으며, 조용한 분위기입니다.",
		"손님 두분이 매장을 이용하고 계십니다.",
		"손님 2 명이 계십니다.",
		"현재 두 명의 손님과 다섯 개의 병이 보입니다.",
		"사장님, 지금 손님 두 분 계세요!",
		"매장에는 사람 2명과 병 5개가 있습니다. 특이사항은 없습니다.",
		"현재 2인이 매장에 있습니다.",
		"병은 총 5개, 손님은 총 2명입니다.",
	))
	checkAll(t, people(0, thing("chair", 4)), korean, yes(
		"매장에 손님이 없어 한산합니다.",
		"현재 손님은 없으며, 의자 네 개가 놓여 있습니다.",
		"현재 매장에는 아무도 없고 의자 4개만 있습니다.",
		"지금 매장엔 손님이 한 분도 안 계십니다.",
		"손님 없음. 의자 4개.",
	))
	checkAll(t, people(2, thing("bottle", 5)), english, yes(
		"The shop has 2 customers and 5 bottles on display.",
		"Currently, there are two people in the store along with five bottles.",
		"Two visitors are present; five bottles are visible.",
	))
	checkAll(t, people(0, thing("chair", 4)), english, yes(
		"The shop is currently empty, with four chairs.",
		"There is no one in the shop right now.",
		"There are currently no people present in the shop.",
	))
	checkAll(t, scene(briefing.SceneDark), korean, yes(
		"매장이 너무 어두워 상황을 확인하기 어렵습니다.",
		"화면이 어두워 손님이 있는지 확인할 수 없습니다.",
		"장면이 크게 변해 인원을 파악하지 못했습니다.",
	))
	checkAll(t, scene(briefing.SceneDark), english, yes(
		"It is too dark to tell whether people are in the shop.",
	))
	checkAll(t, people(0), korean, []checked{{"손님이 많습니다.", false}, {"손님: 7", false}, {"손님 일곱분이 계십니다.", false}})
}
