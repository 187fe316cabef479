package briefing

// The reasons of trouble with a camera's address, its network and its protocol.
const (
	TroubleName         TroubleReason = "NAME_UNKNOWN"         // the host's name does not exist
	TroubleForbidden    TroubleReason = "ADDRESS_NOT_ALLOWED"  // the server may not call the host
	TroubleNoRoute      TroubleReason = "HOST_UNREACHABLE"     // no way leads to the host
	TroubleNotListening TroubleReason = "CONNECTION_REFUSED"   // nothing answers at the port
	TroubleCut          TroubleReason = "CONNECTION_LOST"      // it broke before a picture was here
	TroubleTimeout      TroubleReason = "TIMEOUT"              // no answer in time
	TroubleSlow         TroubleReason = "TOO_SLOW"             // a part of a picture came in time
	TroubleNoPicture    TroubleReason = "NO_PICTURE"           // connected, but no picture in time
	TroubleOther        TroubleReason = "OTHER_PROTOCOL"       // something else answers at the port
	TroubleWantsRTSP    TroubleReason = "RTSP_PORT"            // the port speaks RTSP
	TroubleWantsTLS     TroubleReason = "HTTPS_NEEDED"         // http:// at an https port
	TroubleNoTLS        TroubleReason = "HTTP_NEEDED"          // https:// at an http port
	TroubleTLS          TroubleReason = "TLS_FAILED"           // no common version of TLS
	TroubleCertificate  TroubleReason = "CERTIFICATE_UNKNOWN"  // of a host that is not the camera's
	TroubleChanged      TroubleReason = "CERTIFICATE_CHANGED"  // not the one that was accepted
	TroubleLoop         TroubleReason = "TOO_MANY_REDIRECTS"   // it leads on and on
	TroubleRedirect     TroubleReason = "REDIRECT_NOT_ALLOWED" // from https to http, or nowhere
)

// The reasons of trouble with a camera's answer.
const (
	TroubleNeedsLogin TroubleReason = "PASSWORD_NEEDED"     // the address has no credentials
	TroubleLogin      TroubleReason = "WRONG_PASSWORD"      // the credentials were refused
	TroubleDenied     TroubleReason = "NOT_PERMITTED"       // the account may not see pictures
	TroubleLocked     TroubleReason = "ACCOUNT_LOCKED"      // after too many wrong passwords
	TroubleScheme     TroubleReason = "LOGIN_UNSUPPORTED"   // neither Digest nor Basic
	TroubleNotFound   TroubleReason = "NOT_FOUND"           // nothing at this path
	TroubleBusy       TroubleReason = "BUSY"                // too many viewers, or it starts
	TroubleFault      TroubleReason = "CAMERA_FAULT"        // the camera reports a fault of its own
	TroubleStatus     TroubleReason = "UNEXPECTED_ANSWER"   // any other status
	TroubleWebPage    TroubleReason = "WEB_PAGE"            // a page instead of a picture
	TroubleLoginPage  TroubleReason = "LOGIN_PAGE"          // a page with a form for a password
	TroubleEmpty      TroubleReason = "EMPTY_ANSWER"        // no bytes
	TroubleFormat     TroubleReason = "FORMAT_NOT_READABLE" // a picture in another format
	TroubleVideo      TroubleReason = "VIDEO"               // a video that is not MJPEG
	TroubleNotPicture TroubleReason = "NOT_A_PICTURE"       // something else
	TroubleBroken     TroubleReason = "BROKEN_PICTURE"      // a picture with damage
	TroubleTooLarge   TroubleReason = "TOO_LARGE"           // more bytes or pixels than allowed
)

// The reasons of trouble with a device that pushes pictures.
const (
	TroublePushStopped TroubleReason = "PUSH_STOPPED" // no new picture since a while
	TroublePushWaiting TroubleReason = "PUSH_WAITING" // none has come yet
)

// Login reports whether the cause is the credentials, or that there are none.
func (r TroubleReason) Login() bool {
	switch r {
	case TroubleNeedsLogin, TroubleLogin, TroubleDenied, TroubleLocked, TroubleScheme:
		return true
	}
	return false
}

// Sentence returns one sentence for the owner about a reason, and one with the next step, in
// Korean or English. It has no address and no credentials. It is empty for an unknown reason.
func Sentence(reason TroubleReason, english bool) string {
	text, ok := troubleTexts[reason]
	if !ok {
		text = rtspTexts[reason]
	}
	return text.in(english)
}

// TroubleReasons returns every reason that has a sentence.
func TroubleReasons() []TroubleReason {
	reasons := make([]TroubleReason, 0, len(troubleTexts)+len(rtspTexts))
	for _, texts := range []map[TroubleReason]troubleText{troubleTexts, rtspTexts} {
		for r := range texts {
			reasons = append(reasons, r)
		}
	}
	return reasons
}

