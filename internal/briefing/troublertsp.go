package briefing

// The reasons of cameras with RTSP, besides those of all network cameras.
const (
	TroubleNoDecoder   TroubleReason = "NO_DECODER"     // H.264 or H.265, and ffmpeg was not found
	TroubleBrokenVideo TroubleReason = "BROKEN_VIDEO"   // the video cannot be decoded
	TroubleCodec       TroubleReason = "VIDEO_CODEC"    // a codec that no part of the server reads
	TroubleNoVideo     TroubleReason = "NO_VIDEO"       // the stream has no video
	TroubleNoKeyframe  TroubleReason = "NO_KEYFRAME"    // video comes, but no whole picture in time
	TroubleNotRTSP     TroubleReason = "NOT_RTSP"       // another protocol answers on the port
	TroubleUDPOnly     TroubleReason = "RTSP_UDP_ONLY"  // the camera refuses video over TCP
	TroubleStalled     TroubleReason = "STREAM_STALLED" // the connection is open, but nothing comes
	TroubleWantsRTSPS  TroubleReason = "RTSPS_NEEDED"   // rtsp:// at a port with TLS
	TroubleNoRTSPS     TroubleReason = "RTSP_NEEDED"    // rtsps:// at a port without TLS
)

// rtspTexts are what an owner reads about these reasons.
var rtspTexts = map[TroubleReason]troubleText{
	TroubleNoDecoder: {
		"카메라가 H.264나 H.265 영상을 보내는데, 서버에 이 영상을 읽는 프로그램(ffmpeg)이 없습니다. " +
			"서버에 ffmpeg를 설치하거나 카메라의 영상 형식을 MJPEG로 바꿔 주세요.",
		"The camera sends H.264 or H.265 video, and the server has no ffmpeg to read " +
			"it. Install ffmpeg on the server, or set the camera's video format to MJPEG.",
	},
	TroubleBrokenVideo: {
		"카메라에서 온 영상이 깨져 있어 읽을 수 없습니다. 네트워크를 확인하고, " +
			"계속되면 카메라를 다시 켜 주세요.",
		"The camera's video is broken and cannot be read. Check the network, and " +
			"restart the camera if this goes on.",
	},
	TroubleCodec: {
		"카메라가 서버에서 읽을 수 없는 형식으로 영상을 보냅니다. " +
			"카메라 설정에서 영상 형식을 H.264로 바꿔 주세요.",
		"The camera sends its video in a format that the server cannot read. " +
			"Set the video format to H.264 in the camera's settings.",
	},
	TroubleNoVideo: {
		"이 주소에는 영상이 없습니다. 카메라 설명서에서 영상 주소를 확인해 주세요.",
		"This address has no video. Check the address of the video in the camera's " +
			"manual.",
	},
	TroubleNoKeyframe: {
		"영상은 오지만 온전한 화면이 제때 오지 않습니다. " +
			"카메라 설정에서 I-프레임(키프레임) 간격을 2초 이하로 줄여 주세요.",
		"Video comes, but no complete picture in time. Set the I-frame (keyframe) " +
			"interval in the camera's settings to 2 seconds or less.",
	},
	TroubleNotRTSP: {
		"이 포트에서는 RTSP가 아닌 다른 서비스가 응답합니다. " +
			"RTSP의 포트는 보통 554번이니, 주소의 포트 번호를 확인해 주세요.",
		"Something other than RTSP answers on this port. Check the port in the " +
			"address. RTSP usually has port 554.",
	},
	TroubleUDPOnly: {
		"카메라가 TCP로는 영상을 보내지 않습니다. " +
			"카메라 설정에서 RTSP 전송 방식을 TCP로 허용해 주세요.",
		"The camera does not send its video over TCP. Allow RTSP over TCP in the " +
			"camera's settings.",
	},
	TroubleStalled: {
		"카메라와 연결되어 있지만 영상이 멈췄습니다. 서버가 다시 연결합니다. " +
			"계속되면 카메라를 다시 켜 주세요.",
		"The connection to the camera is open, but its video has stopped. The server " +
			"connects again. Restart the camera if this goes on.",
	},
	TroubleWantsRTSPS: {
		"카메라가 암호화된 RTSP만 받습니다. 주소를 rtsps:// 로 시작하도록 적어 주세요.",
		"The camera accepts only encrypted RTSP. Begin its address with rtsps://.",
	},
	TroubleNoRTSPS: {
		"카메라의 이 포트는 암호화된 RTSP를 받지 않습니다. " +
			"주소를 rtsp:// 로 시작하도록 적거나 포트 번호를 확인해 주세요.",
		"This port of the camera has no encrypted RTSP. Begin the address with " +
			"rtsp://, or check its port.",
	},
}
