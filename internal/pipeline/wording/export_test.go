package wording

// Classes returns the 80 classes that have a name in both languages.
func Classes() []string {
	list := make([]string, len(nouns))
	for i, n := range nouns {
		list[i] = n.class
	}
	return list
}
