package sheet

import "testing"

func TestWords(t *testing.T) {
	t.Parallel()
	for language := range Languages {
		c := grammars[language]()
		if c.err != nil {
			t.Fatalf("the words of %s do not compile: %v", language, c.err)
		}
		for key := range Definitions {
			if c.keys[key] == nil {
				t.Errorf("no lines of key %s in %s", key, language)
			}
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for language := range Languages {
			if c := compile(language); c.err != nil {
				b.Fatal(c.err)
			}
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Check("ko", Some, "사장님, 지금 매장에는 손님 {people}이 계십니다.")
		_, _ = Check("ko", Some, "사장님, 지금 매장에는 수상한 손님 {people}이 계십니다.")
	}
}
