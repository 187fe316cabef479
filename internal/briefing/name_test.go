package briefing_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bis/internal/briefing"
)

// Names that a phone spells in several ways are one user.
func TestNameKey(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"kim": "kim", "Kim": "Kim", " kim ": "kim", "kim\u3000": "kim", "\u00a0kim": "kim", "a  b": "a  b", "kim\n": "kim\n",
		norm.NFD.String("김민수"): "김민수", "기\u11b7민수": "김민수", norm.NFD.String("김") + "민수 ": "김민수", "e\u0301": "é", "가\u0301": "가\u0301",
		"ｋｉｍ": "ｋｉｍ", "\u200bkim": "\u200bkim", " ": "", "": "", "\xff ": "\xff",
	} {
		if got := briefing.NameKey(name); got != want {
			t.Errorf("NameKey(%q) = %q, want %q", name, got, want)
		}
		if !briefing.SameUser(name, want) {
			t.Errorf("%q and %q are not one user", name, want)
		}
	}
	if briefing.SameUser("kim", "Kim") || briefing.SameUser("김민수", "김민소") {
		t.Error("other names are one user")
	}
}

// With invisible characters, two names that look the same could be two users.
func TestSpellings(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"kim":           {"kim"},
		" kim":          {" kim", "kim"},
		"\u00e9":        {"\u00e9", "e\u0301"},
		"e\u0301":       {"e\u0301", "\u00e9"},
		"kim\xff":       {},
		" \xed\xa0\x80": {},
	} {
		if got := briefing.Spellings(name); got == nil || !slices.Equal(got, want) {
			t.Errorf("Spellings(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestCheckUsername_refuses_what_cannot_be_seen(t *testing.T) {
	t.Parallel()
	const rule = "must not contain invisible or bidirectional characters"
	for _, r := range "\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2063\u2064\u2066\u2069\u2800" +
		"\u3164\ufe00\ufe0e\ufe0f\ufeff\uffa0\ufff9\U0001d173\U000e0001\U000e0020\U000e0067\U000e007f\U000e0100\u00a0\u2003\u202f\u205f\u3000" {
		checkInvalid(t, string(r), briefing.CheckUsername("김"+string(r)+"민수"), "username", rule)
	}
	for _, name := range []string{
		"\ufeffkim", "kim\u200b", "kim\u200d", "\u200dkim", "kim\ufe0f", "\U0001f468\u200d", "\u200d\U0001f469", "\U0001f468\u200dkim", "kim\u200d\U0001f468",
		"\U0001f468\u200d\u200d\U0001f469", "❤\ufe0f\ufe0f", "\U0001f3f4\U000e0067\U000e0062", "\U0001f3f4\U000e007f", "x\U000e0067\U000e007f", "\u202e김민수", "\u3164",
		"1\ufe0e\u200d1", "kim1\ufe0f", "\U0001f468\u200e", "김\u2067민수\u2069",
	} {
		checkInvalid(t, name, briefing.CheckUsername(name), "username", rule)
	}
}

func TestCheckUsername_allows_emoji(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"👨‍👩‍👧 가게", "👩🏽‍💻", "❤️", "❤️‍🔥", "🏳️‍🌈", "🧔🏻‍♂️", "1️⃣호점", "#️⃣", "☎︎", "🇰🇷", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🐻‍❄️", "👁️‍🗨️", "🙂‍↔️", "ℹ️", "Ⓜ️",
		"™️", "카페☕", "김 민수", "José", norm.NFD.String("José"), "o'neil-2_3@shop.kr", "شركة", "山田",
	} {
		checkInvalid(t, name, briefing.CheckUsername(name), "username", "")
	}
}

// Each emoji that Unicode names, with and without its selectors, is legal between other characters.
func TestCheckUsername_allows_every_emoji_of_Unicode(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/emoji.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Fields(string(text))
	if len(list) < 5_000 {
		t.Fatalf("the list has %d emoji, too few to be all", len(list))
	}
	for _, emoji := range list {
		names := []string{emoji, "김" + emoji + "민수"}
		if base, selected := strings.CutSuffix(emoji, "\ufe0f"); selected {
			names = append(names, base+"\ufe0e") // the same picture as text
		}
		for _, name := range names {
			checkInvalid(t, name, briefing.CheckUsername(name), "username", "")
		}
	}
}

func TestCheckUsername_counts_what_is_stored(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("김", briefing.MaxUsernameLen)
	checkInvalid(t, "decomposed", briefing.CheckUsername(norm.NFD.String(longest)), "username", "")
	checkInvalid(t, "spaces around", briefing.CheckUsername(" "+longest+" "), "username", "")
	checkInvalid(t, "nothing but spaces", briefing.CheckUsername(" \u3000"), "username", "must not be empty")
}

// A caption or a style line must be shown in the order in which it was written, and as one line.
func TestCheckCustom_refuses_what_turns_or_breaks_the_line(t *testing.T) {
	t.Parallel()
	for _, r := range "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029" {
		line := "공손하게" + string(r) + "말해줘"
		checkInvalid(t, line, briefing.CheckCustom([]string{"", line}), "custom", "line 2 must not contain bidirectional characters or line separators")
		if got := briefing.WithoutTurns(line); briefing.CheckCustom([]string{got}) != nil || !strings.HasPrefix(got, "공손하게") {
			t.Errorf("WithoutTurns(%q) = %q", line, got)
		}
	}
	checkInvalid(t, "emoji", briefing.CheckCustom([]string{"👨‍👩‍👧 ❤️ 를 써줘"}), "custom", "")
	if got := briefing.WithoutTurns("a\u2028b\u202ec"); got != "a bc" {
		t.Errorf("WithoutTurns = %q", got)
	}
}

// A text that is too long for a name is neither composed nor searched, because both take long.
func TestNameKey_leaves_long_texts_alone(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"e\u0301", "\u1100\u1161", "\u0301\u0323", " ", "\u3000", "\U000e0067", "\xff"} {
		long := strings.Repeat(unit, briefing.MaxNameBytes/len(unit)+1)
		if got := briefing.NameKey(long); got != long {
			t.Errorf("NameKey of %d times %q is changed", len(long)/len(unit), unit)
		}
		if got, valid := briefing.Spellings(long), utf8.ValidString(long); len(got) > 1 || valid != slices.Contains(got, long) {
			t.Errorf("%q has %d spellings", unit, len(got))
		}
		checkInvalid(t, unit, briefing.CheckUsername(long), "username", "must have at most 64 characters")
	}
	longest := norm.NFD.String(strings.Repeat("\u0390", briefing.MaxUsernameLen)) // three times as long
	checkInvalid(t, "the longest spelling", briefing.CheckUsername(longest), "username", "")
}

func FuzzNameKey(f *testing.F) {
	for _, s := range []string{"kim", norm.NFD.String("김민수"), " \u3000", "\xff", "👨‍👩‍👧", "\u1100\u1161\u11a8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := briefing.NameKey(s)
		short := max(len(s), len(key), len(norm.NFD.String(s))) <= briefing.MaxNameBytes
		if briefing.NameKey(key) != key || short && utf8.ValidString(s) && !briefing.SameUser(norm.NFD.String(s), key) {
			t.Errorf("NameKey(%q) = %q, which is not its own key", s, key)
		}
		if briefing.CheckUsername(s) == nil && briefing.CheckUsername(key) != nil {
			t.Errorf("%q is a legal name and its key %q is none", s, key)
		}
	})
}
