package wording

import (
	"regexp"
	"strconv"
	"strings"
)

// forms finds what no briefing has, because it is short plain text: tables, lists, pictures, marks
// of layout and many emoji.
var forms = []*regexp.Regexp{
	regexp.MustCompile(anyOf(
		`(?:^|[^가-힣]|비교|시간|일람|통계|엑셀|도)표(?:로|를|에|도|만|와|나|랑|가|는|까지|처럼| ?형식| ?형태| ?모양|$|`+
			` (?:그려|만들|형|써|쓰|넣|붙|말고|금지|없이))`,
		`테이블(?:로|을|를)? ?(?:그려|정리|만들|작성|형식|형태)|순서도|(?:^|[^가-힣])장문(?:으로|의)|a4|`+
			`그래프|차트|다이어그램|히스토그램|마크다운|글머리|불릿|불렛|번호 ?매[겨기]|번호를 (?:매|붙)|번호 ?목록|목록(?:으로|형|을|도)|`+
			`리스트(?:로|형|업|를|도)|코드 ?블록|제이슨|엑셀|아스키 ?아트|볼드|굵은 ?(?:글씨|글자)|굵게|밑줄|이탤릭|기울임|글씨 ?(?:색|크기)|`+
			`색 ?(?:글씨|글자)|큰 ?(?:글씨|글자)로|링크|해시 ?태그|음성(?:으로|을|도)|소리 ?내어|소리로 (?:읽|알|들)|`+
			`(?:사진|영상|동영상|그림)(?:을|도|이랑|으로)? ?(?:첨부|넣어|붙여|보내|같이|함께|그려|그리|표현)|움짤|스티커`,
		pictographs+` ?(?:를|을|도)? ?(?:정말 |아주 |엄청 )?`+manyKorean, `(?:tons|lots|plenty|a lot|loads) of `+pictographs,
		`이모(?:지|티콘)(?:를|을|도|는|로)? ?(?:정말 |아주 |엄청 |최대한 |좀 )?`+manyKorean,
		`(?:많은|여러|다양한|온갖|수많은|(?:[2-9]|[1-9][0-9]+|두|세|네|다섯|여러) ?개의) ?이모(?:지|티콘)`,
	)),
	regexp.MustCompile(`\b` + anyOf(
		`(?:in|as|with|use|using|into|make|draw|show|add|include|create|build|output|give|want)`+
			`(?: (?:a|an|the|me|us|it|as|in|some|small|little|nice|simple|neat|formatted|pretty|bulleted|numbered|bar|pie|line))* `+
			`(?:tables?|charts?|graphs?|diagrams?|lists?|bullets|columns|bold|headings?|headlines? and text|pictures?|drawings?|links?|gifs?)`,
		`bullet(?:ed)?[ -](?:points?|lists?)|numbered (?:lists?|points?)|check ?lists?|spreadsheets?|markdown|html|json|`+
			`csv|xml|yaml|latex|ascii[ -]art|code blocks?|bold(?:face|ed)?(?: text| type| letters| words)|italics?|`+
			`hyperlinks?|hashtags?|tabular|tabulated?|(?:pictures|photos|links|tables|charts),? please|tables? (?:form|format|of|with)|(?:bar|pie|line) charts?`,
		`(?:attach|send|insert|embed)(?: (?:a|an|the|me|us))* (?:photos?|pictures?|images?|videos?|links?|files?)|`+
			`read (?:it |them )?aloud|voice messages?|as audio`,
		manyEnglish+` (?:[a-z]+ )?(?:emojis?|emoticons?|smileys?)`,
		`(?:emojis?|emoticons?) (?:everywhere|galore|after (?:each|every) word|all over|in abundance|heavy|overload)`,
		`emoji[ -](?:heavy|filled|laden|rich)|essays?`,
	) + `\b`),
}

// pictographs is the pattern of most emoji.
const pictographs = `[\x{1F300}-\x{1FAFF}\x{2600}-\x{27BF}]`

