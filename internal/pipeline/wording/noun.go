package wording

import (
	"regexp"
	"strings"
	"unicode"

	"bis/internal/pipeline/wording/sheet"
)

// noun says how a COCO class is called in both languages and how Korean counts it.
type noun struct {
	class   string // the name in the facts
	korean  string
	counter string // the counter after a number: 명, 대, 마리, 권 or 개
	one     string // English singular
	many    string // English plural
}

// The Korean counters (단위 명사). Which one a noun takes is a property of the noun, as gender is
// elsewhere: people take 명, vehicles and machines 대, animals 마리, books 권, other things 개.
const (
	counterPeople   = "명"
	counterMachines = "대"
	counterAnimals  = "마리"
	counterThings   = "개"
)

// nouns has the 80 classes of COCO (Lin and others, 2014) in COCO's order. A person in a shop is a
// 손님, a customer.
var nouns = []noun{
	{"person", "손님", counterPeople, "person", "people"},
	{"bicycle", "자전거", counterMachines, "bicycle", "bicycles"},
	{"car", "자동차", counterMachines, "car", "cars"},
	{"motorcycle", "오토바이", counterMachines, "motorcycle", "motorcycles"},
	{"airplane", "비행기", counterMachines, "airplane", "airplanes"},
	{"bus", "버스", counterMachines, "bus", "buses"},
	{"train", "기차", counterMachines, "train", "trains"},
	{"truck", "트럭", counterMachines, "truck", "trucks"},
	{"boat", "보트", counterMachines, "boat", "boats"},
	{"traffic light", "신호등", counterThings, "traffic light", "traffic lights"},
	{"fire hydrant", "소화전", counterThings, "fire hydrant", "fire hydrants"},
	{"stop sign", "정지 표지판", counterThings, "stop sign", "stop signs"},
	{"parking meter", "주차 요금기", counterMachines, "parking meter", "parking meters"},
	{"bench", "벤치", counterThings, "bench", "benches"},
	{"bird", "새", counterAnimals, "bird", "birds"},
	{"cat", "고양이", counterAnimals, "cat", "cats"},
	{"dog", "강아지", counterAnimals, "dog", "dogs"},
	{"horse", "말", counterAnimals, "horse", "horses"},
	{"sheep", "양", counterAnimals, "sheep", "sheep"},
	{"cow", "소", counterAnimals, "cow", "cows"},
	{"elephant", "코끼리", counterAnimals, "elephant", "elephants"},
	{"bear", "곰", counterAnimals, "bear", "bears"},
	{"zebra", "얼룩말", counterAnimals, "zebra", "zebras"},
	{"giraffe", "기린", counterAnimals, "giraffe", "giraffes"},
	{"backpack", "배낭", counterThings, "backpack", "backpacks"},
	{"umbrella", "우산", counterThings, "umbrella", "umbrellas"},
	{"handbag", "핸드백", counterThings, "handbag", "handbags"},
	{"tie", "넥타이", counterThings, "tie", "ties"},
	{"suitcase", "여행 가방", counterThings, "suitcase", "suitcases"},
	{"frisbee", "원반", counterThings, "frisbee", "frisbees"},
	{"skis", "스키", counterThings, "pair of skis", "pairs of skis"},
	{"snowboard", "스노보드", counterThings, "snowboard", "snowboards"},
	{"sports ball", "공", counterThings, "ball", "balls"},
	{"kite", "연", counterThings, "kite", "kites"},
	{"baseball bat", "야구 방망이", counterThings, "baseball bat", "baseball bats"},
	{"baseball glove", "야구 글러브", counterThings, "baseball glove", "baseball gloves"},
	{"skateboard", "스케이트보드", counterThings, "skateboard", "skateboards"},
	{"surfboard", "서프보드", counterThings, "surfboard", "surfboards"},
	{"tennis racket", "테니스 라켓", counterThings, "tennis racket", "tennis rackets"},
	{"bottle", "병", counterThings, "bottle", "bottles"},
	{"wine glass", "와인잔", counterThings, "wine glass", "wine glasses"},
	{"cup", "컵", counterThings, "cup", "cups"},
	{"fork", "포크", counterThings, "fork", "forks"},
	{"knife", "칼", counterThings, "knife", "knives"},
	{"spoon", "숟가락", counterThings, "spoon", "spoons"},
	{"bowl", "그릇", counterThings, "bowl", "bowls"},
	{"banana", "바나나", counterThings, "banana", "bananas"},
	{"apple", "사과", counterThings, "apple", "apples"},
	{"sandwich", "샌드위치", counterThings, "sandwich", "sandwiches"},
	{"orange", "오렌지", counterThings, "orange", "oranges"},
	{"broccoli", "브로콜리", counterThings, "broccoli floret", "broccoli florets"},
	{"carrot", "당근", counterThings, "carrot", "carrots"},
	{"hot dog", "핫도그", counterThings, "hot dog", "hot dogs"},
	{"pizza", "피자", counterThings, "pizza", "pizzas"},
	{"donut", "도넛", counterThings, "donut", "donuts"},
	{"cake", "케이크", counterThings, "cake", "cakes"},
	{"chair", "의자", counterThings, "chair", "chairs"},
	{"couch", "소파", counterThings, "couch", "couches"},
	{"potted plant", "화분", counterThings, "potted plant", "potted plants"},
	{"bed", "침대", counterThings, "bed", "beds"},
	{"dining table", "테이블", counterThings, "table", "tables"},
	{"toilet", "변기", counterThings, "toilet", "toilets"},
	{"tv", "텔레비전", counterMachines, "TV", "TVs"},
	{"laptop", "노트북", counterMachines, "laptop", "laptops"},
	{"mouse", "마우스", counterThings, "computer mouse", "computer mice"},
	{"remote", "리모컨", counterThings, "remote control", "remote controls"},
	{"keyboard", "키보드", counterThings, "keyboard", "keyboards"},
	{"cell phone", "휴대전화", counterMachines, "phone", "phones"},
	{"microwave", "전자레인지", counterMachines, "microwave", "microwaves"},
	{"oven", "오븐", counterMachines, "oven", "ovens"},
	{"toaster", "토스터", counterMachines, "toaster", "toasters"},
	{"sink", "싱크대", counterThings, "sink", "sinks"},
	{"refrigerator", "냉장고", counterMachines, "refrigerator", "refrigerators"},
	{"book", "책", "권", "book", "books"},
	{"clock", "시계", counterThings, "clock", "clocks"},
	{"vase", "꽃병", counterThings, "vase", "vases"},
	{"scissors", "가위", counterThings, "pair of scissors", "pairs of scissors"},
	{"teddy bear", "곰 인형", counterThings, "teddy bear", "teddy bears"},
	{"hair drier", "헤어드라이어", counterMachines, "hair dryer", "hair dryers"},
	{"toothbrush", "칫솔", counterThings, "toothbrush", "toothbrushes"},
}

