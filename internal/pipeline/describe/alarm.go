package describe

import "regexp"

// alarm is a kind of alarm that a model may see, right or wrong. The owner gets its question.
type alarm struct {
	kind   string
	signs  *regexp.Regexp
	ko, en string // what the picture may show
}

// alarms are the kinds, the most urgent first.
var alarms = []alarm{
	{"weapon", regexp.MustCompile(`(?i)칼(?:을|이|로|과|을\s|처럼)|식칼|흉기|(?:^|\s)총(?:을|이|기|으로)|권총|무기|\b(?:knife|knives|guns?|pistol|rifle|weapons?|machete)\b`),
		"흉기처럼 보이는 것이 있습니다", "something in the picture looks like a weapon"},
	{"robbery", regexp.MustCompile(`(?i)강도|도둑|절도|침입|훔치|훔쳐|약탈|\b(?:robb\w*|thie(?:f|ves)|theft|burgl\w*|steal\w*|stole\w*|intruder\w*|break-in|broke in|looting)\b`),
		"도난이나 침입처럼 보이는 모습이 있습니다", "something in the picture looks like a theft or a break-in"},
	{"fire", regexp.MustCompile(`(?i)화재|불길|불꽃|불타|불이\s*(?:났|나|붙|번)|불났|방화|\b(?:fire|flames?|burning|ablaze|blaze)\b`),
		"불처럼 보이는 것이 있습니다", "something in the picture looks like fire"},
	{"smoke", regexp.MustCompile(`(?i)연\s?기(?:가|는|를|로|에|처럼|\s)|\bsmok(?:e|ing|y)\b`),
		"연기처럼 보이는 것이 있습니다", "something in the picture looks like smoke"},
	{"explosion", regexp.MustCompile(`(?i)폭발|가스(?:가|\s*누출|\s*냄새)|\b(?:explo\w+|gas leak)\b`),
		"폭발이나 가스 누출처럼 보이는 모습이 있습니다", "something in the picture looks like an explosion or a gas leak"},
	{"fight", regexp.MustCompile(`(?i)싸움|싸우|폭행|몸싸움|난투|\b(?:fights?|fighting|fought|brawl\w*|assault\w*|attack\w*)\b`),
		"다툼처럼 보이는 모습이 있습니다", "something in the picture looks like a fight"},
	{"injury", regexp.MustCompile(`(?i)(?:^|\s)피(?:가|를|로|\s)|핏자국|혈흔|다친|다쳤|부상|\b(?:blood\w*|injur\w*|wounded|bleeding)\b`),
		"다친 흔적처럼 보이는 것이 있습니다", "something in the picture looks like an injury"},
	{"fall", regexp.MustCompile(`(?i)쓰러|(?:손님|사람|고객|노인|아이|분이|님이).*넘어|실신|기절|\b(?:collapsed?|fainted|unconscious)\b|` +
		`\b(?:m[ae]n|wom[ae]n|persons?|people|someone|somebody|customers?|child|guest)\b.*\b(?:fell|fallen|lying|down)\b`),
		"쓰러진 것처럼 보이는 모습이 있습니다", "something in the picture looks like a fall"},
	{"flood", regexp.MustCompile(`(?i)침수|물바다|홍수|누수|물이\s*(?:\S+\s+)?(?:새|샌|샙|넘치|넘쳐|쏟아|흐르|흘러|흥건|차오)|\b(?:flood\w*|leak\w*|burst pipe|water\b.*\b(?:pours?|pouring|gushing|from the ceiling))\b`),
		"물이 새거나 넘친 것처럼 보이는 곳이 있습니다", "something in the picture looks like a leak or a flood"},
	{"damage", regexp.MustCompile(`(?i)파손|부서|깨져|깨졌|깨진|망가|\b(?:shatter\w*|broken|smashed|vandal\w*|damaged)\b`),
		"부서진 것처럼 보이는 것이 있습니다", "something in the picture looks broken"},
}

// harmless are things whose names have the words of alarms, and sentences that deny one.
var harmless = regexp.MustCompile(`(?i)\bfire (?:extinguishers?|exits?|doors?|alarms?|hydrants?)|\bsmoke (?:detectors?|alarms?)|화재\s*(?:경보기|감지기)|연기\s*감지기|` +
	`\b(?:no|without|not|any) (?:(?:visible|signs? of|evidence of|a|any) ){0,2}(?:\w+ or )?(?:fire|flames?|smoke|weapons?|blood|flood\w*|leaks?|theft|damaged?|broken)\b|` +
	`(?:화재|불꽃|불길|연기|강도|흉기|싸움|침수|누수|파손|도난|폭발|침입)(?:의\s*\S+|나\s*\S+)?(?:이|가|은|는)?\s*(?:전혀\s*)?(?:없|안 보|보이지 않|발생하지 않)`)

// alarmIn returns the first alarm in a sentence, or nil.
func alarmIn(sentence string) *alarm {
	sentence = harmless.ReplaceAllString(sentence, " ")
	for i := range alarms {
		if alarms[i].signs.MatchString(sentence) {
			return &alarms[i]
		}
	}
	return nil
}

// question returns the question to the owner.
func (a *alarm) question(language string) string {
	if language == "en" {
		return "Please check: " + a.en + "."
	}
	return "확인해 주세요: 화면에 " + a.ko + "."
}