// troubleText is what an owner reads about a reason.
type troubleText struct{ korean, english string }

// in returns the text in a language.
func (t troubleText) in(english bool) string {
	if english {
		return t.english
	}
	return t.korean
}

var troubleTexts = map[TroubleReason]troubleText{
	TroubleName: {
		"카메라 주소의 이름을 찾을 수 없습니다. 철자를 확인하거나 숫자 주소(IP)로 적어 주세요.",
		"The name in the camera's address does not exist. Check its spelling, or enter the IP address.",
	},
	TroubleForbidden: {
		"이 서버가 접속할 수 없는 주소입니다. 카메라의 공유기 안 주소나 인터넷 주소를 적어 주세요.",
		"This server may not call that address. Enter the camera's address in your own network.",
	},
	TroubleNoRoute: {
		"카메라가 있는 네트워크에 닿을 수 없습니다. 서버와 카메라가 같은 공유기에 연결되어 있는지 확인해 주세요.",
		"The camera's network cannot be reached. Check that server and camera share a network.",
	},
	TroubleNotListening: {
		"그 주소의 포트에서 아무것도 응답하지 않습니다. 카메라가 켜져 있는지, 포트 번호가 맞는지 확인해 주세요.",
		"Nothing answers at that port. Check that the camera is on, and its port number.",
	},
	TroubleCut: {
		"화면을 받는 도중에 카메라가 연결을 끊었습니다. 카메라의 네트워크 연결을 확인해 주세요.",
		"The camera ended the connection before a picture was complete. Check its network.",
	},
	TroubleTimeout: {
		"카메라가 제시간에 응답하지 않습니다. 카메라의 전원과 네트워크를 확인해 주세요.",
		"The camera does not answer in time. Check its power and its network.",
	},
	TroubleSlow: {
		"화면이 너무 느리게 옵니다. 카메라에서 더 작은 해상도를 고르거나 와이파이 신호를 확인해 주세요.",
		"Pictures come too slowly. Choose a smaller picture in the camera, or check its Wi-Fi.",
	},
	TroubleNoPicture: {
		"카메라에 연결되었지만 화면이 오지 않습니다. 카메라를 다시 시작하거나 다른 영상 주소를 적어 주세요.",
		"The camera is connected but sends no picture. Restart it, or enter another of its addresses.",
	},
	TroubleOther: {
		"그 포트에서 카메라 화면이 아닌 다른 서비스가 응답합니다. 포트 번호를 확인해 주세요.",
		"Another service answers at that port. Check the port number.",
	},
	TroubleWantsRTSP: {
		"그 포트는 RTSP 포트입니다. 주소를 rtsp:// 로 시작하도록 적어 주세요.",
		"That port speaks RTSP. Begin the address with rtsp://.",
	},
	TroubleWantsTLS: {
		"그 포트는 https만 받습니다. 주소를 https:// 로 시작하도록 적어 주세요.",
		"That port speaks https. Begin the address with https://.",
	},
	TroubleNoTLS: {
		"그 포트에서는 https를 쓰지 않습니다. 주소를 http:// 로 시작하도록 적거나 https 포트를 적어 주세요.",
		"That port does not speak https. Begin the address with http://, or enter the port of https.",
	},
	TroubleTLS: {
		"카메라와 보안 연결(TLS)을 맺을 수 없습니다. 카메라 펌웨어를 업데이트하거나 http:// 주소를 써 주세요.",
		"No secure connection is possible. Update the camera's firmware, or use its http:// address.",
	},
	TroubleCertificate: {
		"카메라의 인증서를 확인할 수 없어 접속하지 않았습니다. 카메라의 주소와 인증서를 확인해 주세요.",
		"The certificate cannot be verified, so nothing was sent. Check the address and certificate.",
	},
	TroubleChanged: {
		"카메라의 인증서가 전에 받아들인 것과 다릅니다. 카메라를 바꿨다면 이 화면에서 시험해 새 지문을 저장하고, 아니면 네트워크를 점검해 주세요.",
		"The camera's certificate is not the accepted one. If you replaced the camera, test it here " +
			"and save the new fingerprint; otherwise check your network.",
	},
	TroubleLoop: {
		"카메라가 다른 주소로 계속 넘깁니다. 브라우저에서 사진이 보이는 마지막 주소를 적어 주세요.",
		"The camera redirects again and again. Enter the address at which a browser shows the picture.",
	},
	TroubleRedirect: {
		"카메라가 쓸 수 없는 주소로 넘깁니다. 브라우저에서 사진이 보이는 주소를 적어 주세요.",
		"The camera redirects to an unusable address. Enter the one at which a browser shows " +
			"the picture.",
	},
	TroubleNeedsLogin: {
		"카메라가 아이디와 비밀번호를 요구합니다. 카메라의 아이디와 비밀번호를 적어 주세요.",
		"The camera asks for a user name and a password. Enter those of the camera.",
	},
	TroubleLogin: {
		"카메라가 아이디나 비밀번호를 거절했습니다. 카메라에 정한 아이디와 비밀번호를 확인해 주세요.",
		"The camera refused the user name or the password. Check those set in the camera.",
	},
	TroubleDenied: {
		"이 아이디는 화면을 볼 권한이 없습니다. 카메라 설정에서 그 아이디에 보기 권한을 주세요.",
		"This user of the camera may not see pictures. Grant that right in the camera's settings.",
	},
	TroubleLocked: {
		"비밀번호가 여러 번 틀려 카메라가 계정을 잠갔습니다. 30분쯤 뒤에 비밀번호를 확인해 다시 시도해 주세요.",
		"The camera has locked the account after wrong passwords. Try again in half an hour.",
	},
	TroubleScheme: {
		"카메라가 지원하지 않는 로그인 방식을 씁니다. 카메라 설정에서 인증 방식을 Digest나 Basic으로 바꿔 주세요.",
		"The camera asks for an unsupported kind of login. Choose Digest or Basic in its settings.",
	},
	TroubleNotFound: {
		"카메라에 그 주소의 화면이 없습니다. 슬래시(/) 뒤의 경로를 기종에 맞게 고쳐 주세요.",
		"The camera has nothing at that path. Correct what follows the slash for your make.",
	},
	TroubleBusy: {
		"카메라가 바쁩니다. 보고 있는 앱이나 화면을 줄이고 잠시 뒤에 다시 시도해 주세요.",
		"The camera is busy. Close other viewers of it and try again in a while.",
	},
	TroubleFault: {
		"카메라가 고장을 알려 왔습니다. 카메라를 껐다가 켜 주세요.",
		"The camera reports a fault of its own. Switch it off and on again.",
	},
	TroubleStatus: {
		"카메라가 화면 대신 다른 답을 보냈습니다. 주소가 기종에 맞는지 확인해 주세요.",
		"The camera sent something else than a picture. Check the address for your make.",
	},
	TroubleWebPage: {
		"그 주소는 사진이 아니라 웹 페이지입니다. 카메라의 사진(스냅샷) 주소를 적어 주세요.",
		"That address is a web page, not a picture. Enter the camera's snapshot address.",
	},
	TroubleLoginPage: {
		"그 주소는 로그인 페이지입니다. 로그인 없이 열리는 카메라의 사진(스냅샷) 주소를 적어 주세요.",
		"That address is a page for signing in. Enter the camera's snapshot address instead.",
	},
	TroubleEmpty: {
		"카메라가 빈 답을 보냈습니다. 카메라를 다시 시작하거나 주소를 확인해 주세요.",
		"The camera sent an empty answer. Restart it, or check the address.",
	},
	TroubleFormat: {
		"읽을 수 없는 사진 형식입니다. 카메라 설정에서 JPEG를 골라 주세요.",
		"The format of the picture cannot be read. Choose JPEG in the camera's settings.",
	},
	TroubleVideo: {
		"그 주소는 사진이 아니라 동영상입니다. 스냅샷이나 MJPEG 주소, 또는 rtsp:// 주소를 적어 주세요.",
		"That address sends a video. Enter the address of a snapshot or of MJPEG, or an rtsp:// address.",
	},
	TroubleNotPicture: {
		"카메라에서 온 것이 사진이 아닙니다. 주소가 기종의 사진(스냅샷) 주소인지 확인해 주세요.",
		"What the camera sends is not a picture. Check that the address is that of a snapshot.",
	},
	TroubleBroken: {
		"카메라에서 온 사진이 깨져 있습니다. 네트워크 연결을 확인하고 카메라를 다시 시작해 주세요.",
		"The camera's picture is broken. Check its network and restart it.",
	},
	TroublePushStopped: {
		"폰 카메라가 멈췄습니다. 카메라로 쓰는 기기의 화면이 켜져 있는지, 인터넷에 연결되어 있는지 확인해 주세요.",
		"The phone camera stopped. Check that the device's screen is on and that it is online.",
	},
	TroublePushWaiting: {
		"기기에서 사진이 아직 오지 않았습니다. 카메라로 쓸 기기에서 촬영을 시작해 주세요.",
		"No picture has come from the device yet. Start the camera on that device.",
	},
	TroubleTooLarge: {
		"사진이 너무 큽니다. 카메라 설정에서 더 작은 해상도를 골라 주세요.",
		"The picture is too large. Choose a smaller one in the camera's settings.",
	},
}
