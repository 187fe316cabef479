package wording_test

import (
	"testing"

	"bis/internal/pipeline/wording"
)

// Words that only look like the name of a fact, or that say how somebody speaks, ask for none.
func TestNotes_on_words_that_look_like_facts(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"나이스하게 말해줘", "나이스!", "나이트클럽 DJ처럼", "나이키 광고처럼", "사나이답게", "사나이가 말하듯이",
		"나이 든 분도 알아듣게", "나이 많은 손님도 이해하게", "얼굴 이모지 붙여줘", "웃는 얼굴 이모지도", "날씨 이모지 붙여줘", "하트 얼굴 이모티콘",
		"얼굴 보고 말하듯이", "얼굴을 맞대고 얘기하듯", "뉴스 앵커처럼 말해줘", "뉴스 아나운서 말투로", "날씨 예보처럼", "날씨 캐스터처럼",
		"교통 방송처럼", "판매 사원처럼", "단골 손님 대하듯", "단골집처럼", "화난 것처럼", "화난 사람 말투로", "배우는지", "제주가 고향인 사람처럼",
		"목소리가 밝게", "목소리가 다정하게 들리게", "사람 냄새 나게", "아이 수준에 맞게", "초등학생 수준으로", "어린이 눈높이로", "청년 분위기로",
		"20대 친구처럼", "20대 여자 말투로", "30대 직장인처럼", "밝은 표정으로", "비 오는 날 감성으로", "비 오는 날처럼", "뉴스체로",
		"화난 고양이처럼", "행동대장처럼", "가격표처럼", "표정 있는 말투로", "age-appropriate language", "sales person voice",
		"with a straight face", "in men's slang", "women's magazine style", "여자 음성처럼", "운세 읽듯이",
		"add a face emoji", "smiley faces", "weather emojis please", "in a female voice", "male narrator", "a men's voice",
		"like a news anchor", "in news tone", "sales pitch style", "face to face", "weather reporter style", "like a weather forecaster",
	} {
		if got := codes(wording.Notes([]string{line}, true)); got != nothing {
			t.Errorf("Notes(%q) = %q", line, got)
		}
	}
	for _, line := range []string{
		"나이도 알려줘", "손님 나이", "나이 알려줘", "손님의 나이, 성별", "나이별로 말해줘", "나이와 성별", "나이가 많은지 알려줘", "얼굴을 보고 말해줘",
		"얼굴 알려줘", "날씨를 뉴스처럼 알려줘", "날씨 알려주고 친구처럼 말해줘", "뉴스도 알려줘", "표정도 적어줘", "표정 알려줘", "학생 수", "학생 수를 말해줘",
		"어르신 분들 몇 분인지", "여자 손님 몇 명인지 친구처럼 알려줘", "소리가 나는지", "말소리가 들리는지", "비 오는 날인지 알려줘", "주가도 알려줘",
		"판매 현황을 알려줘", "단골 손님 왔는지", "20대가 몇 명인지", "화난 사람이 있는지",
		"describe faces", "how many females", "ages please", "news and weather", "sales in a nice tone", "the weather, like an anchor",
	} {
		if got := codes(wording.Notes([]string{line}, true)); got != measure {
			t.Errorf("Notes(%q) = %q, want %q", line, got, measure)
		}
	}
}
