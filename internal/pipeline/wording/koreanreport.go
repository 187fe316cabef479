package wording

import (
	"fmt"
	"strings"
	"time"

	"bis/internal/briefing"
)

// koreanReport writes summaries in Korean. Its sentences state samples, never totals of visitors.
type koreanReport struct{ findings }

// text returns the complete report. It quotes captions only if nobody was counted, because captions
// are foreign text.
func (r koreanReport) text(captions []string) string {
	switch {
	case r.Samples == 0:
		return "요약할 일이 없었습니다. 아직 브리핑이 없습니다."
	case r.Eventless() && r.Counted == 0:
		return fmt.Sprintf("특별한 일이 없었습니다. 표본 %d회 동안 사람 수를 세지 않았습니다.", r.Samples)
	case r.Eventless():
		return fmt.Sprintf("특별한 일이 없었습니다. 표본 기준: %s 동안 사람 수를 센 %d회 모두 손님이 보이지 않았습니다%s. 성별은 측정하지 않았습니다.",
			r.between(r.First, r.Last), r.Counted, r.estimateMark())
	}
	parts := []string{r.scope(), r.people(), r.times(), r.worth()}
	if r.Counted == 0 && r.Notes > 0 {
		parts = append(parts, "", "최근 기록")
		for _, c := range captions[max(len(captions)-quotedCounts, 0):] {
			parts = append(parts, "- "+shorten(c))
		}
	}
	parts = append(parts, "", "운영 조언")
	advice := r.advice()
	for _, a := range advice {
		parts = append(parts, "- "+a.Text)
	}
	if len(advice) == 0 {
		parts = append(parts, "- 수치에서 바로 조치할 점은 보이지 않습니다. 여러 날의 요약을 비교해 보시기 바랍니다.")
	}
	return strings.Join(parts, "\n")
}

// scope is the first line: the period, the samples and the counted samples.
func (r koreanReport) scope() string {
	s := fmt.Sprintf(
		"표본 기준: %s 동안 %d회 살펴보았고, 그중 %d회에서 사람 수를 세었습니다.",
		r.between(r.First, r.Last), r.Samples, r.Counted)
	if r.Notes > 0 {
		s += fmt.Sprintf(" 수치 없이 기록된 브리핑은 %d회입니다.", r.Notes)
	}
	return s
}

// people is the second line: how many customers the samples show.
func (r koreanReport) people() string {
	switch {
	case r.Counted == 0:
		return "사람 수를 센 표본이 없어 손님 수는 알 수 없습니다."
	case r.Occupied == 0:
		return "사람 수를 센 표본에서는 손님이 보이지 않았습니다."
	}
	return fmt.Sprintf("센 표본의 %s에 손님이 있었고, 표본당 평균 %s명이며 가장 많을 때는 %s에 %d명이었습니다.",
		percent(r.OccupiedShare()), mean(r.Mean()), r.clock(r.PeakAt), r.Peak)
}

// times is the third line: the busiest hour, the longest empty stretch, and lost pictures.
func (r koreanReport) times() string {
	var parts []string
	if h, ok := r.busiest(); ok {
		parts = append(parts, fmt.Sprintf(
			"손님이 가장 많은 시간대는 %d시대(표본당 평균 %s명, 최대 %d명)입니다.", h.Hour, mean(h.Mean()), h.Peak))
	}
	if r.Empty.Samples > 1 {
		parts = append(parts, fmt.Sprintf(
			"손님이 보이지 않은 가장 긴 구간은 %s입니다.", r.between(r.Empty.From, r.Empty.To)))
	}
	if r.Down > 0 {
		parts = append(parts, fmt.Sprintf("카메라 화면이 없던 표본은 %d회입니다.", r.Down))
	}
	if r.Blind > 0 {
		parts = append(parts, fmt.Sprintf(
			"카메라가 매장을 제대로 보여 주지 못한 표본은 %d회입니다.", r.Blind))
	}
	if len(parts) == 0 {
		return "시간대별로 두드러진 점은 없습니다."
	}
	return strings.Join(parts, " ")
}

// worth is the line on the limits of samples.
func (r koreanReport) worth() string {
	s := "모든 수치는 정해진 간격의 표본에서 나온 것으로 전체 방문객 수가 아니며, 성별은 측정하지 않았습니다."
	if r.Estimate {
		s += " 사람 수는 움직임으로 추정한 값입니다."
	}
	return s
}

// between returns a stretch of time.
func (r koreanReport) between(from, to time.Time) string { return r.span(from, to, "~") }

// estimateMark returns the sign of an estimate, or "".
func (r koreanReport) estimateMark() string {
	if r.Estimate {
		return "(추정)"
	}
	return ""
}

// advice returns one piece of advice for each finding, with the figures it rests on.
func (r koreanReport) advice() []briefing.AdviceText {
	var list []briefing.AdviceText
	if h, ok := r.rush(); ok {
		list = append(list, piece(briefing.AdviceRush,
			"%d시대에 손님이 몰렸습니다(표본당 평균 %s명, 전체 표본 평균 %s명). 그 시간 전에 재고를 채우고 매장을 정돈해 두시기 바랍니다.",
			h.Hour, mean(h.Mean()), mean(r.Mean())))
	}
	if r.grounds.LongEmpty {
		list = append(list, piece(briefing.AdviceEmpty,
			"%s 구간에는 손님이 보이지 않았습니다. 청소, 재고 정리, 기기 점검을 이 시간대에 배치하시기 바랍니다.",
			r.between(r.Empty.From, r.Empty.To)))
	}
	if r.Down > 0 {
		list = append(list, piece(briefing.AdviceCamera, "카메라 화면이 %d번 끊겼습니다(가장 긴 구간 %s). 카메라의 전원과 네트워크를 점검하시기 바랍니다.",
			r.Spells, r.between(r.DownSpan.From, r.DownSpan.To)))
	}
	if r.grounds.OftenDark {
		list = append(list, piece(briefing.AdviceDark,
			"표본 %d회는 너무 어두워 매장을 볼 수 없었습니다. 조명과 카메라 위치를 확인하시기 바랍니다.", r.Dark))
	}
	if r.grounds.OftenMissed {
		list = append(list, piece(briefing.AdviceMissed,
			"예정된 브리핑 중 %d회를 하지 못했습니다. 서버가 계속 켜져 있는지, 간격이 너무 짧지 않은지 확인하시기 바랍니다.",
			r.Ticks.Missed+r.Ticks.Skipped))
	}
	return list
}
