package wording

import "strings"

// noun is how a COCO class is called and counted.
type noun struct {
	class   string
	korean  string
	counter string // 명, 대, 마리, 개
	one     string // English singular
	many    string // English plural
}

const (
	people   = "명"
	vehicles = "대"
	animals  = "마리"
	things   = "개"
)

// nouns are the 80 classes of COCO in its order. People are called 손님 in
// captions; the table has what a list of objects would say.
var nouns = []noun{
	{"person", "손님", people, "person", "people"},
	{"bicycle", "자전거", vehicles, "bicycle", "bicycles"},
	{"car", "자동차", vehicles, "car", "cars"},
	{"motorcycle", "오토바이", vehicles, "motorcycle", "motorcycles"},
	{"airplane", "비행기", vehicles, "airplane", "airplanes"},
	{"bus", "버스", vehicles, "bus", "buses"},
	{"train", "기차", vehicles, "train", "trains"},
	{"truck", "트럭", vehicles, "truck", "trucks"},
	{"boat", "보트", vehicles, "boat", "boats"},
	{"traffic light", "신호등", things, "traffic light", "traffic lights"},
	{"fire hydrant", "소화전", things, "fire hydrant", "fire hydrants"},
	{"stop sign", "정지 표지판", things, "stop sign", "stop signs"},
	{"parking meter", "주차 요금기", vehicles, "parking meter", "parking meters"},
	{"bench", "벤치", things, "bench", "benches"},
	{"bird", "새", animals, "bird", "birds"},
	{"cat", "고양이", animals, "cat", "cats"},
	{"dog", "강아지", animals, "dog", "dogs"},
	{"horse", "말", animals, "horse", "horses"},
	{"sheep", "양", animals, "sheep", "sheep"},
	{"cow", "소", animals, "cow", "cows"},
	{"elephant", "코끼리", animals, "elephant", "elephants"},
	{"bear", "곰", animals, "bear", "bears"},
	{"zebra", "얼룩말", animals, "zebra", "zebras"},
	{"giraffe", "기린", animals, "giraffe", "giraffes"},
	{"backpack", "배낭", things, "backpack", "backpacks"},
	{"umbrella", "우산", things, "umbrella", "umbrellas"},
	{"handbag", "핸드백", things, "handbag", "handbags"},
	{"tie", "넥타이", things, "tie", "ties"},
	{"suitcase", "여행 가방", things, "suitcase", "suitcases"},
	{"frisbee", "원반", things, "frisbee", "frisbees"},
	{"skis", "스키", things, "pair of skis", "pairs of skis"},
	{"snowboard", "스노보드", things, "snowboard", "snowboards"},
	{"sports ball", "공", things, "ball", "balls"},
	{"kite", "연", things, "kite", "kites"},
	{"baseball bat", "야구 방망이", things, "baseball bat", "baseball bats"},
	{"baseball glove", "야구 글러브", things, "baseball glove", "baseball gloves"},
	{"skateboard", "스케이트보드", things, "skateboard", "skateboards"},
	{"surfboard", "서프보드", things, "surfboard", "surfboards"},
	{"tennis racket", "테니스 라켓", things, "tennis racket", "tennis rackets"},
	{"bottle", "병", things, "bottle", "bottles"},
	{"wine glass", "와인잔", things, "wine glass", "wine glasses"},
	{"cup", "컵", things, "cup", "cups"},
	{"fork", "포크", things, "fork", "forks"},
	{"knife", "칼", things, "knife", "knives"},
	{"spoon", "숟가락", things, "spoon", "spoons"},
	{"bowl", "그릇", things, "bowl", "bowls"},
	{"banana", "바나나", things, "banana", "bananas"},
	{"apple", "사과", things, "apple", "apples"},
	{"sandwich", "샌드위치", things, "sandwich", "sandwiches"},
	{"orange", "오렌지", things, "orange", "oranges"},
	{"broccoli", "브로콜리", things, "broccoli floret", "broccoli florets"},
	{"carrot", "당근", things, "carrot", "carrots"},
	{"hot dog", "핫도그", things, "hot dog", "hot dogs"},
	{"pizza", "피자", things, "pizza", "pizzas"},
	{"donut", "도넛", things, "donut", "donuts"},
	{"cake", "케이크", things, "cake", "cakes"},
	{"chair", "의자", things, "chair", "chairs"},
	{"couch", "소파", things, "couch", "couches"},
	{"potted plant", "화분", things, "potted plant", "potted plants"},
	{"bed", "침대", things, "bed", "beds"},
	{"dining table", "테이블", things, "table", "tables"},
	{"toilet", "변기", things, "toilet", "toilets"},
	{"tv", "텔레비전", vehicles, "TV", "TVs"},
	{"laptop", "노트북", vehicles, "laptop", "laptops"},
	{"mouse", "마우스", things, "computer mouse", "computer mice"},
	{"remote", "리모컨", things, "remote control", "remote controls"},
	{"keyboard", "키보드", things, "keyboard", "keyboards"},
	{"cell phone", "휴대전화", vehicles, "phone", "phones"},
	{"microwave", "전자레인지", vehicles, "microwave", "microwaves"},
	{"oven", "오븐", vehicles, "oven", "ovens"},
	{"toaster", "토스터", vehicles, "toaster", "toasters"},
	{"sink", "싱크대", things, "sink", "sinks"},
	{"refrigerator", "냉장고", vehicles, "refrigerator", "refrigerators"},
	{"book", "책", "권", "book", "books"},
	{"clock", "시계", things, "clock", "clocks"},
	{"vase", "꽃병", things, "vase", "vases"},
	{"scissors", "가위", things, "pair of scissors", "pairs of scissors"},
	{"teddy bear", "곰 인형", things, "teddy bear", "teddy bears"},
	{"hair drier", "헤어드라이어", vehicles, "hair dryer", "hair dryers"},
	{"toothbrush", "칫솔", things, "toothbrush", "toothbrushes"},
}

var nounOf = func() map[string]noun {
	m := make(map[string]noun, len(nouns))
	for _, n := range nouns {
		m[n.class] = n
	}
	return m
}()

// nounFor returns how to call a class; one that COCO does not have goes by its
// own name.
func nounFor(class string) noun {
	if n, ok := nounOf[class]; ok {
		return n
	}
	return noun{class: class, korean: class, counter: things, one: class, many: plural(class)}
}

func plural(word string) string {
	switch {
	case word == "", strings.HasSuffix(word, "s"):
		return word
	case strings.HasSuffix(word, "x"), strings.HasSuffix(word, "ch"), strings.HasSuffix(word, "sh"):
		return word + "es"
	}
	return word + "s"
}

// english returns the English word for n of the noun.
func (n noun) english(count int) string {
	if count == 1 {
		return n.one
	}
	return n.many
}
