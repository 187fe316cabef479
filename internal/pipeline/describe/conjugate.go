package describe

import (
	"strings"

	"bis/internal/pipeline/wording/hangul"
)

// endings are those of forms that describe or ask. None orders or proposes, and none is of the
// past.
var endings = strings.Fields(`-고 -지만 -네요 -지 -게 -거나 -구요 -고요
	ve:-는 ve:-는데 ve:-는지 ve:-나요 ve:-는가요 v:ㄴ/은 a:ㄴ/은 a:ㄴ데/은데 a:ㄴ지/은지 a:ㄴ가요/은가요
	ㅂ니다/습니다 ㅂ니까/습니까 ㄹ까요/을까요 며/으며 ㅁ/음 ae:-다 v:ㄴ다/는다 ~ ~요 ~서`)

// formsOf returns the forms of a predicate, and its infinitives: contracted and not.
func formsOf(of class, stem, infinitive string) (forms, infinitives []string) {
	infinitives = []string{infinitive}
	for _, kind := range []byte(kindsOf(of, stem)) {
		v := hangul.Verb{Stem: stem, Infinitive: infinitive, Kind: kind}
		forms = append(forms, v.Forms(endings)...)
		if full, ok := v.Full(); ok {
			forms = append(forms, full.Forms([]string{"~", "~요", "~서"})...)
			infinitives = append(infinitives, full.Infinitive)
		}
	}
	return forms, infinitives
}

// kindsOf returns the kinds in which a predicate of a class is conjugated. 않다 has the kind of the
// predicate before it.
func kindsOf(of class, stem string) string {
	switch {
	case stem == "있", stem == "없":
		return "e"
	case stem == "않":
		return "av"
	case of == adjective:
		return "a"
	}
	return "v"
}
