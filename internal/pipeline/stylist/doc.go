// Package stylist has the sheets of styles: the lines in which a user is briefed. A model writes
// the sheet of a style once. Package wording renders captions and summaries by it.
//
// # What it offers
//
// A Stylist implements wording.Sheets for runs, and briefing.Stylist for owners. Without a model it
// has built-in sheets alone.
//
// # How a sheet comes
//
// A sheet is identified by the style lines, the provider, the model and the version of the prompt.
// A Stylist reads it from memory, else from the store, and else asks a model in the background.
// Equal styles share one question. If some keys have no good line, one more question asks for
// them; the good lines speak meanwhile. Both questions need at most model.MaxAttempts requests.
//
//	           found in the store                        written
//	(new) ---------------------------> STYLE_SHEET <----------------+
//	  |                                     ^                       |
//	  | nothing stored                      | found or written      |
//	  v                                     |                       |
//	PENDING --- failed, or too late ---> UNAVAILABLE, REFUSED -- asked again after a pause
//
// # What it promises
//
// A caption waits for no model. An answer without a good line is not stored: it is a failure, after
// which the question is repeated at growing intervals, while the style is in use. A sheet of the
// second provider speaks at once, and the first one is asked again later. All lines are checked
// again when they are read from the store.
//
// Package provider decides which provider is asked, and package sheet what a line may say.
package stylist
