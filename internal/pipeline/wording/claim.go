package wording

import (
	"regexp"
	"strings"
)

// The patterns read text in NFKC and lower case. They are wide on purpose: a true caption that is
// refused costs its wording, and a false one that passes costs the owner's trust.
var (
	// linkPattern finds addresses of web pages.
	linkPattern = regexp.MustCompile(`https?:|www\.|[a-z0-9]\.(?:com|net|org|kr|io|co|me|shop)\b`)

	// traitPattern finds words for the sex, age, origin, relation or role of people. 아이 (child)
	// must be followed by a particle or a word's end, because 아이스크림 begins with it.
	traitPattern = regexp.MustCompile(`남자|여자|남성|여성|남녀|소년|소녀|아저씨|아주머니|아줌마|할머니|할아버지|청년|노인|어르신|어린이|` +
		`어린아이|` +
		`(?:^|[^가-힣])아이(?:들|가|는|를|와|도|의|[^가-힣]|$)|아기|유아|학생|청소년|어른|성인|중년|노년|젊은|나이|미성년|그녀|` +
		`외국인|내국인|백인|흑인|동양인|서양인|한국인|중국인|일본인|미국인|인종|국적|` +
		`커플|부부|가족|연인|엄마|아빠|직원|점원|알바|단골|취객|노숙|도둑|\d0대 ?(?:초반|중반|후반|손님|고객|남|여)|` +
		`\b(?:man|men|woman|women|male|males|female|females|boy|boys|girl|girls|lady|ladies|` +
		`gentleman|gentlemen|guy|guys|` +
		`elderly|teen|teens|teenage|teenager|teenagers|child|children|kid|kids|toddler|toddlers|` +
		`baby|babies|infant|adult|adults|` +
		`senior|seniors|student|students|middle-aged|young|younger|aged|asian|caucasian|african|` +
		`hispanic|latino|foreign|foreigner|foreigners|` +
		`white person|black person|ethnic|he|she|him|her|his|hers|couple|family|families|mother|` +
		`father|mom|dad|parent|parents|` +
		`staff|employee|employees|clerk|cashier|thief|drunk|drunken)\b`)

	// manyPattern finds words that state more than one person without a number.
	manyPattern = regexp.MustCompile(`(?:여러|몇몇|몇|다수의|수많은|많은) ?(?:명|분|사람|손님|고객|방문객)|(?:손님|사람|고객)들|` +
		`(?:손님|사람|고객)[이은]? ?(?:많|몰리|몰려|가득)|북적|붐비|붐빕|혼잡|` +
		`\b(?:several|few|many|multiple|numerous|crowd|crowded|busy|lots of|some) ?(?:people|` +
		`persons|customers|visitors|guests|shoppers|patrons)?\b`)

	// hedgePattern finds words that mark a count as an estimate.
	hedgePattern = regexp.MustCompile(`추정|추산|어림|대략|정도|쯤|약 ?\d|것 같|듯|것으로 보|` +
		`\b(?:estimate|estimated|about|around|approximately|roughly|seem|seems|looks like|appear|` +
		`appears|probably|likely)\b`)

	// absencePattern finds statements that nobody is there. Korean negates after the noun, with 없다
	// or -지 않다, a few syllables later; English negates before it.
	absencePattern = regexp.MustCompile(`(?:손님|사람|고객|방문객|방문자|이용객|인원|아무)[^.,!?]{0,12}?(?:없|보이지 않|` +
		`안 보|있지 않|계시지 않)|` +
		`비어 ?있|비었|텅 ?비|텅 ?빈|빈 매장|빈 상태|` +
		`\b(?:no|zero|without|without any)(?: [a-z]+)? (?:people|persons?|customers?|visitors?|` +
		`guests?|shoppers?|patrons?|individuals?|body)\b|` +
		`\bno one\b|\bnobody\b|\b(?:empty|vacant|unoccupied|deserted)\b`)
	// notAbsence finds a 없 in absencePattern's match that is about something else: that nothing
	// changed (변화가 없), or that counting was not possible (셀 수 없).
	notAbsence = regexp.MustCompile(`변화|변동|차이|움직임|달라진|(?:수를|수는|수도|수가) |[셀알할] 수|파악|확인`)

	// presencePattern finds statements that somebody is there: a word for people as the subject
	// of a verb such as 있다, 계시다 or 보이다, in any of their forms.
	presencePattern = regexp.MustCompile(`(?:손님|사람|고객|방문객|방문자|이용객)(?:이|가|은|는|도|께서)? ?(?:현재 |지금 |` +
		`매장에 |매장 안에 )?` +
		`(?:있습|있어|있는 |있고|있으|있음|있다|계십|계시|계셔|보입|보여|보인|머물|머무|방문|들어|이용 중|구경)|` +
		`\b(?:people|person|customers?|visitors?|guests?|shoppers?|patrons?|somebody|` +
		`someone)(?: (?:is|are|seems?|appears?|remains?)\b|'s)`)
	// deniedAfter and deniedBefore find a negation or a question around presencePattern's match.
	deniedAfter  = regexp.MustCompile(`^(?: not|n't|[^.,!?]{0,10}(?:지 않|없|않))`)
	deniedBefore = regexp.MustCompile(`\b(?:no|how many|whether)(?: [a-z]+)? $`)
)

// saysAbsence returns the words of a text that state that nobody is there, or "".
func saysAbsence(text string) string {
	for _, m := range absencePattern.FindAllString(text, -1) {
		if !notAbsence.MatchString(m) {
			return m
		}
	}
	return ""
}

// saysPresence returns the words of a text that state that somebody is there, or "".
func saysPresence(text string) string {
	for _, m := range presencePattern.FindAllStringIndex(text, -1) {
		if deniedAfter.MatchString(text[m[1]:]) || deniedBefore.MatchString(text[:m[0]]) {
			continue
		}
		return strings.TrimSpace(text[m[0]:m[1]])
	}
	return ""
}
