// Package storetest is the contract of briefing.Store as tests: a check for each promise of its
// comments. Every store runs all checks (Run). A change of what a store does begins here.
//
// The checks use nothing but the interface. The inside of a store is left to the tests of its
// package. The tests of storetest run the checks on broken stores, to show that a check fails when
// its promise is broken.
//
// # Adding a promise
//
//  1. Write the sentence into the comment of the method in package briefing.
//  2. Add a check to the list of its subject: users, names, starts, ends, moves, appends,
//     repeats, reads, singles, days, words, sheets, refusals, usages, deletions, owners, feeds or
//     closes. Its name is the method and the promise, and the comment above it is the promise in
//     one or two sentences.
//  3. Add a broken store to violations in storetest_test.go, and see the check fail on it.
//  4. Make both stores pass.
//
// # Writing a check
//
// A check gets a fixture with an empty store. It must not wait for time to pass, and must end its
// goroutines: checks run in parallel, each on a store of its own.
//
// A feed may begin with changes from before its opening, because some databases begin a stream at
// their last commit. The helpers feed and feeds read and check those changes, so the next change of
// a returned feed is the check's own. To show that a feed has no further change, a check calls
// nothingMore instead of waiting.
//
// Races are provoked with concurrently. A check may rely on facts that are true for every order of
// the calls, such as how many succeed, but not on one order.
package storetest
