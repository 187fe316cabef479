package wording

import (
	"strings"

	"bis/internal/briefing"
)

// Notes returns what of a style cannot be honoured, whatever a model writes. model says whether one
// is configured: without one, a line that the built-in sheets do not understand has a note. The
// texts are in the language of the style, and Line counts from 1. A line may have several notes.
func Notes(custom []string, model bool) []briefing.StyleNote {
	var notes []briefing.StyleNote
	language := string(ParseStyle(custom).Language)
	add := func(code string, line int) {
		notes = append(notes, briefing.StyleNote{Code: code, Text: NoteText(code, language), Line: line + 1})
	}
	other := otherLanguageLine(custom)
	for i, line := range readable(custom) {
		wishes := styleWordsIn(line)
		numbers, _ := numberWish(normal(line))
		asked, named := measureWishes(line)
		if i == other {
			add(briefing.NoteOtherLanguage, i)
		}
		if asked {
			add(briefing.NoteNotMeasured, i)
		}
		form, formed := formWishes(line)
		if form {
			add(briefing.NoteOtherForm, i)
		}
		if !model && len(wishes) == 0 && numbers == "" && !named && !formed && strings.TrimSpace(plainLine(line)) != "" {
			add(briefing.NoteNotUnderstood, i)
		}
	}
	return notes
}

// otherLanguageLine returns the line that asks for a language that is not written, or -1. A later
// wish for Korean or English overrides it.
func otherLanguageLine(custom []string) int {
	at := -1
	for i, line := range readable(custom) {
		for _, w := range styleWordsIn(line) {
			switch {
			case w.axis == axisKorean:
				at = -1
			case w.axis == axisOther && !w.negated:
				at = i
			}
		}
	}
	return at
}

// measureWishes reports whether a style line asks for facts that nobody measures, and whether it
// names such facts at all, perhaps to have them left out.
func measureWishes(line string) (asked, named bool) {
	line = normal(line)
	name := func(m []int) {
		named, asked = true, asked || !leftOut(near(line[:m[0]]), line[m[1]:])
	}
	for _, facts := range unmeasured {
		for _, m := range facts.FindAllStringIndex(line, -1) {
			if !manner.MatchString(line[m[1]:]) && !mannerBefore.MatchString(near(line[:m[0]])) {
				name(m)
			}
		}
	}
	for _, m := range moods.FindAllStringIndex(line, -1) {
		before, after := near(line[:m[0]]), line[m[1]:]
		told := moodAfter.MatchString(after) || moodBefore.MatchString(before)
		if told && !moodManner.MatchString(after) && !moodOfTone.MatchString(before) {
			name(m)
		}
	}
	return asked, named
}

// leftOut reports whether a line wants facts to be left out. "Do not leave out" wants them.
func leftOut(before, after string) bool {
	if insisted.MatchString(after) || insistedBefore.MatchString(before) {
		return false
	}
	return leftOutAfter.MatchString(after) || leftOutBefore.MatchString(before)
}

// noteTexts has the sentences of notes: in Korean and in English.
var noteTexts = map[string][2]string{
	briefing.NoteSheetPending: {
		"모델이 이 말투의 문장을 아직 쓰고 있습니다. 그동안은 기본 문장으로 알려 드립니다.",
		"A model is still writing the lines of this style. Until then, built-in lines are used.",
	},
	briefing.NoteModelUnavailable: {
		"모델이 답하지 않아 기본 문장으로 알려 드립니다.",
		"No model answered, so built-in lines are used.",
	},
	briefing.NoteBudgetSpent: {
		"오늘 쓸 수 있는 모델 요청을 모두 써서 기본 문장으로 알려 드립니다.",
		"The model requests of today are spent, so built-in lines are used.",
	},
	briefing.NoteLinesRefused: {
		"모델이 쓴 문장 가운데 뜻이 다른 것은 쓰지 않습니다. 그 자리에는 기본 문장이 들어갑니다.",
		"Some of the model's lines say something else than they should. Built-in lines replace them.",
	},
	briefing.NoteOtherLanguage: {
		"브리핑은 한국어와 영어로만 쓸 수 있습니다. 이 말투의 브리핑은 영어로 씁니다.",
		"Briefings are written in Korean and English only. This style is written in English.",
	},
	briefing.NoteNotMeasured: {
		"이 줄에는 측정하지 않는 내용이 있습니다. 성별, 나이, 얼굴, 기분, 날씨, 매출 같은 것은 알려 드릴 수 없습니다.",
		"This line asks for facts that are not measured, such as sex, age, faces, mood, weather or sales.",
	},
	briefing.NoteOtherForm: {
		"브리핑은 짧은 글입니다. 표, 목록, 그림, 글자 꾸밈, 여러 이모지, 긴 글은 쓸 수 없습니다.",
		"Briefings are short plain text. They have no tables, lists, pictures, layout, many emoji or long texts.",
	},
	briefing.NoteNotUnderstood: {
		"모델 없이는 이 줄을 따를 수 없습니다. 기본 문장은 언어, 높임말과 반말, 길이, 숫자 표기만 바꿀 수 있습니다.",
		"Without a model, this line has no effect. Built-in lines differ in language, tone, length and numbers only.",
	},
}

// NoteText returns the sentence of a note in the language of a style.
func NoteText(code, language string) string {
	return textOf(noteTexts[code], language)
}

// allRefused is the text of LINES_REFUSED if no line of a model can be used.
var allRefused = [2]string{
	"모델의 답에 쓸 수 있는 문장이 없어 기본 문장으로 알려 드립니다.",
	"No line of the model's answer can be used, so built-in lines are used.",
}

// textOf returns the text in the language of a style.
func textOf(texts [2]string, language string) string {
	if language == string(Korean) {
		return texts[0]
	}
	return texts[1]
}
