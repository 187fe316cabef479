package briefing

import "testing"

func TestReasons_of_RTSP_have_a_sentence_in_each_language(t *testing.T) {
	t.Parallel()
	for _, reason := range []TroubleReason{
		TroubleNoDecoder, TroubleBrokenVideo, TroubleCodec, TroubleNoVideo, TroubleNoKeyframe,
		TroubleNotRTSP, TroubleUDPOnly, TroubleStalled,
		TroubleWantsRTSPS, TroubleNoRTSPS,
	} {
		if rtspKorean[reason] == "" || rtspEnglish[reason] == "" {
			t.Errorf("%s has no sentence", reason)
		}
	}
	if len(rtspKorean) != 10 || len(rtspEnglish) != 10 {
		t.Errorf("%d and %d sentences, want 10", len(rtspKorean), len(rtspEnglish))
	}
}