// manyKorean and manyEnglish are numbers of emoji above one.
const (
	manyKorean = `(?:많이|많은|가득|잔뜩|듬뿍|팍팍|마구|막 |왕창|도배|여러|범벅|넘치|자주|계속|(?:[2-9]|[1-9][0-9]+|` +
		`두|세|네|다섯|여섯|일곱|여덟|아홉|열|몇|여러) ?개)`
	manyEnglish = `(?:lots of|as many|many|plenty of|a lot of|tons of|several|multiple|loads of|heaps of|a bunch of|` +
		`full of|filled with|more than one|two|three|four|five|six|seven|eight|nine|ten|dozens of|[2-9]|[1-9][0-9]+)`
)

// absent finds what a model's lines may speak of, and what built-in lines never have.
var absent = regexp.MustCompile(`이모지|이모티콘|그림|사진|\b(?:emojis?|emoticons?|smileys?|tables?|charts?|graphs?|` +
	`diagrams?|lists?|bullets|links?|bold|headings?|pictures?)\b`)

// A length is a number, a unit, and which bound it is.
var (
	lengths = regexp.MustCompile(`([0-9]+|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|백|이백|삼백|사백|오백|천|몇백) ?` +
		`(글자|자|단어|문장|줄|문단|단락|페이지|쪽)|\b([0-9]+\+?|a hundred|one hundred|two hundred|three hundred|` +
		`five hundred|a thousand|hundreds of|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|several|many)` +
		`[ -](?:or more )?(characters?|letters|words?|sentences?|lines?|paragraphs?|pages?)\b`)
	atMostAfter = regexp.MustCompile(`^(?:으로|를|을)? ?(?:이하|이내|미만|안으?로|안에|안쪽|내로|내외로 짧|까지만|넘지|넘기지|보다 ?(?:짧|적)|도 안)|` +
		`^ (?:or (?:less|fewer|shorter)|max|maximum|at (?:the )?most|tops)`)
	atMostBefore = regexp.MustCompile(`(?:최대|많아야|길어도)(?:한)? ?$|\b(?:at (?:the )?most|up to|under|below|less than|` +
		`fewer than|no more than|not more than|maximum|max|within|not over|shorter than|limit(?:ed)? to|` +
		`never (?:over|more than))(?: of)?(?: about)? $`)
)

// mostOf is the greatest number of a unit that a briefing surely has room for.
var mostOf = map[string]int{
	"글자": 79, "자": 79, "단어": 19, "문장": 2, "줄": 1, "문단": 1, "단락": 1, "페이지": 0, "쪽": 0,
	"character": 79, "letter": 79, "word": 19, "sentence": 2, "line": 1, "paragraph": 1, "page": 0,
}

// spelledLengths are the numbers of lengths.
var spelledLengths = map[string]int{
	"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10,
	"스무": 20, "백": 100, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
	"eight": 8, "nine": 9, "ten": 10, "twenty": 20, "fifty": 50, "several": 3, "many": 5,
}

// formWishes reports whether a style line asks for a form or a length that no briefing has, and
// whether it names one at all, perhaps to have it left out.
func formWishes(line string) (asked, named bool) {
	line = normal(line)
	for _, form := range forms {
		for _, m := range form.FindAllStringIndex(line, -1) {
			before, after := near(line[:m[0]]), line[m[1]:]
			if !manner.MatchString(after) && !mannerBefore.MatchString(before) {
				named, asked = true, asked || !leftOut(before, line[m[0]:])
			}
		}
	}
	for _, m := range lengths.FindAllStringSubmatchIndex(line, -1) {
		before, after := near(line[:m[0]]), line[m[1]:]
		if isLong(line, m) && !atMostBefore.MatchString(before) && !atMostAfter.MatchString(after) {
			named, asked = true, asked || !leftOut(before, after)
		}
	}
	for _, m := range absent.FindAllStringIndex(line, -1) {
		named = named || leftOut(near(line[:m[0]]), line[m[1]:])
	}
	return asked, named
}

// isLong reports whether a match of lengths asks for a longer text than a briefing surely has room
// for.
func isLong(line string, m []int) bool {
	number, unit := line[m[0]:m[1]], ""
	for at := 2; at < len(m); at += 4 {
		if m[at] >= 0 {
			number, unit = line[m[at]:m[at+1]], line[m[at+2]:m[at+3]]
		}
	}
	n, known := spelledLengths[number]
	if digits, err := strconv.Atoi(strings.TrimSuffix(number, "+")); err == nil {
		n, known = digits, true
	}
	return !known || n > mostOf[strings.TrimSuffix(unit, "s")] // others are hundreds
}
