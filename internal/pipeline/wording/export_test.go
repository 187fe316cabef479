package wording

import (
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording/sheet"
)

// Classes returns the 80 classes that have a name in both languages.
func Classes() []string {
	list := make([]string, len(nouns))
	for i, n := range nouns {
		list[i] = n.class
	}
	return list
}

// styledOf returns the built-in sheet of a style.
func styledOf(style Style) Styled {
	name := map[[2]bool]string{
		{true, false}: sheet.Polite, {false, false}: sheet.Casual,
		{true, true}: sheet.Short, {false, true}: sheet.ShortCasual,
	}[[2]bool{style.Polite, style.Brief}]
	if style.Figures {
		name = sheet.Figures
	}
	return Styled{Sheet: sheet.BuiltIn(string(style.Language), name), Verdict: briefing.VerdictBuiltIn}
}

// Template returns a caption in the built-in lines of a style.
func Template(in pipeline.CaptionInput, style Style) string {
	return captionOf(in, styledOf(style)).Text
}

// Built returns a caption from a built-in sheet.
func Built(in pipeline.CaptionInput, language, name string) pipeline.Caption {
	return captionOf(in, Styled{Sheet: sheet.BuiltIn(language, name), Verdict: briefing.VerdictBuiltIn})
}

// Report returns a summary in the built-in lines of a language.
func Report(in briefing.SummaryInput, lang Language, zone *time.Location) string {
	return BuiltReport(in, string(lang), sheet.Polite, zone)
}

// BuiltReport returns a summary from a built-in sheet.
func BuiltReport(in briefing.SummaryInput, language, name string, zone *time.Location) string {
	styled := Styled{Sheet: sheet.BuiltIn(language, name), Verdict: briefing.VerdictBuiltIn}
	return reportOf(in, styled, zone).text(in.Captions)
}

// Speakable reports whether a caption may name a class.
func Speakable(class string) bool { return speakable(class) }
