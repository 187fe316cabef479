// Package provider asks the providers of language models that are configured, the first one first.
//
// A Chain has one provider or two, A and B. Chain.Ask gives a question to A, and to B if A does not
// answer. A question makes at most model.MaxAttempts HTTP requests in all. Callers have built-in
// words for the case that none answers.
//
// # Who is asked
//
// Five failures in a row open a provider's breaker for a minute. After that one question tries it.
// A provider that refuses the key, does not have the model, or limits the rate is left alone for a
// pause, which grows with each such answer. A provider that limits the rate is left at once if
// another one stands behind it.
//
// # Pictures
//
// A picture leaves only to a provider that the question's Egress allows. The provider's id is the
// host and port of its base URL, so another address has no consent. Before the first picture of a
// day, a provider is shown a drawing, and must name its colours: a model that does not see would
// invent a description. A model that replaces another one is shown it, too. If a picture costs far
// more tokens than usual, the provider gets no more of them.
//
// # Costs
//
// Each HTTP request is counted before it is made. Beyond a number of requests for a user and day
// the error is ErrBudget. Config.Spent says what an earlier process has spent.
//
// Errors and states contain neither keys, addresses beyond their host, nor conversations.
package provider
