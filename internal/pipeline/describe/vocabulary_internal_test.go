package describe

import (
	"strings"
	"testing"
)

// Forms of each way to conjugate: those that Korean has, and those that a regular verb would have.
func TestKorean_knows_the_forms_of_predicates(t *testing.T) {
	t.Parallel()
	const (
		right = `깁니다 긴 긴데 길며 긺 기네요 멉니다 둥근데 거칩니다 기웁니다 기우는 기운 도는 돕니다 부는 붑니다 언 스며듭니다 스며듦
			어두우며 어두움 어두운데 어둡습니다 부드러우며 가까울까요 하야며 하얀데 하얗습니다 뿌염 까마며
			놓인다 놓이는데 놓여 놓이어 깨끗하다 깨끗한데 깨끗하여 밝다 밝아서 밝은데 있다 있는데 있는지 없음 없는
			않은데 않는데 않는다 않다 돼 되어 되어요 됩니다 마른 말라 흰 흽니다 막는 막은`
		wrong = `길습니다 길은데 길으며 길음 길네요 멀은데 둥글습니다 기울습니다 기울는 기울은 돌는 돌습니다 불는 불습니다 스며들음
			어둡으며 어둡음 어둡은데 어둡어서 부드럽으며 가깝을까요 하얗으며 하얗은데 뿌옇음 까맣으며
			놓인데 놓인지 깨끗한다 밝는다 밝어서 밝는 있는다 있은데 없은지 흰다 분 돈`
	)
	v := korean()
	for _, form := range strings.Fields(right) {
		if v[form] == 0 {
			t.Errorf("%s is no form", form)
		}
	}
	for _, form := range strings.Fields(wrong) {
		if v[form] != 0 {
			t.Errorf("%s is a form", form)
		}
	}
}

func TestCheck_shows_what_is_empty_or_full(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"선반이 비네요.", "선반이 거의 비네요.", "통이 차네요.", "선반이 참.", "문이 열림.", "셔터가 닫힘.", "밖에 비가 내리는 날씨입니다.",
		"문 앞에 차가 있습니다.", "창밖에 비는 내리고 바람이 붑니다.",
	} {
		if got := check(answer{Description: text}, "ko"); got.text != text {
			t.Errorf("%q is shown as %q, %+v", text, got.text, got.refused)
		}
	}
}
