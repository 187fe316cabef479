package wording_test

import (
	"testing"

	"bis/internal/pipeline/wording"
)

func TestWith_uses_the_form_that_fits_the_last_sound(t *testing.T) {
	t.Parallel()
	tests := []struct{ word, topic, subject, object, and, toward string }{
		{"손님", "은", "이", "을", "과", "으로"},
		{"의자", "는", "가", "를", "와", "로"},
		{"칼", "은", "이", "을", "과", "로"}, // 로 follows ㄹ
		{"얼룩말", "은", "이", "을", "과", "로"},
		{"병", "은", "이", "을", "과", "으로"},
		{"2명(추정)", "은", "이", "을", "과", "으로"},
		{"\"의자\"", "는", "가", "를", "와", "로"},
		{"0", "은", "이", "을", "과", "으로"}, // 영
		{"1", "은", "이", "을", "과", "로"},  // 일
		{"2", "는", "가", "를", "와", "로"},
		{"3", "은", "이", "을", "과", "으로"},
		{"4", "는", "가", "를", "와", "로"},
		{"5", "는", "가", "를", "와", "로"},
		{"6", "은", "이", "을", "과", "으로"},
		{"7", "은", "이", "을", "과", "로"},
		{"8", "은", "이", "을", "과", "로"},
		{"9", "는", "가", "를", "와", "로"},
		{"10", "은", "이", "을", "과", "으로"}, // 십
		{"100", "은", "이", "을", "과", "으로"},
		{"14:05", "는", "가", "를", "와", "로"},
		{"40%", "는", "가", "를", "와", "로"}, // 퍼센트
		{"L", "은", "이", "을", "과", "로"},   // 엘
		{"M", "은", "이", "을", "과", "으로"},
		{"N", "은", "이", "을", "과", "으로"},
		{"R", "은", "이", "을", "과", "로"},
		{"A", "는", "가", "를", "와", "로"},
		{"TV", "는", "가", "를", "와", "로"},
		{"PC", "는", "가", "를", "와", "로"},
		{"QR", "은", "이", "을", "과", "로"}, // 큐알
		{"HDR", "은", "이", "을", "과", "로"},
		{"FM", "은", "이", "을", "과", "으로"},
		{"beer", "는", "가", "를", "와", "로"},
		{"cup", "은", "이", "을", "과", "으로"},
		{"bottle", "는", "가", "를", "와", "로"},
		{"bowl", "은", "이", "을", "과", "로"},
		{"car", "는", "가", "를", "와", "로"},
		{"", "는", "가", "를", "와", "로"},
		{"?!", "는", "가", "를", "와", "로"},
	}
	for _, tt := range tests {
		for p, form := range map[wording.Particle]string{
			wording.Topic: tt.topic, wording.Subject: tt.subject, wording.Object: tt.object,
			wording.And: tt.and, wording.Toward: tt.toward,
		} {
			if got := wording.With(tt.word, p); got != tt.word+form {
				t.Errorf("With(%q, %d) = %q, want %q", tt.word, p, got, tt.word+form)
			}
		}
	}
}

func FuzzWith(f *testing.F) {
	f.Add("손님")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, word string) {
		if got := wording.With(word, wording.Topic); got != word+"은" && got != word+"는" {
			t.Errorf("With(%q) = %q", word, got)
		}
	})
}
