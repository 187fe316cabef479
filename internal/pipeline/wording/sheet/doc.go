// Package sheet words briefings by a sheet of lines. Code decides what is said, as a list of keys
// with slots; the sheet of a style has, for each key, the lines that say it.
//
// A model may write a sheet, once for a style. It is asked by Request. A line of its answer is used
// only if all of the line is a form of its key's grammar, so a line can neither add to the facts
// nor change them. Whatever a line does not say in a known form is refused, and the built-in line
// of that key stays.
package sheet
