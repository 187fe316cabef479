package briefing

import (
	"fmt"
	"strings"
)

// Refusal is why a camera is not saved or tested, in one stable word for programs. The values are
// public. A TroubleReason may be one, too.
type Refusal string

// The refusals. Those that no other package names are not exported.
const (
	RefuseAddress     Refusal = "ADDRESS_UNREADABLE"
	RefuseNoAddress   Refusal = "ADDRESS_EMPTY"
	RefuseLongAddress Refusal = "ADDRESS_TOO_LONG"
	RefuseAddressText Refusal = "ADDRESS_NOT_ONE_LINE"
	RefuseNoHost      Refusal = "ADDRESS_WITHOUT_HOST"
	RefuseHostLetters Refusal = "HOST_NOT_ASCII"
	RefuseIPv6        Refusal = "IPV6_ADDRESS"
	RefuseFile        Refusal = "ADDRESS_IS_A_FILE"
	RefusePush        Refusal = "PUSH_WITH_ADDRESS"
	RefuseDemo        Refusal = "DEMO_OPTIONS"
	RefuseMask        Refusal = "SECRET_MISSING" // *** without a stored value
	RefuseSecrets     Refusal = "SECRET_UNREADABLE"
	RefuseLoginHost   Refusal = "CREDENTIALS_WITHOUT_HOST"
	RefuseLogin       Refusal = "CREDENTIALS_TEXT"
	RefuseNoKey       Refusal = "NO_CAMERA_KEY"
	RefuseCertificate Refusal = "NO_FINGERPRINT"
	RefuseSettings    Refusal = "CAMERA_OF_THE_SETTINGS"
	RefuseManyCameras Refusal = "TOO_MANY_CAMERAS"
	RefuseNotPushed   Refusal = "CAMERA_NOT_PUSHED"
	refuseRTSPPort            = Refusal(TroubleWantsRTSP)
	refuseNoName      Refusal = "NAME_EMPTY"
	refuseLongName    Refusal = "NAME_TOO_LONG"
	refuseNameText    Refusal = "NAME_NOT_ONE_LINE"
	RefuseZone        Refusal = "ZONE_UNKNOWN"
	refuseAreas       Refusal = "TOO_MANY_AREAS"
	refusePoints      Refusal = "AREA_POINTS"
	refuseOutside     Refusal = "AREA_OUTSIDE"
	refuseTwice       Refusal = "AREA_POINT_TWICE"
	refuseFlat        Refusal = "AREA_EMPTY"
	refuseCrossing    Refusal = "AREA_CROSSES_ITSELF"
	refuseProviders   Refusal = "TOO_MANY_PROVIDERS"
	refuseProvider    Refusal = "PROVIDER_NAME"
	refuseProviderDup Refusal = "PROVIDER_TWICE"
	refuseEgress      Refusal = "EGRESS_UNKNOWN"
	refuseKeepFrames  Refusal = "KEEP_FRAMES_UNKNOWN"
	refuseKeepDays    Refusal = "KEEP_DAYS"
)

