// Package wording writes measured facts as text: captions of a run and summaries of a request, in
// Korean and English, in the style of the user's custom lines.
//
// # Two writers
//
// A chat model, if one is configured, writes first. Its text is used only if the checker finds no
// statement in it that the facts do not support. Otherwise the model may try once more, with the
// broken rule in the prompt. The template writes in all other cases: without a model, when the
// model fails or is too slow, and after a second refusal. The template cannot fail, so the only
// error of this package is that of an ended context.
//
// # Promises
//
// A text has no number that is not in the facts, no statement about the presence of people that
// contradicts them, and no trait of people, which nobody measures. The checker matches words, not
// grammar. It refuses some true sentences, and a false sentence in words that it does not list can
// pass.
//
// A model gets only counts, scene and time, with the user's style lines and, for a summary, the
// report and some captions. It gets no picture. Prompts, answers and captions are never logged.
//
// # Files
//
//   - wording, gate: the two writers, deadlines, and how many texts a model writes at once
//   - prompt, answer: the prompt for a model, and the reading of its answer
//   - style: the wishes in custom lines
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
