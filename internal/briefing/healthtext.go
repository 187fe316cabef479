package briefing

import (
	"fmt"
	"regexp"
)

// Detail returns what is the matter with a camera in this state, and the owner's next step. It has
// one sentence for each, in Korean or English, without credentials and addresses. The sentences are
// those of the reason, if it has any. For a camera of the settings the next step is the operator's.
// A certificate that has changed is named, with the accepted one. Detail is empty if all is well,
// and for a state that this version does not know.
func (h CameraHealth) Detail(english bool) string {
	text := h.sentences(english)
	prints := fingerprints.FindAllString(h.Words, 2)
	if h.Reason != TroubleChanged || !h.State.Blind() || len(prints) != 2 {
		return text
	}
	return text + " " + fmt.Sprintf(twoPrints.in(english), prints[0], prints[1])
}

// fingerprints are in the words about a certificate that has changed: the accepted one, and the one
// that was refused. twoPrints names both.
var (
	fingerprints = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	twoPrints    = troubleText{"저장된 지문은 %s, 지금 지문은 %s입니다.", "Accepted: %s. Now: %s."}
)

// sentences returns the detail without what differs from camera to camera.
func (h CameraHealth) sentences(english bool) string {
	if text, ok := h.operatorText(); ok {
		return text.in(english)
	}
	if text := Sentence(h.Reason, english); text != "" && h.State.Blind() {
		return text
	}
	return healthTexts[h.State].in(english)
}

// operatorText returns the sentences about a camera of the settings whose next step differs from
// that of other cameras. ok is false if there are none.
func (h CameraHealth) operatorText() (text troubleText, ok bool) {
	switch {
	case !h.Settings:
		return troubleText{}, false
	case h.State == CameraMoved:
		return movedSettings, true
	case h.Reason == TroubleChanged && h.State.Blind():
		return changedSettings, true
	}
	return troubleText{}, false
}

// What owners read about a camera of the settings.
var (
	changedSettings = troubleText{
		"카메라의 인증서가 전에 받아들인 것과 다릅니다. 카메라를 바꿨다면 서버 관리자가 데이터 폴더의 camera-certificates 파일에 " +
			"새 지문을 적고, 아니면 네트워크를 점검해 주세요.",
		"The camera's certificate is not the accepted one. If the camera was replaced, the operator " +
			"writes the new fingerprint into the file camera-certificates of the data folder; " +
			"otherwise check the network.",
	}
	movedSettings = troubleText{
		"카메라가 다른 곳을 비추고 있습니다. 카메라를 원래 방향으로 돌리거나 새 방향이 맞으면 서버를 다시 시작해 주세요.",
		"The camera points elsewhere. Turn it back, or restart the server if the new view is right.",
	}
)

// healthTexts has the sentences of every state but CameraOK. The Korean ones have Hangul, spaces
// and full stops alone, so that they can be read aloud.
var healthTexts = map[CameraState]troubleText{
	CameraUnobserved: {
		"아직 화면을 받은 적이 없습니다. 브리핑을 시작하면 카메라를 확인합니다.",
		"No picture has come yet. The camera is checked when briefings start.",
	},
	CameraAway: {
		"카메라에서 화면이 오지 않습니다. 카메라의 전원과 네트워크를 확인해 주세요.",
		"No picture comes from the camera. Check its power and its network.",
	},
	CameraRefused: {
		"카메라가 접속을 거절했습니다. 설정에 적은 카메라의 아이디와 비밀번호를 확인해 주세요.",
		"The camera refuses access. Check the user name and the password in its settings here.",
	},
	CameraIllegible: {
		"카메라에서 온 것을 사진으로 읽을 수 없습니다. 설정에 적은 카메라 주소가 사진 주소인지 확인해 주세요.",
		"What the camera sends is not a picture. Check that its address is that of a picture.",
	},
	CameraStale: {
		"카메라가 오래된 화면을 보내고 있습니다. 카메라의 시계를 맞추고 카메라를 다시 켜 주세요.",
		"The camera sends old pictures. Set its clock, and switch it off and on again.",
	},
	CameraFrozen: {
		"카메라 화면이 멈춰 있습니다. 카메라나 녹화기를 껐다가 다시 켜 주세요.",
		"The camera repeats one picture. Switch the camera or its recorder off and on again.",
	},
	CameraDark: {
		"화면이 너무 어두워 매장이 보이지 않습니다. 매장의 조명과 카메라 렌즈를 확인해 주세요.",
		"It is too dark to see the shop. Check the lights and the lens.",
	},
	CameraCovered: {
		"무언가가 카메라를 가리고 있습니다. 렌즈 앞을 확인해 주세요.",
		"Something covers the camera. Check what is in front of its lens.",
	},
	CameraBlurred: {
		"화면이 흐려서 매장이 잘 보이지 않습니다. 렌즈를 닦고 초점을 확인해 주세요.",
		"The picture is blurred. Clean the lens and check its focus.",
	},
	CameraMoved: {
		"카메라가 다른 곳을 비추고 있습니다. 카메라를 원래 방향으로 돌리거나 새 방향이 맞으면 이 카메라를 다시 저장해 주세요.",
		"The camera points elsewhere. Turn it back, or save it here again if the new view is right.",
	},
	CameraLightChange: {
		"조명이나 촬영 방식이 바뀌어 화면을 다시 익히고 있습니다. 잠시 뒤 자동으로 다시 셉니다.",
		"The light has changed, so the view is learnt anew. Counting starts again by itself.",
	},
}
