package wording

import "time"

// note returns since when the camera does not show the shop, in brackets, or "".
func (s speaker) note() string {
	if s.styled.korean() {
		return map[day]string{
			today:     "(" + s.since + "부터)",
			yesterday: "(어제 " + s.since + "부터)",
			before:    "(하루 넘게)",
		}[s.sinceDay]
	}
	return map[day]string{
		today:     "(since " + s.since + ")",
		yesterday: "(since " + s.since + " yesterday)",
		before:    "(for more than a day)",
	}[s.sinceDay]
}

// part returns the part of the day.
func (s speaker) part() string {
	if s.styled.korean() {
		return koreanPart(s.at)
	}
	return englishPart(s.at)
}

// koreanPart names the part of the day: 새벽 before 6, 아침 before 11, 낮 before 17, 저녁 before 21,
// then 밤.
func koreanPart(at time.Time) string {
	switch h := at.Hour(); {
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

// englishPart names the part of the day: small hours before 6, morning before 12, afternoon before
// 18, evening before 22, then tonight.
func englishPart(at time.Time) string {
	switch h := at.Hour(); {
	case h < 6:
		return "in the small hours"
	case h < 12:
		return "this morning"
	case h < 18:
		return "this afternoon"
	case h < 22:
		return "this evening"
	}
	return "tonight"
}
