package wording

import (
	"regexp"
	"strings"
)

// anyOf returns a pattern of any of the alternatives of a list.
func anyOf(lists ...string) string { return "(?:" + strings.Join(lists, "|") + ")" }

// unmeasured finds the facts that nobody measures, as owners name them. Words that may also say how
// somebody speaks are in moods.
var unmeasured = []*regexp.Regexp{
	regexp.MustCompile(anyOf(
		// Sex, age, origin and identity.
		`성별|남녀|(?:^|[^사하])나이(?:대|별|를|는|가|도|와|랑|까지|만|나|에 대|하고|[,.?!]| |$)|연령|국적|인종|신원|신분|단골|체형|옷차림|옷 ?색|인상착의|복장|생김새|외모|누구인지|누군지`,
		`(?:남자|여자|남성|여성|어린이|아이들?|학생|청소년|노인|어르신|외국인|중년|청년|미성년자?) ?`+
			`(?:손님|고객|수(?:[^준습업단]|$)|비율|인원|명수|몇|여부|구분|분(?:[^위명야식]|$))`,
		`(?:남자|여자|남성|여성|외국인|미성년자)(?:인지|이?랑|가 |이 |는 |은 |도 )|(?:어린이|학생|노인)(?:인지|이?랑)`,
		`얼굴(?:을|이|은|도|까지|형| |$)|몇 ?살|손님 ?이름|웃고 있|웃는지|(?:^|[^가-힣])우는지|화난 ?(?:사람|손님|고객|건지|것인지|지)|화났|행복한지`,
		// What people feel, say and do.
		`표정(?:[^으]|$)|만족(?:도|했|하는지)|심리|대화 ?내용|구매|결제|산 물건|샀는지|뭘 샀|뭐 샀|얼마나 샀|행동|훔치|도난|절도`,
		`(?:아이|아이들|직원|점원|누|누구)(?:가|이) (?:있는지|왔는지|왔다|있나)|[1-9]0대(?:인지|가|는|도| )`,
		`화재|불났|불이 났|쓰러졌|쓰러진|넘어졌|문이? ?(?:열렸|닫혔|열려|닫혀)`,
		`수상한|의심|체류 ?시간|머문 ?시간|머무는 ?시간|얼마나 머`,
		// What no camera of a shop measures.
		`날씨|기온|온도|습도|강수|미세 ?먼지|비가 오|눈이 오|매출|판매|수익|이익|매상|주문 ?수|팔렸|팔았|벌었|비 ?오는|눈 ?오는|더운지|추운지|덥니|춥니`,
		`재고(?:가|는|를|도)? ?(?:수량|수|현황|량|얼마|알려|말해)|가격|냄새|소음|(?:^|[^가-힣]|말|음악 ?|물)소리가|교통|유동 ?인구`,
		`총 ?방문|누적 ?방문|방문(?:객|자) ?수|하루 ?방문|뉴스|(?:^|[^가-힣])주가|환율|운세`,
	)),
	regexp.MustCompile(`\b` + anyOf(
		`sex|sexes|genders?|men|women|males?|females?|ages?|age groups?|how old|children|kids`,
		`teenagers|students|elderly|foreigners|ethnicity|race|nationality|nationalities|identity`,
		`identities|who (?:they|he|she|it) (?:are|is|was|were)|who (?:is|was|came|comes)|regulars`,
		`faces?|facial|clothes|clothing|outfits?`,
		`what (?:they|people|customers) (?:wear|look like|are wearing)`,
		`facial expressions?|satisfaction|conversations?|purchases?|bought|buy`,
		`buying|paid|payments?|how (?:happy|angry|sad|satisfied)|a fire|on fire|(?:look|seem|are they|they are) (?:happy|angry|sad|satisfied)|behaviou?r|suspicious|theft|thieves|shoplift(?:ing|ers?)`,
		`steal(?:ing)?|dwell times?|how long (?:they|people|customers|each|someone|everybody)`,
		`weather|temperatures?|humidity|rain(?:ing|fall)?|snow(?:ing)?|forecasts?|sales|revenues?`,
		`turnover|profits?|earnings|takings|income|how much (?:we|i|was|did|they|money)|stock levels?|inventory|prices?|noise|smells?`,
		`traffic|footfall|total visitors|visitor (?:numbers|totals|counts?)|number of visitors`,
		`news|exchange rates?|horoscopes?`,
	) + `\b`),
}

// moods finds the mood of people or of the shop. It is a fact only in a wish to know it: "매장
// 분위기도 알려줘" and not "밝은 분위기로 말해줘".
var (
	moods     = regexp.MustCompile(`분위기|기분|심정|감정|\b(?:moods?|atmosphere|vibes?|emotions?|feelings?)\b`)
	moodAfter = regexp.MustCompile(`^` + anyOf(
		`(?:을|를|은|는|도|이|가|까지|이나|나|에 대해)? (?:[^,.!?]{0,10} )?`+
			`(?:알려|말해|적어|써|보고|넣어|포함|추가|표시|언급|빼|말고|궁금|필요|제외)`,
		`(?:이|가|은|는)? ?(?:어때|어떤|어떻|어떠|좋은지|나쁜지)`,
	))
	moodBefore = regexp.MustCompile(`\b(?:mention|tell|describe|report|include|add|skip|omit|without|know|no|` +
		`their|customers'|people's|customer|shop's|store's)(?: [a-z']+){0,4} $`)
	moodManner = regexp.MustCompile(`^(?:이|도|을|를|가)? ?` +
		`(?:(?:좋|나|있|밝|편|풍|내|느껴|살)[^ ]{0,3}(?:게|록) |담아|담은|실어|섞어)`)
	moodOfTone = regexp.MustCompile(`\b(?:in|with) (?:a |an |my |your )?(?:[a-z]+ ){0,2}$`)
)

