/** The Korean texts about who counts, and where. countsEn.ts has the same keys. */
export const countsKo = {
  title: "세는 방법", now: "지금", speed: "걸리는 시간", ms: "사진 한 장에 {{ms}} ms", wanted: "정해 둔 감지기",
  ways: { MOTION: "움직임으로 추정", MODEL: "모델 {{name}}", HTTP: "HTTP 감지기 {{name}}", OUTSIDE: "외부에서 보냄" },
  estimate: "움직임으로 센 수는 추정이에요. 붙어 있거나 오래 가만히 있는 사람은 놓칠 수 있어요.",
  better: "서버에 감지 모델 파일을 정해 두면 더 정확하게 세고, ‘추정’ 표시가 없어져요.",
  instead: "정해 둔 감지기가 세지 못해, 지금은 움직임으로 추정해요.",
  sample: "센 수는 브리핑 때마다의 표본이며 방문객 수가 아니에요.",
  reasons: {
    PREPARING: "감지 모델을 준비하고 있어요.", MISSING: "감지 모델 파일이 없어요.", NO_FILE: "감지 모델 파일을 읽을 수 없어요.", TOO_LARGE: "감지 모델 파일이 너무 커요.",
    NO_MODEL: "실행할 수 있는 ONNX 모델 파일이 아니에요.", UNKNOWN: "이 모델의 출력 형식을 알 수 없어요.", BAD_CLASSES: "감지 모델의 이름 목록을 읽을 수 없어요.",
    UNSUPPORTED: "이 서버의 프로세서에서는 감지 모델을 실행할 수 없어요.", NO_CACHE: "감지 모델을 준비할 폴더를 쓸 수 없어요.", NO_MEMORY: "감지 모델이 메모리를 너무 많이 써요.",
    SLOW: "감지가 너무 오래 걸려요.", NONSENSE: "감지 결과가 올바르지 않아요.", UNREACHABLE: "감지 서버에 연결할 수 없어요.", REFUSED: "감지 서버가 오류로 답해요.", FAILED: "감지가 거듭 실패했어요.",
  },
  zones: "구역별", zone: "{{name}} {{count}}명", deletedZone: "지워진 구역", whole: "화면 전체", outside: "구역 밖", outsideText: "구역 밖은 세지 않아요.",
  unchanged: "앞 브리핑과 같은 화면이라 다시 세지 않았어요.",
  boxes: "찾은 사람 표시", people: "찾은 사람 {{count}}명", peopleBy: "찾은 사람 {{count}}명: {{places}}", others: "그 밖에 {{count}}개", nobody: "찾은 사람이 없어요.",
  foot: "네모는 찾은 사람이고, 아래 점은 선 자리예요.", median: "표시는 마지막 사진의 것이고, 센 수는 이어 찍은 사진들의 가운데 값이라 다를 수 있어요.",
};
