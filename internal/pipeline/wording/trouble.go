package wording

import (
	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// troubleOf returns the situation of a camera that shows nothing of the shop, by the code of the
// run. ok is false if there is none.
func troubleOf(in pipeline.CaptionInput) (s situation, ok bool) {
	switch in.Degraded {
	case briefing.CameraOffline:
		return cameraOffline, true
	case briefing.CameraRefusing:
		return cameraRefused, true
	case briefing.CameraUnreadable:
		return cameraUnreadable, true
	case briefing.CameraTooOld:
		return cameraStale, true
	case briefing.CameraStuck:
		return cameraFrozen, true
	case briefing.CameraBlocked:
		return cameraCovered, true
	case briefing.CameraUnsharp:
		return cameraBlurred, true
	case briefing.CameraTurned:
		return cameraMoved, true
	}
	h := in.Facts.Health
	return lightChanged, h != nil && h.State == briefing.CameraLightChange && !in.Facts.Counted
}

// trouble is a clause on a camera. The Korean one is a stem that ends in 있 or 없, so that both
// 습니다 and 어 fit.
type trouble struct{ korean, polite, casual string }

// troubles has the clause of each situation without a shop in the picture.
var troubles = map[situation]trouble{
	cameraOffline: {
		"카메라에 연결할 수 없", "The camera cannot be reached", "Can't reach the camera",
	},
	cameraRefused: {
		"카메라가 화면을 내주지 않고 있", "The camera refuses to give a picture",
		"The camera won't give a picture",
	},
	cameraUnreadable: {
		"카메라 화면을 읽을 수 없", "The camera's picture cannot be read",
		"Can't read the camera's picture",
	},
	cameraStale: {
		"카메라가 오래된 화면만 보내고 있", "The camera sends old pictures only",
		"The camera only sends old pictures",
	},
	cameraFrozen: {
		"카메라 화면이 멈춰 있", "The camera's picture is frozen", "The camera's picture is stuck",
	},
	cameraCovered: {
		"무언가가 카메라를 가리고 있", "Something covers the camera", "Something's covering the camera",
	},
	cameraBlurred: {
		"카메라 화면이 흐려 매장을 알아볼 수 없", "The camera's picture is blurred",
		"The camera's picture is a blur",
	},
	cameraMoved: {
		"카메라가 다른 곳을 비추고 있", "The camera points elsewhere", "The camera's pointing elsewhere",
	},
}

// reasons has the clause of a reason that says more than the situation. The keys are the public
// values of briefing.TroubleReason.
var reasons = map[briefing.TroubleReason]trouble{
	"WRONG_PASSWORD": {
		"카메라가 아이디나 비밀번호를 거절하고 있",
		"The camera refuses the user name or the password",
		"The camera won't accept the user name or the password",
	},
	"PASSWORD_NEEDED": {
		"카메라가 아이디와 비밀번호를 요구하고 있",
		"The camera asks for a user name and a password",
		"The camera wants a user name and a password",
	},
	"NOT_PERMITTED": {
		"카메라 계정에 화면을 볼 권한이 없",
		"The camera's account may not see pictures",
		"The camera's account isn't allowed to see pictures",
	},
	"ACCOUNT_LOCKED": {
		"카메라가 계정을 잠가 화면을 볼 수 없",
		"The camera has locked its account", "The camera's account is locked",
	},
	"NOT_FOUND": {
		"카메라에 그 주소의 화면이 없",
		"The camera has no picture at its address", "No picture at the camera's address",
	},
	"BUSY": {
		"카메라가 바빠 화면을 내주지 못하고 있",
		"The camera is too busy to give a picture", "The camera's too busy for a picture",
	},
	"CAMERA_FAULT": {
		"카메라가 고장을 알리고 있", "The camera reports a fault", "The camera says it's broken",
	},
	"CERTIFICATE_CHANGED": {
		"카메라의 인증서가 바뀌어 화면을 받을 수 없",
		"The camera's certificate has changed, so no picture was requested",
		"The camera's certificate changed, so no picture",
	},
	"CERTIFICATE_UNKNOWN": {
		"카메라의 인증서를 믿을 수 없어 화면을 받지 않고 있",
		"The camera's certificate cannot be verified, so no picture was requested",
		"Can't verify the camera's certificate, so no picture",
	},
	"ADDRESS_NOT_ALLOWED": {
		"서버가 그 카메라 주소에 접속할 수 없",
		"The server may not call the camera's address",
		"The server isn't allowed to call the camera's address",
	},
	"NAME_UNKNOWN": {
		"카메라 주소의 이름을 찾을 수 없",
		"The name in the camera's address does not exist",
		"The name in the camera's address doesn't exist",
	},
	"WEB_PAGE": {
		"카메라 주소에 사진이 아니라 웹 페이지가 있",
		"The camera's address is a web page and not a picture",
		"The camera's address is a web page, not a picture",
	},
	"LOGIN_PAGE": {
		"카메라 주소에 사진이 아니라 로그인 페이지가 있",
		"The camera's address is a page for signing in and not a picture",
		"The camera's address is a sign-in page, not a picture",
	},
	"FORMAT_NOT_READABLE": {
		"카메라 사진의 형식을 읽을 수 없",
		"The format of the camera's picture cannot be read",
		"Can't read the format of the camera's picture",
	},
	"TOO_LARGE": {
		"카메라 사진이 너무 커서 읽을 수 없",
		"The camera's picture is too large", "The camera's picture is too big",
	},
}

// troubleIn returns the clause for a situation: that of the run's reason, or the general one.
func troubleIn(s situation, in pipeline.CaptionInput) trouble {
	if h := in.Facts.Health; h != nil {
		if t, ok := reasons[h.Reason]; ok {
			return t
		}
	}
	return troubles[s]
}
