package counting

import (
	"errors"
	"fmt"
)

// Reason says in one word why a detector does not count. The values are part of the API.
type Reason string

// The reasons.
const (
	Preparing   Reason = "PREPARING"   // it is loaded, or compiled before that
	Missing     Reason = "MISSING"     // there is no such file
	NoFile      Reason = "NO_FILE"     // the file cannot be read, or is no regular file
	TooLarge    Reason = "TOO_LARGE"   // the file has too many bytes
	NoModel     Reason = "NO_MODEL"    // the file is not a model that can be run
	UnknownHead Reason = "UNKNOWN"     // the model is no detector of a known kind
	BadClasses  Reason = "BAD_CLASSES" // the file of class names cannot be used
	Unsupported Reason = "UNSUPPORTED" // models do not run on this processor
	NoCache     Reason = "NO_CACHE"    // the folder for compiled code cannot be used
	NoMemory    Reason = "NO_MEMORY"   // the model needs too much memory
	Slow        Reason = "SLOW"        // it takes too long
	Nonsense    Reason = "NONSENSE"    // its answers cannot be
	Unreachable Reason = "UNREACHABLE" // the server does not answer
	Refused     Reason = "REFUSED"     // the server answers with an error
	Failed      Reason = "FAILED"      // any other fault
)

// sentences are for owners.
var sentences = map[Reason]string{
	Preparing:   "감지 모델을 준비하고 있습니다. 준비되면 모델이 셉니다.",
	Missing:     "감지 모델 파일이 없습니다. 파일의 위치를 확인해 주세요.",
	NoFile:      "감지 모델 파일을 읽을 수 없습니다. 파일과 권한을 확인해 주세요.",
	TooLarge:    "감지 모델 파일이 너무 큽니다. 더 작은 모델을 골라 주세요.",
	NoModel:     "실행할 수 있는 ONNX 모델 파일이 아닙니다. 다른 파일을 골라 주세요.",
	UnknownHead: "이 모델의 출력 형식을 알 수 없습니다. 지원하는 감지 모델을 골라 주세요.",
	BadClasses:  "감지 모델의 이름 목록을 읽을 수 없습니다. 목록 파일을 확인해 주세요.",
	Unsupported: "이 서버의 프로세서에서는 감지 모델을 실행할 수 없습니다.",
	NoCache:     "감지 모델을 준비할 폴더를 쓸 수 없습니다. 데이터 폴더의 권한을 확인해 주세요.",
	NoMemory:    "감지 모델이 메모리를 너무 많이 씁니다. 더 작은 모델을 골라 주세요.",
	Slow:        "감지가 너무 오래 걸립니다. 더 작은 모델이나 더 긴 간격을 골라 주세요.",
	Nonsense:    "감지 결과가 올바르지 않습니다. 모델을 확인해 주세요.",
	Unreachable: "감지 서버에 연결할 수 없습니다. 감지 서버를 확인해 주세요.",
	Refused:     "감지 서버가 오류로 답합니다. 감지 서버의 주소와 설정을 확인해 주세요.",
	Failed:      "감지가 거듭 실패했습니다. 잠시 뒤 다시 시도합니다.",
}

// sentence returns the reason for owners.
func (r Reason) sentence() string { return sentences[r] + " 지금은 움직임으로 셉니다." }

// Fault is an error with a reason.
type Fault struct {
	Reason Reason
	Err    error
}

func (f *Fault) Error() string { return f.Err.Error() }

func (f *Fault) Unwrap() error { return f.Err }

// Faultf returns a Fault of a reason.
func Faultf(r Reason, format string, args ...any) error {
	return &Fault{r, fmt.Errorf(format, args...)}
}

// errSlow is the error of a picture that was not read in time.
var errSlow = Faultf(Slow, "the detector takes too long")

// reasonOf returns the reason of an error.
func reasonOf(err error) Reason {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Reason
	}
	return Failed
}
