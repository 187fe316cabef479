package describe

import "regexp"

// The rules that refuse a sentence. The names are stored and stay.
const (
	RuleGarbled    = "garbled"    // characters that no text has
	RuleScript     = "script"     // letters of another script
	RuleLanguage   = "language"   // another language than that of the style
	RuleRefusal    = "refusal"    // the model declines
	RuleReasoning  = "reasoning"  // what the model thinks
	RuleRules      = "rules"      // what the model was told
	RuleLink       = "link"       // an address in the network
	RuleContact    = "contact"    // a telephone number, an e-mail address or a place
	RuleMarkup     = "markup"     // Markdown, HTML or JSON
	RuleQuote      = "quote"      // what is written somewhere
	RuleAlarm      = "alarm"      // becomes a question
	RuleOrder      = "order"      // tells the owner what to do
	RulePerson     = "person"     // people, and what they do
	RuleNumber     = "number"     // in digits or words
	RuleComparison = "comparison" // with another time
	RuleVerdict    = "verdict"    // a judgement, such as that all is well
	RuleTrait      = "trait"      // looks and clothes
	RuleSubject    = "subject"    // it does not name what it speaks of
	RulePlace      = "place"      // the shop is empty, full, open or closed
	RuleWord       = "word"       // a word that is in no list
	RuleQuestion   = "question"   // a question in the description, or none where one belongs
	RuleLong       = "long"       // beyond the length, or the number of sentences
)

// named are the rules that have signs of their own, in the order in which they are tried. They name
// the reason for the owner. The lists of words decide whether a sentence passes.
var named = []struct {
	rule  string
	signs *regexp.Regexp
}{
	{RuleReasoning, regexp.MustCompile(`(?i)</?think|\bthe user\b|\blet me\b|\bwe need to\b|사용자가|살펴보겠`)},
	{RuleRefusal, regexp.MustCompile(`(?i)죄송|수 없습니다|수 없어요|\bsorry\b|\bi (?:can't|can’t|cannot|could not|am unable)\b|\bas an ai\b|\bunable to\b|AI 모델`)},
	{RuleLink, regexp.MustCompile(`(?i)://|\bwww\.|\b[a-z0-9-]+\.[a-z]{2,}\b`)},
	{RuleContact, regexp.MustCompile(`(?i)@|[0-9]{2,4}-[0-9]{3,4}|공일공|전화|연락|문의|카카오톡|메신저|\bstreet,|\bmain street\b|\bmessenger\b|\boh one oh\b|길에 있|번지`)},
	{RuleMarkup, regexp.MustCompile("[*_`#<>\\[\\]{}|\\\\]")},
	{RuleQuote, regexp.MustCompile(`["“”‘’「」『』]|(?i)\b(?:says|reads)\b|적혀|쓰여|써 있|라고`)},
	{RuleRules, regexp.MustCompile(`(?i)규칙|지시|시스템|프롬프트|\brules?\b|\binstructions?\b|\bsystem\b|\bprompt\b|\bFACTS\b`)},
	{RuleOrder, regexp.MustCompile(`(?i)세요|십시오|시오\b|주시|바랍니다|마라|닫아라|닦아라|하자|야 합니다|는 것이 좋|\bplease\b|\bmust\b|\bshould\b|\bdon't\b|\bdo not\b|^(?:leave|call|turn|lock|ignore|check|let|keep|send|visit|see|write|then|open|close|clean)\b`)},
	{RulePerson, regexp.MustCompile(`(?i)손\s*님|고객|사\s*람|남자|남성|여자|여성|아이(?:가|는|들|를)|어린이|아기|할머니|할아버지|아저씨|아주머니|청년|학생|누군가|누가|아무|인기척|직원|알바|점원|배달원|기사가|경찰|주인|사장|커플|가족|일행|그녀|그들|방문객|인물|행인|취객|그림자|형체|실루엣|얼굴|쇼핑|계시|계십|` +
		`\b(?:customers?|m[ae]n|wom[ae]n|some(?:one|body)|any(?:one|body)|no\s?(?:one|body)|persons?|people|child(?:ren)?|kids?|boys?|girls?|baby|staff|employees?|workers?|cashiers?|owner|he|she|they|they're|his|her|their|who|shoppers?|visitors?|guests?|gentlem[ae]n|lady|ladies|couple is|family|group|crowd|individual|figure|shadow|silhouette|pedestrian|driver|officer|dude|folks|teens|face|hand|legs)\b`)},
	{RuleNumber, regexp.MustCompile(`(?i)\pN|(?:^|\s)(?:한|두|세|네|몇|여러|수십|수백|하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|열|천|만|첫|한두|서너)(?:\s|이|가|개|$)|절반|많|퍼센트|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens?|half|pair|several|few|many|hundreds?|thousands?|eighty|first|second|third|both|single|twice|once|zero|eighteen|twenty)\b`)},
	{RuleComparison, regexp.MustCompile(`(?i)보다|이전|아까|어제|평소|여전히|다시|변화|늘어|줄었|\b(?:than|before|earlier|still|again|changed|same|increased|new|usual)\b`)},
	{RuleVerdict, regexp.MustCompile(`(?i)이상|문제|안전|정상|특이|충분|매출|도난|\b(?:fine|normal|safe|problems?|unusual|sales|enough|theft)\b`)},
	{RuleTrait, regexp.MustCompile(`(?i)젊|옷|입고|입은|모자|마스크|키가|수상|표정|취한|외국인|임산부|\b(?:young|wearing|dressed|coat|mask|suspicious|drunk|angry|pregnant|foreign)\b`)},
}

// nameOf returns the rule that names best why a sentence is refused.
func nameOf(sentence, rule string) string {
	for _, n := range named {
		if n.signs.MatchString(sentence) {
			return n.rule
		}
	}
	return rule
}