// nounOf finds a noun by its class.
var nounOf = func() map[string]noun {
	m := make(map[string]noun, len(nouns))
	for _, n := range nouns {
		m[n.class] = n
	}
	return m
}()

// nounFor returns the noun of a class. A class that COCO does not have, which a pipeline outside
// may send, is called by its own name in both languages and counted with 개.
func nounFor(class string) noun {
	if n, ok := nounOf[class]; ok {
		return n
	}
	return noun{class: class, korean: class, counter: counterThings, one: class, many: plural(class)}
}

// plural returns the regular English plural of a word.
func plural(word string) string {
	switch {
	case word == "", strings.HasSuffix(word, "s"):
		return word
	case strings.HasSuffix(word, "x"), strings.HasSuffix(word, "ch"), strings.HasSuffix(word, "sh"):
		return word + "es"
	}
	return word + "s"
}

// thing returns count pieces of the noun.
func (n noun) thing(count int) sheet.Thing {
	return sheet.Thing{
		Korean: n.korean, Unit: sheet.Unit{Counter: n.counter, One: n.one, Many: n.many}, Count: count,
	}
}

// peopleWords finds words for people and their traits in the name of a class. In Korean a word ends
// with its particles, so that 소파 is no 소.
var peopleWords = regexp.MustCompile(`(?:^|[^가-힣a-z])(?:(?:손님|사람|고객|방문객|방문자|이용객|이용자|인원|인원수|인간|` +
	`보행자|남자|여자|남성|여성|남녀|어린이|아이|아기|노인|학생|직원|점원|도둑|강도|얼굴|누군가)(?:들|수|분들)?` +
	`(?:은|는|이|가|을|를|도|만|과|와|의|으로|로|께서|이나|나)?|` +
	`(?:people|persons?|customers?|visitors?|guests?|shoppers?|patrons?|individuals?|occupants?|` +
	`humans?|pedestrians?|m[ae]n|wom[ae]n|males?|females?|boys?|girls?|lad(?:y|ies)|child|children|` +
	`kids?|bab(?:y|ies)|adults?|elderly|seniors?|students?|staff|employees?|clerks?|thie(?:f|ves)|` +
	`robbers?|somebody|someone|nobody|faces?))(?:[^가-힣a-z]|$)`)

// speakable reports whether a caption may name a class among the things. A detector or a caller
// outside chooses the names, so one may be a word for people, or have a number that nobody counted.
func speakable(class string) bool {
	if peopleWords.MatchString(strings.ToLower(class)) {
		return false
	}
	return !strings.ContainsFunc(class, func(r rune) bool {
		return !unicode.IsLetter(r) && r != ' ' && r != '-' && r != '_'
	})
}