// manner matches what follows the word of a speaker or a reader rather than of a fact: "여자처럼",
// "할머니 말투". mannerBefore matches what precedes it: "like women", "as for kids".
var (
	manner = regexp.MustCompile(`^(?:원|점|왕)? ?(?:손님 ?)?(?:` + speakers + `)?` + anyOf(
		`[가-힣]{1,3}처럼|있는 (?:말투|톤|목소리)|처럼|같이|같은|답게|말투|목소리|음성|톤|어투|스타일|식으로|느낌|체로|감성|`+
			`(?:에게|한테|께|이|가)? ?(?:말|얘기|이야기|설명|안내)하듯|(?:을|를)? ?(?:대|전|예보|보도|중계)하듯|(?:을|를)? ?읽듯`,
		`(?:수준|눈높이)|(?:도|이|가)? ?(?:쉽게 )?(?:알아듣|이해)|에 맞게|에 어울|`+
			`(?:든|많은|지긋한|드신|많으신) [가-힣]{1,6}? ?(?:쉽게 )?(?:알아듣|이해|읽)`,
		`(?:[가-힣]{1,4} )?(?:이모지|이모티콘)|(?:을|를)? ?(?:보고|보며|맞대고) (?:말|얘기|이야기|대화)하[는듯]`,
		`(?: ?(?:날|밤|아침|저녁)(?:의|에)?) ?(?:[가-힣]{1,5} )?(?:처럼|같이|감성|느낌|분위기|노래)`,
		`(?:weather ?|sports? ?)?(?:anchor|reader|presenter|reporter|forecaster|announcer|commentator|caster)s?\b`,
		`(?:[a-z]+ )?(?:emojis?|emoticons?)\b|[ -]to[ -]face|(?:style|voice|tone|language|jargon|narrator|speaker|speech|accent)\b|`+
			`(?:'s)? (?:[a-z]+ )?(?:voice|tone|style|slang|magazine)\b|-(?:style|appropriate|friendly|like|themed|inspired)|`+
			`(?:person|man|woman|rep|clerk)\b|(?:report|forecast|pitch|broadcast|talk|magazine|show|channel) (?:style|voice|tone)`,
	))
	mannerBefore = regexp.MustCompile(
		`\b(?:like|as if|as|for|to|even|so that|so) (?:(?:a|an|the|my|small|young|old) )*$|` +
			`(?:smiley|smiling|happy|funny|straight|poker) $|(?:사람|인간) ?$`)
)

// speakers are words between that of a fact and 처럼: "뉴스 앵커처럼", "판매 사원처럼".
const speakers = `(?:여자|남자|여성|남성|청년|학생|앵커|아나운서|캐스터|기자|리포터|방송|예보|속보|진행자|사원|직원|상인|선생님?|교실|만화|배우|모델|코너|` +
	`센터|아저씨|아줌마|할머니|할아버지|친구|이모|언니|오빠|형|누나|동생|사장님?|사람|것|대학생|직장인|집|주인|가게|점쟁이|` +
	`운동선수|성우|가수|룸|쇼|경찰관?|탐정|경호원) ?`

// Words beside the name of a fact, in the same sentence: those that want it left out, and those
// that insist on it.
var (
	leftOutAfter = regexp.MustCompile(`^[^.!?;]{0,16}?` + anyOf(
		`말고|말아|마라|마세요|지 ?마|지 ?말(?:고|아|라|기|자|도|구)|않|금지|빼|제외|생략|없이|없어도|필요 ?없|안 ?해도|안 ?[돼되된될됨됩]|안 ?써도`,
		`몰라도|그만|무시`,
	) + `|^[^.!?;]{0,24}?\b(?:not needed|not necessary|unnecessary|is not|are not|isn't|aren't|off|` +
		`excluded|left out)\b`)
	leftOutBefore = regexp.MustCompile(anyOf(
		`\b(?:no|not|never|without|avoid|skip|omit|exclude|excluding|leave out|leaving out|ignore|stop)`,
		`\b(?:nothing (?:about|on)|except|instead of|rather than|less|nor|neither)`, `n't`,
	) + `(?: [a-z']+){0,4}(?:,? (?:and|or|nor))? $`)
	insisted = regexp.MustCompile(`^[^.!?;]{0,16}?(?:빼(?:놓|먹)?지 ?(?:말|마|않)|빠(?:뜨리|트리)지|생략하지|` +
		`제외하지|않으면 안|없으면 안|빼면 안|빠지면 안|안 ?[쓰하말][가-힣]{0,2}면 안)|^[^.!?;]{0,24}?\bmust not be (?:missing|left out|omitted)\b`)
	insistedBefore = regexp.MustCompile(
		`(?:\b(?:never|not)|n't) (?:skip|omit|leave out|forget|ignore|exclude)(?: [a-z']+){0,4} $|` +
			`(?:\bnot only|\bdon't just)(?: [a-z]+){0,3} $`)
)
