// Package wording writes measured facts as text: captions of a run and summaries of a request, in
// Korean and English, in the style of the user's custom lines.
//
// # One renderer
//
// Code decides what is said: a list of keys with slots. The sheet of the style has the lines that
// say it. A chat model may write a sheet, once for a style and in the background; package sheet
// uses a line of it only if the line says what its key means and no more. Where the model has no
// line, the nearest built-in sheet speaks. Nothing here calls a model, and only Preview waits for
// one, so the only error of this package is that of an ended context.
//
// # Promises
//
// A text has no number that is not in the facts, no statement about the presence of people that
// contradicts them, and no trait of people, which nobody measures. A headline has at most 20
// characters. The built-in lines of the same facts, style and minute of the day are the same.
// Captions are never logged.
//
// # Files
//
//   - wording, preview, sheets: captions, previews, and the interface to the sheets of styles
//   - view, caption, moment, trouble: what a caption states, and its lines
//   - summary, report, findings: the same for summaries
//   - style, language: the wishes in custom lines
//   - notes, measured: what of a style cannot be honoured
//   - lines: a sheet for people
//   - noun: nouns with their counters
//
// # Korean rules
//
// Particles, counters and number words are in package sheet. The comments cite the norms of the
// National Institute of Korean Language: the orthography (한글 맞춤법), the standard language rules
// (표준어 규정) and the loanword orthography (외래어 표기법).
package wording
