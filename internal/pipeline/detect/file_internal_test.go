package detect

import (
	"strings"
	"testing"
)

// endless is a file that grows as fast as it is read.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	e.read += len(b)
	return len(b), nil
}

func TestReadAll_ends_with_a_file_that_grows(t *testing.T) {
	t.Parallel()
	f := &endless{}
	if b, err := readAll(f, "a.onnx", 10, 1000); err == nil || b != nil || f.read > 2000 {
		t.Errorf("after %d bytes readAll = %d bytes, %v", f.read, len(b), err)
	}
	if b, err := readAll(strings.NewReader("model"), "a.onnx", 5, 5); err != nil || string(b) != "model" {
		t.Errorf("readAll = %q, %v", b, err)
	}
}

// Names reach captions, so none may turn or hide the text around it.
func TestCheckClasses_refuses_hidden_letters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"per\u202eson", "a\u200bb", "\ue000", "a\x7f"} {
		if got, err := checkClasses([]string{name}); err == nil {
			t.Errorf("checkClasses(%q) = %q", name, got)
		}
	}
	if _, err := checkClasses([]string{"person", "재활용 통", "hair-drier", "traffic light (red)"}); err != nil {
		t.Error(err)
	}
}
