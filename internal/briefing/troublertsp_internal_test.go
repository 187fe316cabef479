package briefing

import (
	"strings"
	"testing"
	"unicode"
)

// Each reason has a sentence in both languages that ends, fits into an answer, and has a next step.
func TestReasons_of_RTSP_have_a_sentence_in_each_language(t *testing.T) {
	t.Parallel()
	for _, reason := range []TroubleReason{
		TroubleNoDecoder, TroubleBrokenVideo, TroubleCodec, TroubleNoVideo, TroubleNoKeyframe,
		TroubleNotRTSP, TroubleUDPOnly, TroubleStalled, TroubleWantsRTSPS, TroubleNoRTSPS,
	} {
		korean, english := rtspKorean[reason], rtspEnglish[reason]
		if !strings.HasSuffix(korean, "세요.") || strings.Count(korean, ". ") < 1 || len(korean) > 300 {
			t.Errorf("%s in Korean, %d bytes: %q", reason, len(korean), korean)
		}
		if strings.ContainsFunc(english, func(r rune) bool { return r > unicode.MaxASCII }) ||
			!strings.HasSuffix(english, ".") || strings.Count(english, ". ") < 1 || len(english) > 300 {
			t.Errorf("%s in English: %q", reason, english)
		}
	}
	if len(rtspKorean) != 10 || len(rtspEnglish) != 10 {
		t.Errorf("%d and %d sentences, want 10", len(rtspKorean), len(rtspEnglish))
	}
}
