package briefing

import "testing"

func TestReasons_of_RTSP_have_a_sentence_in_each_language(t *testing.T) {
	t.Parallel()
	for _, reason := range []TroubleReason{
		ReasonNoDecoder, ReasonBrokenVideo, ReasonVideoCodec, ReasonNoVideo, ReasonNoKeyframe,
		ReasonNotRTSP, ReasonUDPOnly, ReasonStalled,
	} {
		if rtspKorean[reason] == "" || rtspEnglish[reason] == "" {
			t.Errorf("%s has no sentence", reason)
		}
	}
	if len(rtspKorean) != 8 || len(rtspEnglish) != 8 {
		t.Errorf("%d and %d sentences, want 8", len(rtspKorean), len(rtspEnglish))
	}
}
