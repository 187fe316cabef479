package wording

import "testing"

func TestJoin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines   []string
		figures bool
		want    string
	}{
		{[]string{"손님 2명입니다.", "1명 늘었습니다."}, false, "손님 2명입니다. 1명 늘었습니다."},
		{[]string{"손님 2명 있어요", "1명 늘었어요"}, false, "손님 2명 있어요. 1명 늘었어요"},
		{[]string{"손님 2명", "직전 대비 +1명"}, true, "손님 2명, 직전 대비 +1명"},
		{[]string{"손님 2명(추정)", "직전 대비 +1명"}, true, "손님 2명(추정), 직전 대비 +1명"},
		{[]string{"있어요 🙂", "늘었어요!", "보여요"}, false, "있어요 🙂 늘었어요! 보여요"},
		{[]string{"사장님, 두 분 계세요.", "사장님, 한 분 느셨어요."}, false, "사장님, 두 분 계세요. 한 분 느셨어요."},
		{[]string{"변화 없습니다.", "안녕하세요, 사장님! 지금 매장에 두 분 계세요"}, false, "변화 없습니다. 지금 매장에 두 분 계세요"},
		{[]string{"그대로야.", "안녕! 지금 가게 비어 있어."}, false, "그대로야. 지금 가게 비어 있어."},
		{[]string{"No change.", "Hello boss, the shop is empty."}, false, "No change. The shop is empty."},
		{[]string{"No change.", "Hi there! 2 people are in."}, false, "No change. 2 people are in."},
		{[]string{"No change.", "There are 2 people."}, false, "No change. There are 2 people."},
		{[]string{"No change.", "There, 2 people."}, false, "No change. 2 people."},
		{[]string{"그대로입니다.", "사장님 매장에 두 분 계십니다."}, false, "그대로입니다. 사장님 매장에 두 분 계십니다."},
		{[]string{"그대로입니다.", "안녕하세요!"}, false, "그대로입니다. 안녕하세요!"},
	} {
		if got := join(c.lines, c.figures); got != c.want {
			t.Errorf("join(%q) = %q, want %q", c.lines, got, c.want)
		}
	}
}
