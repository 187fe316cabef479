package sheet

import (
	"math"
	"strconv"
)

// nativeTens and nativeOnes are Korean number words before counters: 스물한 명, 서른 분.
var (
	nativeTens = [10]string{"", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"}
	nativeOnes = [10]string{"", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"}
)

// native returns the Korean number word of 1 to 99 that stands before a counter, or "".
func native(n int) string {
	switch {
	case n < 1 || n > 99:
		return ""
	case n == 20:
		return "스무"
	}
	return nativeTens[n/10] + nativeOnes[n%10]
}

var (
	englishOnes = [20]string{
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
		"twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
	}
	englishTens = [10]string{
		2: "twenty", 3: "thirty", 4: "forty", 5: "fifty", 6: "sixty", 7: "seventy", 8: "eighty", 9: "ninety",
	}
)

// spelled returns the English number word of 0 to 99, or "".
func spelled(n int) string {
	switch {
	case n < 0 || n > 99:
		return ""
	case n < 20:
		return englishOnes[n]
	case n%10 == 0:
		return englishTens[n/10]
	}
	return englishTens[n/10] + "-" + englishOnes[n%10]
}

// counted returns a number with its counter, as Korean writes it: 2명, 두 명, 두 분. The counter 분
// has number words, because 2분 is two minutes; a number without a word has 명.
func counted(n int, counter string, words bool) string {
	word := native(n)
	switch {
	case counter == "분" && word == "":
		counter = "명"
	case counter == "분", words && word != "" && counter != "회":
		return word + " " + counter
	}
	return strconv.Itoa(n) + counter
}

// decimal returns a number with at most one decimal.
func decimal(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}
