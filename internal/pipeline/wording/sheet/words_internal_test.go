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
