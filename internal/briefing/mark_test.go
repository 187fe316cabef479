package briefing_test

import (
	"errors"
	"strings"
	"testing"

	"bis/internal/briefing"
)

func TestNewMark(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ note, want string }{
		{"", ""},
		{"  손님은 둘이었어요.\n문 옆에 \t한 명  ", "손님은 둘이었어요. 문 옆에 한 명"},
		{"a\x00b\x1bc", "abc"},
		{"a\u202eb\u2028c", "ab c"},
		{"\xff", "\ufffd"},
		{strings.Repeat("가", 500) + " \n", strings.Repeat("가", 500)},
	} {
		got, err := briefing.NewMark(true, c.note)
		if want := (briefing.Mark{Wrong: true, Note: c.want}); err != nil || got != want {
			t.Errorf("NewMark(true, %q) = %+v, %v, want %+v", c.note, got, err, want)
		}
		if back, err := briefing.NewMark(false, c.note); err != nil || back != (briefing.Mark{}) {
			t.Errorf("NewMark(false, %q) = %+v, %v, want no note", c.note, back, err)
		}
	}
	for _, wrong := range []bool{true, false} {
		_, err := briefing.NewMark(wrong, strings.Repeat("가", 501))
		if invalid, ok := errors.AsType[*briefing.InvalidError](err); !ok || invalid.Field != "note" {
			t.Errorf("501 characters: %v, want an InvalidError on note", err)
		}
	}
}
