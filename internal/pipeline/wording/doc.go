// Package wording says in words what was measured: captions of a run, summaries
// of a request, in Korean and English, in the style that the user's custom lines ask for.
//
// There are two writers in a row. A chat model, if one is configured, words the
// facts it is given; its text counts only if the checker finds nothing in it
// that the facts do not say. Else, and without a model, the template writes. The
// template never fails, so neither does the package.
//
// What each file does: style reads the custom lines; template, korean and english
// write; particle and noun are their grammar; check, number and claim are the checker;
// prompt and answer speak with the model, gate lets only a few do so at once;
// summary, report and advice do the same for summaries.
//
// Left to others: measuring (measure), the HTTP call (model), storing. Facts are
// all that leaves for the model: counts, scene and time, never a picture.
package wording
