package wording

import (
	"fmt"
	"strings"

	"bis/internal/briefing"
)

// korean writes captions in Korean. It joins each stem to one of two endings: the formal polite
// level (하십시오체: 있습니다) or the casual level (해체: 있어).
//
// The casual ending is 아 after a stem whose last vowel is ㅏ or ㅗ (보이지 않아), and otherwise 어
// (없어), by article 16 of the orthography. 보이어 contracts to 보여 (article 36). A number in
// digits and its counter are written together, as article 43 allows: 2명.
type korean struct {
	style Style
	view
}

// caption returns the caption for the view's situation.
func (k korean) caption() string {
	if k.situation <= cameraMoved {
		return k.camera()
	}
	switch k.situation {
	case lightChanged:
		return k.say(k.pick(
			"조명이나 촬영 방식이 바뀌어 사람 수를 세지 않",
			"화면의 빛이 달라져 사람 수를 세지 않"), "았습니다.", "았어.")
	case sceneDark:
		return k.pick(
			k.say("화면이 너무 어두워 매장을 볼 수 없", "습니다.", "어."),
			k.say("너무 어두워서 매장이 보이지 않", "습니다.", "아."))
	case sceneLearning:
		return k.say(k.pick(
			"카메라 화면을 익히는 중이라 아직 사람 수를 세지 않",
			"아직 화면을 익히고 있어 사람 수를 세지 않"), "았습니다.", "았어.")
	case sceneChanged:
		return k.say(k.pick(
			"장면이 크게 바뀌어 사람 수를 세지 않",
			"화면이 전과 크게 달라져 사람 수를 세지 않"), "았습니다.", "았어.")
	case notCounted:
		return k.uncounted()
	case onlyThings:
		return k.onlyThings()
	}
	if k.style.Brief {
		return k.brief()
	}
	return k.full()
}

// say appends the polite or the casual ending to a stem, as the style requires.
func (k korean) say(stem, polite, casual string) string {
	if k.style.Polite {
		return stem + polite
	}
	return stem + casual
}

// camera is the caption of a camera that does not show the shop. It states since when it does not,
// and, if there is a picture, that nobody counted.
func (k korean) camera() string {
	s := k.say(k.trouble.korean, "습니다", "어") + map[day]string{
		never:     ".",
		today:     " (" + k.since + "부터).",
		yesterday: " (어제 " + k.since + "부터).",
		before:    " (하루 넘게).",
	}[k.sinceDay]
	if k.situation <= cameraStale || k.style.Brief {
		return s
	}
	return s + k.say(" 사람 수는 세지 않", "았습니다.", "았어.")
}

// uncounted is the caption of a picture on which nobody counted.
func (k korean) uncounted() string {
	head := k.say("사람 수를 세지 못", "했습니다.", "했어.")
	if k.style.Brief || !k.moving {
		return head
	}
	return head + k.say(" 화면 일부에 움직임이 있", "습니다.", "어.")
}

// brief is one short sentence, and a second one if people came or went.
func (k korean) brief() string {
	n := k.count(briefing.Person, k.people) + k.mark()
	list := "손님 " + n
	if len(k.things) > 0 {
		list += ", " + k.list(min(len(k.things), 2))
	}
	switch {
	case k.same:
		list = "변화 없음, " + list
	case len(k.things) == 0:
		list = k.pick(list, "현재 손님 "+n, "매장 내 손님 "+n)
	}
	if k.step != 0 && k.style.Polite {
		return list + "입니다. " + k.stepWords("늘었습니다.", "줄었습니다.")
	}
	if k.step != 0 {
		return list + ". " + k.stepWords("늘었어.", "줄었어.")
	}
	return k.say(list, "입니다.", ".")
}

// full is the long caption: the changes, the people, and the things that are seen.
func (k korean) full() string {
	s := k.presence()
	switch {
	case k.same:
		s = k.say("지난 브리핑과 달라진 점이 없", "습니다. ", "어. ") + s
	case k.step != 0:
		s += " 지난 브리핑보다 " + k.stepWords(k.say("늘었", "습니다.", "어."), k.say("줄었", "습니다.", "어."))
	}
	if len(k.things) > 0 {
		s += " " + k.say("그 밖에 "+With(k.list(len(k.things)), Subject)+" 보", "입니다.", "여.")
	} else if k.people == 0 && k.moving {
		s += " " + k.say("화면 일부에 움직임이 있", "습니다.", "어.")
	}
	return s
}

