package describe

import (
	"slices"
	"strings"
)

// acts are the stems of verbs of which somebody is the agent while they go on, as in 청소되고 있다.
// Their result, as in 청소되어 있다, needs nobody.
var acts = strings.Fields("청소되 정리되 정돈되 정렬되 진열되 배치되 배열되 설치되 부착되 게시되 포장되 적재되 " +
	"수납되 개봉되 밀봉되 장식되 연결되 주차되 마련되 구비되 세팅되 나열되 전시되 " +
	"치워지 채워지 비워지 담기 닦이 닦여지 올려지 내려지 접히 접혀지 펼쳐지 묶이 뜯기 세워지 끼워지 칠해지 " +
	"씌워지 뿌려지 꾸며지 버려지 놓여지 쌓이 걸리 꽂히 밀리 매이 매여지 그려지 새겨지 맞춰지 뒤집히 " +
	"얹혀지 구겨지 찢어지 열리 닫히 잠기 잠겨지 켜지 꺼지")

// isWorked reports whether words say that somebody works on something: 바닥이 청소되고 있다.
func isWorked(words []word) bool {
	for i, w := range words[:len(words)-1] {
		stem, joins := strings.CutSuffix(w.text, "고")
		if joins && slices.Contains(acts, stem) && words[i+1].starts("있") {
			return true
		}
	}
	return false
}

// requests are the forms of verbs with an object that also ask somebody to do something.
var requests = strings.Fields("막아 막아요 가려 가려요 덮어 덮어요 비춰 비춰요 향해 향해요")

// isRequest reports whether words may ask somebody to do something: 카메라만 가려. With the subject
// 이, 가, 은 or 는 they are a statement.
func isRequest(words []word) bool {
	if !slices.Contains(requests, words[len(words)-1].text) {
		return false
	}
	return !slices.ContainsFunc(words, func(w word) bool {
		r := []rune(w.text)
		return w.is(subject) && slices.Contains([]rune("이가은는"), r[len(r)-1])
	})
}

// figures are words for a shape, which may be that of somebody.
var figures = strings.Fields("모습 형태 모양")

// hasFigure reports whether words name a shape without the thing that has it.
func hasFigure(words []word) bool {
	for i, w := range words {
		if !w.is(subject) || !w.starts(figures...) {
			continue
		}
		if i == 0 || words[i-1].is(within) || words[i-1].is(other) && !words[i-1].is(nouns) {
			return true
		}
	}
	return false
}
