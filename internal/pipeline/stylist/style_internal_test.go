package stylist

import (
	"reflect"
	"strings"
	"testing"
)

// Lists of lines that look alike have their own styles, and a style that was read once is the same.
func TestStyleOf_remembers_each_style(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Cache: 8})
	if err != nil {
		t.Fatal(err)
	}
	lists := [][]string{
		nil, {""}, {"짧게", "반말로"}, {"짧게 반말로"}, {"짧게\" \"반말로"}, {"반말로", "짧게"}, {"짧게", "", "반말로"}, {"in English"},
		{"짧게\x00반말로"}, {"짧게\xff"}, {"짧게\ufffd"},
	}
	for range 2 {
		for _, custom := range lists {
			for range 2 {
				if got, want := s.styleOf(custom), readStyle(custom); !reflect.DeepEqual(got, want) {
					t.Errorf("style of %q = %+v, want %+v", custom, got, want)
				}
			}
		}
	}
	if n := s.styles.Len(); n != 8 {
		t.Errorf("%d styles in memory, want 8", n)
	}
}

func BenchmarkStyleOf(b *testing.B) {
	s, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	var custom []string
	for range 10 {
		custom = append(custom, strings.Repeat("사장님께 공손하게 말해 주세요. ", 10))
	}
	for name, read := range map[string]func([]string) style{"first": readStyle, "again": s.styleOf} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				read(custom)
			}
		})
	}
}