// refusalTexts are what an owner reads in Korean. The rule of the InvalidError is the English text.
var refusalTexts = map[Refusal]string{
	RefuseAddress:     "카메라 주소를 읽을 수 없습니다. http://192.168.0.10/snapshot.jpg 처럼 적어 주세요.",
	RefuseNoAddress:   "카메라 주소를 적어 주세요.",
	RefuseLongAddress: fmt.Sprintf("카메라 주소가 너무 깁니다. %d바이트까지 적어 주세요.", MaxSourceLen),
	RefuseAddressText: "카메라 주소에 줄바꿈이나 보이지 않는 글자가 있습니다. 한 줄로 다시 적어 주세요.",
	RefuseNoHost:      "주소에 카메라의 IP나 이름이 없습니다. http://192.168.0.10/snapshot.jpg 처럼 적어 주세요.",
	RefuseHostLetters: "카메라의 이름에 쓸 수 없는 글자가 있습니다. 192.168.0.10 같은 IP 주소로 적어 주세요.",
	RefuseIPv6:        "IPv6 주소는 http://[2001:db8::7]/ 처럼 대괄호 안에 % 없이 적어 주세요.",
	RefuseFile:        "파일은 카메라로 쓸 수 없습니다. 카메라의 주소를 적어 주세요.",
	RefusePush:        "push: 뒤에는 아무것도 없어야 합니다. push: 만 적어 주세요.",
	RefuseDemo: "데모 주소에는 seed와 scene만 쓸 수 있습니다. scene은 " + strings.Join(DemoScenes, ", ") +
		" 가운데 하나로 적어 주세요.",
	RefuseMask:        "주소의 " + SourceMask + " 자리에 저장된 값이 없습니다. 그 자리에 카메라의 비밀번호를 다시 적어 주세요.",
	RefuseSecrets:     "저장된 비밀번호를 읽을 수 없습니다. 주소를 처음부터 다시 적어 주세요.",
	RefuseLoginHost:   "이 종류의 카메라에는 아이디와 비밀번호가 필요 없습니다. 비워 주세요.",
	RefuseLogin:       fmt.Sprintf("아이디와 비밀번호는 각각 %d바이트까지, 줄바꿈 없이 적어 주세요.", MaxLoginLen),
	RefuseNoKey:       "이 서버에는 비밀번호를 암호화할 열쇠가 없어 저장할 수 없습니다. 서버 관리자에게 BIS_CAMERA_KEY 설정을 부탁해 주세요.",
	RefuseCertificate: "인증서의 지문이 아닙니다. SHA-256 지문의 64자리를 그대로 적어 주세요.",
	RefuseSettings:    "기본 카메라는 서버 설정에서만 바꿀 수 있습니다. 서버 관리자에게 부탁해 주세요.",
	RefuseManyCameras: fmt.Sprintf("카메라는 %d대까지 저장할 수 있습니다. 쓰지 않는 카메라를 지워 주세요.", MaxCameras),
	RefuseNotPushed:   "기기가 사진을 보내는 카메라가 아닙니다. 주소를 push: 로 저장한 카메라를 골라 주세요.",
	refuseNoName:      "이름을 적어 주세요.",
	refuseLongName:    fmt.Sprintf("이름이 너무 깁니다. %d자까지 적어 주세요.", MaxCameraName),
	refuseNameText:    "이름에 줄바꿈이나 쓸 수 없는 글자가 있습니다. 한 줄로 다시 적어 주세요.",
	RefuseZone:        "이 카메라에 없는 구역이거나 같은 구역이 두 번 있습니다. 화면을 새로 고치고 다시 그려 주세요.",
	refuseAreas:       fmt.Sprintf("영역이 너무 많습니다. %d개까지 그려 주세요.", MaxPolygons),
	refusePoints:      fmt.Sprintf("영역의 점은 3개에서 %d개까지입니다. 다시 그려 주세요.", MaxPolygonPoints),
	refuseOutside:     "영역이 화면 밖으로 나갔습니다. 화면 안에 다시 그려 주세요.",
	refuseTwice:       "영역의 점 두 개가 겹칩니다. 점을 옮기거나 지워 주세요.",
	refuseFlat:        "영역에 넓이가 없습니다. 조금 더 크게 그려 주세요.",
	refuseCrossing:    "영역의 선이 서로 엇갈리거나 닿습니다. 다시 그려 주세요.",
	refuseProviders:   fmt.Sprintf("모델 회사는 %d곳까지 고를 수 있습니다. 줄여 주세요.", MaxProviders),
	refuseProvider:    "모델 회사의 이름이 올바르지 않습니다. 다시 적어 주세요.",
	refuseProviderDup: "같은 모델 회사가 두 번 있습니다. 하나를 지워 주세요.",
	refuseEgress:      "내보낼 것은 COUNTS, BLURRED, FULL 가운데 하나입니다. 다시 골라 주세요.",
	refuseKeepFrames:  "보관할 사진은 NONE, LAST, CHANGED 가운데 하나입니다. 다시 골라 주세요.",
	refuseKeepDays:    fmt.Sprintf("보관 기간은 1일에서 %d일까지입니다. 다시 골라 주세요.", MaxKeepDays),
}

// Refuse returns an InvalidError with a reason and its Korean sentence. The rule is a format for
// args.
func Refuse(reason Refusal, field, rule string, args ...any) error {
	korean := refusalTexts[reason]
	if korean == "" {
		korean = Sentence(TroubleReason(reason), false)
	}
	return &InvalidError{
		Field: field, Rule: fmt.Sprintf(rule, args...), Reason: reason, Korean: korean,
	}
}
