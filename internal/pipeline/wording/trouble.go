package wording

import (
	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording/sheet"
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

// cameraKeys are the keys of the situations in which the camera does not show the shop.
var cameraKeys = map[situation]sheet.Key{
	cameraOffline: sheet.Offline, cameraRefused: sheet.Refused, cameraUnreadable: sheet.Unreadable,
	cameraStale: sheet.Stale, cameraFrozen: sheet.Frozen, cameraCovered: sheet.Covered,
	cameraBlurred: sheet.Blurred, cameraMoved: sheet.Moved,
}

// trouble has the sentences of a reason, in the tones of the built-in sheets. The Korean clause is
// a stem that ends in 있 or 없, so that both 습니다 and 어 fit.
type trouble struct{ korean, koreanFigures, polite, casual, figures string }

// reasons has the sentences of the reasons that say more than the keys of cameras. The keys are the
// public values of briefing.TroubleReason. They take the place of built-in lines alone: a model was
// not asked for them.
var reasons = map[briefing.TroubleReason]trouble{
	"WRONG_PASSWORD": {
		"카메라가 아이디나 비밀번호를 거절하고 있", "카메라 아이디 또는 비밀번호 거절됨",
		"The camera refuses the user name or the password",
		"The camera won't accept the user name or the password",
		"Camera refuses user name or password",
	},
	"PASSWORD_NEEDED": {
		"카메라가 아이디와 비밀번호를 요구하고 있", "카메라 아이디와 비밀번호 필요",
		"The camera asks for a user name and a password",
		"The camera wants a user name and a password",
		"Camera wants user name and password",
	},
	"NOT_PERMITTED": {
		"카메라 계정에 화면을 볼 권한이 없", "카메라 계정에 화면 권한 없음",
		"The camera's account may not see pictures",
		"The camera's account isn't allowed to see pictures",
		"Camera account may not see pictures",
	},
	"ACCOUNT_LOCKED": {
		"카메라가 계정을 잠가 화면을 볼 수 없", "카메라 계정 잠김",
		"The camera has locked its account",
		"The camera's account is locked",
		"Camera account locked",
	},
	"NOT_FOUND": {
		"카메라에 그 주소의 화면이 없", "카메라 주소에 화면 없음",
		"The camera has no picture at its address",
		"No picture at the camera's address",
		"No picture at camera address",
	},
	"BUSY": {
		"카메라가 바빠 화면을 내주지 못하고 있", "카메라 바쁨, 화면 없음",
		"The camera is too busy to give a picture",
		"The camera's too busy for a picture",
		"Camera too busy for a picture",
	},
	"CAMERA_FAULT": {
		"카메라가 고장을 알리고 있", "카메라 고장 알림",
		"The camera reports a fault",
		"The camera says it's broken",
		"Camera reports a fault",
	},
	"CERTIFICATE_CHANGED": {
		"카메라의 인증서가 바뀌어 화면을 받을 수 없", "카메라 인증서 바뀜, 화면 받지 않음",
		"The camera's certificate has changed, so no picture was requested",
		"The camera's certificate changed, so no picture",
		"Camera certificate changed, no picture requested",
	},
	"CERTIFICATE_UNKNOWN": {
		"카메라의 인증서를 믿을 수 없어 화면을 받지 않고 있", "카메라 인증서 확인 불가, 화면 받지 않음",
		"The camera's certificate cannot be verified, so no picture was requested",
		"Can't verify the camera's certificate, so no picture",
		"Camera certificate not verified, no picture requested",
	},
	"ADDRESS_NOT_ALLOWED": {
		"서버가 그 카메라 주소에 접속할 수 없", "카메라 주소 접속 불허",
		"The server may not call the camera's address",
		"The server isn't allowed to call the camera's address",
		"Server may not call camera address",
	},
	"NAME_UNKNOWN": {
		"카메라 주소의 이름을 찾을 수 없", "카메라 주소의 이름 없음",
		"The name in the camera's address does not exist",
		"The name in the camera's address doesn't exist",
		"Name in camera address does not exist",
	},
	"WEB_PAGE": {
		"카메라 주소에 사진이 아니라 웹 페이지가 있", "카메라 주소가 웹 페이지, 사진 아님",
		"The camera's address is a web page and not a picture",
		"The camera's address is a web page, not a picture",
		"Camera address is a web page, no picture",
	},
	"LOGIN_PAGE": {
		"카메라 주소에 사진이 아니라 로그인 페이지가 있", "카메라 주소가 로그인 페이지, 사진 아님",
		"The camera's address is a page for signing in and not a picture",
		"The camera's address is a sign-in page, not a picture",
		"Camera address is a sign-in page, no picture",
	},
	"FORMAT_NOT_READABLE": {
		"카메라 사진의 형식을 읽을 수 없", "카메라 사진 형식 판독 불가",
		"The format of the camera's picture cannot be read",
		"Can't read the format of the camera's picture",
		"Format of camera picture not readable",
	},
	"TOO_LARGE": {
		"카메라 사진이 너무 커서 읽을 수 없", "카메라 사진 너무 큼",
		"The camera's picture is too large",
		"The camera's picture is too big",
		"Camera picture too large",
	},
}

// line returns the sentence of a trouble in the tone of a built-in sheet.
func (t trouble) line(language, base string) string {
	casual := base == sheet.Casual || base == sheet.ShortCasual
	switch {
	case language == string(Korean) && base == sheet.Figures:
		return t.koreanFigures
	case language == string(Korean) && casual:
		return t.korean + "어."
	case language == string(Korean):
		return t.korean + "습니다."
	case base == sheet.Figures:
		return t.figures
	case casual:
		return t.casual + "."
	}
	return t.polite + "."
}
