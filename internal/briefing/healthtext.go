package briefing

// Detail returns one sentence about a camera's state with the owner's next step, in Korean or
// English. It has no credentials and no address. It is empty if all is well.
func (h CameraHealth) Detail(english bool) string {
	if english {
		return healthEnglish[h.State]
	}
	return healthKorean[h.State]
}

var healthKorean = map[CameraState]string{
	CameraUnobserved: "아직 화면을 받은 적이 없습니다. 브리핑을 시작하면 카메라를 확인합니다.",
	CameraAway:       "카메라에서 화면이 오지 않습니다. 카메라의 전원과 네트워크를 확인해 주세요.",
	CameraRefused:    "카메라가 접속을 거절했습니다. 설정에 적은 카메라의 아이디와 비밀번호를 확인해 주세요.",
	CameraIllegible:  "카메라에서 온 것을 사진으로 읽을 수 없습니다. 설정에 적은 카메라 주소가 사진 주소인지 확인해 주세요.",
	CameraDark:       "화면이 너무 어두워 매장이 보이지 않습니다. 매장의 조명과 카메라 렌즈를 확인해 주세요.",
}

var healthEnglish = map[CameraState]string{
	CameraUnobserved: "No picture has come yet. The camera is checked when briefings start.",
	CameraAway:       "No picture comes from the camera. Check its power and its network.",
	CameraRefused:    "The camera refused. Check the user name and the password in its address.",
	CameraIllegible:  "What the camera sends is not a picture. Check that the address is that of a picture.",
	CameraDark:       "It is too dark to see the shop. Check the lights and the lens.",
}