// presence is the sentence on people. If their number is an estimate, the sentence says so: 추정,
// 정도, 것 같아.
func (k korean) presence() string {
	if k.people == 0 {
		return k.absence()
	}
	n := k.count(briefing.Person, k.people)
	if k.estimate {
		return k.pick(
			k.say("현재 매장에 손님이 "+n+" 있는 것", "으로 추정됩니다.", " 같아."),
			k.say("지금 매장에는 손님이 "+n+" 정도 있는 것", "으로 보입니다.", " 같아."),
			k.say(k.hour()+" 매장에 손님 "+With(n+"(추정)", Subject)+" 보", "입니다.", "여."),
		)
	}
	return k.pick(
		k.say("현재 매장에 손님이 "+n+" 있", "습니다.", "어."),
		k.say("지금 매장에는 손님 "+With(n, Subject)+" 있", "습니다.", "어."),
		k.say(k.hour()+" 매장에 손님 "+With(n, Subject)+" 보", "입니다.", "여."),
	)
}

// absence is the sentence that nobody is in the shop.
func (k korean) absence() string {
	if k.estimate {
		return k.pick(
			k.say("현재 매장에 손님이 없는 것", "으로 추정됩니다.", " 같아."),
			k.say("지금 매장은 비어 있는 것", "으로 보입니다.", " 같아."),
			k.say(k.hour()+" 매장에 손님이 없는 것", "으로 보입니다.", " 같아."),
		)
	}
	return k.pick(
		k.say("현재 매장에 손님이 없", "습니다.", "어."),
		k.say("지금 매장은 비어 있", "습니다.", "어."),
		k.say(k.hour()+" 매장에 손님이 보이지 않", "습니다.", "아."),
	)
}

// onlyThings is the caption of a count without people among its classes.
func (k korean) onlyThings() string {
	if len(k.things) == 0 {
		return k.say("찾는 물건이 보이지 않", "습니다.", "아.")
	}
	if k.style.Brief {
		return k.say(k.list(len(k.things)), "입니다.", ".")
	}
	return k.say("매장에 "+With(k.list(len(k.things)), Subject)+" 보", "입니다.", "여.")
}

// list names the first n things: "병 5개", "병 5개와 의자 2개", "병 5개, 컵 3개와 의자 2개". The
// particle 와 or 과 joins the last two (and fits the counter before it), commas join the others,
// and 등 ("and others") says that the list is not complete. n is at least 1.
func (k korean) list(n int) string {
	var words []string
	for _, c := range k.things[:n] {
		words = append(words, nounFor(c.Name).korean+" "+k.count(c.Name, c.Count))
	}
	last := words[n-1]
	if n > 1 {
		last = With(strings.Join(words[:n-1], ", "), And) + " " + last
	}
	if k.more || n < len(k.things) {
		last += " 등"
	}
	return last + k.mark()
}

// count returns a number with the counter of its class.
func (k korean) count(class string, n int) string {
	return fmt.Sprintf("%d%s", n, nounFor(class).counter)
}

// mark returns the sign that follows an estimated number: "(추정)", or "".
func (k korean) mark() string {
	if k.estimate {
		return "(추정)"
	}
	return ""
}

// stepWords returns by how many people the count rose or fell, with the verb for it.
func (k korean) stepWords(up, down string) string {
	if k.step > 0 {
		return k.count(briefing.Person, k.step) + " " + up
	}
	return k.count(briefing.Person, -k.step) + " " + down
}

// hour names the part of the day: 새벽 before 6, 아침 before 11, 낮 before 17, 저녁 before 21, then 밤.
func (k korean) hour() string {
	switch h := k.at.Hour(); {
	case h < 6:
		return "새벽 시간"
	case h < 11:
		return "아침 시간"
	case h < 17:
		return "낮 시간"
	case h < 21:
		return "저녁 시간"
	}
	return "밤 시간"
}
