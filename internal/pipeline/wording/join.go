package wording

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// join joins the lines of a caption. Figures are a list; other lines are sentences, and one without
// a sign at its end gets a full stop. Only the first line greets.
func join(lines []string, figures bool) string {
	text := lines[0]
	for _, line := range lines[1:] {
		line = ungreeted(line)
		r, _ := utf8.DecodeLastRuneInString(text)
		switch {
		case strings.ContainsRune(".!?~…,;", r), r > 0x2000 && !unicode.IsLetter(r):
			text += " " + line
		case figures:
			text += ", " + line
		default:
			text += ". " + line
		}
	}
	return text
}

// greeting finds a greeting or an address, alone before a sign at the start of a line. A line of a
// model may have one, because each line may come first.
var greeting = regexp.MustCompile(`^(?i:(?:(?:우리 |존경하는 )?(?:사장님|점주님|대표님|주인님|주인장|주인어른|형님|누님|친구야|사장|대장)|` +
	`안녕하세요|안녕하십니까|안녕하셔요|안녕하세유|안녕하신교|안녕하시오|안녕|반갑습니다|반가워요|수고 많으십니다|수고하십니다|` +
	`hello|hi|hey|howdy|yo|good day|greetings|dear|there|sir|madam|boss|chief|mate|buddy|friend|owner|` +
	`captain|pal|folks|team)(?:[,!.~] | |[,!.~]$))+`)

// ungreeted returns a line without the greeting or the address that starts it. A word that starts
// the sentence itself stays.
func ungreeted(line string) string {
	start := greeting.FindString(line)
	if cut := strings.LastIndexAny(start, ",!.~"); cut >= 0 && cut+1 < len(line) {
		rest := strings.TrimLeft(line[cut+1:], " ")
		if r, n := utf8.DecodeRuneInString(rest); unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r)) + rest[n:]
		}
	}
	return line
}
