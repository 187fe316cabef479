// Package wording writes what was measured as text: captions of a run and summaries of a
// request, in Korean and English, in the style that the user's custom lines ask for.
//
// # Two writers
//
// A chat model, if one is configured, writes first. Its text is used only
// if the checker finds nothing in it that the facts do not say; otherwise the model may try once
// more, told what was wrong. The template writes in all other cases: without a model, when the
// model fails or is too slow, and after a second refusal. The template cannot fail, so the only
// error of this package is that of an ended context.
//
// # Promises
//
// A text holds no number that the facts do not hold, no statement about the presence of people
// against them, and no trait of people, which nobody measures. The checker knows words, not
// grammar: it refuses true sentences that it cannot place, and a false one in words that it does
// not know can pass.
//
// Counts, scene and time are all that leaves for a model, with the user's style lines and, for a
// summary, the report and some captions. No picture leaves. Prompts, answers and captions are
// never logged.
//
// # Files
//
//   - wording, gate: the two writers, deadlines, and how many texts a model writes at once
//   - prompt, answer: what a model is sent, and how its answer is read
//   - style: what custom lines ask for
//   - template, korean, english: captions without a model
//   - summary, advice, koreanreport, englishreport: the same for summaries
//   - noun, particle: nouns with their counters, and the particles that follow them
//   - check, checksummary, claim, number, numberword, classname: the checker
//
// # Korean rules
//
// The comments cite three parts of the norms of the National Institute of Korean Language: the
// orthography (한글 맞춤법), the standard language rules (표준어 규정) and the loanword
// orthography (외래어 표기법).
package wording
